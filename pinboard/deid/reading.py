"""Reads single elements of an untrusted data set: dates, ages and plain text, or nothing where they make no sense."""

from __future__ import annotations

import re
import struct
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pinboard.deid.concepts import present_code
from pinboard.deid.vocabulary import AGE_BANDS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

_EARLIEST = date(1850, 1, 1)
_DAYS_OF = {"D": 1.0, "W": 7.0, "M": 30.44, "Y": 365.25}


def value_of(dataset: Dataset, keyword: str, *, tag: BaseTag | None = None) -> Any:
    """Read one element, by its tag where that is known; a value that cannot even be parsed counts as absent."""
    try:
        element = dataset[keyword if tag is None else tag]
        value = element.value
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - pydicom raises many types here, with the value in the message
        return None
    if isinstance(value, bytes) and keyword.endswith(("Descriptor", "PaddingValue", "RangeLimit")):
        # The standard leaves US or SS to the pixel representation, and so does pydicom.
        form = "<h" if dataset.get("PixelRepresentation") == 1 else "<H"
        return [word for (word,) in struct.iter_unpack(form, value[: len(value) // 2 * 2])]
    return [_Item(item) for item in value] if element.VR == "SQ" else value


class _Item:
    """An item of a sequence whose codes are given in the present scheme; what cannot be parsed counts as absent."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def get(self, keyword: str) -> Any:
        """Give the value of an element, or None."""
        value = value_of(self._dataset, keyword) if keyword in self._dataset else None
        if keyword == "CodeValue" and value:
            return present_code(text_of(self._dataset, "CodingSchemeDesignator"), str(value).strip())
        return value


def text_of(dataset: Dataset, keyword: str) -> str:
    """Read one element as text, "" where there is none."""
    value = value_of(dataset, keyword) if keyword in dataset else None
    return str(value).strip() if value is not None else ""


def day_of(dataset: Dataset, keyword: str, *, today: date) -> date | None:
    """Read a date, also in ACR-NEMA's form with dots; None where no scanner can have written it in earnest."""
    digits = text_of(dataset, keyword).replace(".", "")[:8]
    if not re.fullmatch(r"[0-9]{8}", digits, re.ASCII):
        return None
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day if _EARLIEST <= day <= today + timedelta(days=1) else None


def age_string(dataset: Dataset, *, today: date) -> str | None:
    """Give the age at the study as the lower bound of its band, 90 at most."""
    days = _days_of_age(text_of(dataset, "PatientAge"))
    if days is None:
        born, study = day_of(dataset, "PatientBirthDate", today=today), day_of(dataset, "StudyDate", today=today)
        days = (study - born).days if born and study else None
    if days is None or not 0 <= days <= 150 * 366:
        return None
    if days < 28:
        return "001D"
    years = int(days / 365.25)
    if years < 1:
        return "001M"
    if years < 5:
        return "001Y"
    floor = years // 5 * 5 if years < 20 else min(years // 10 * 10, 90)
    return f"{floor:03}Y"


def age_band(age: str | None) -> str | None:
    """Give the band that a banded PatientAge stands for."""
    return next((band for band, lower in AGE_BANDS if lower == age), None)


def _days_of_age(text: str) -> int | None:
    match = re.fullmatch(r"([0-9]{1,3})([DWMY])", text.strip().upper(), re.ASCII)
    if not match:
        return None
    # Rounded up, so that "028D" and "001Y" fall into the band they name.
    return int(int(match[1]) * _DAYS_OF[match[2]] + 0.999)
