"""Builds the header of a photo, which has none of its own that could be trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pinboard.deid import pseudonym
from pinboard.deid.header import METHOD, NotAllowed
from pinboard.deid.profile import CHART_CODE
from pinboard.deid.vocabulary import CLEANED_PIXELS, METHOD_CODES, SECONDARY_CAPTURE

if TYPE_CHECKING:
    from pinboard.deid.pseudonym import Keys

Header = dict[str, Any]

_VISIBLE_LIGHT = "1.2.840.10008.5.1.4.1.1.77.1"
KINDS: dict[str, tuple[str, str]] = {
    "clinical": ("XC", f"{_VISIBLE_LIGHT}.4"),
    "dental": ("XC", f"{_VISIBLE_LIGHT}.4"),
    "dermoscopy": ("DMS", f"{_VISIBLE_LIGHT}.4"),
    "endoscopy": ("ES", f"{_VISIBLE_LIGHT}.1"),
    "other": ("OT", SECONDARY_CAPTURE),
}
"""Modality and SOP class by the kind a person picks; "clinical" unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Photo:
    """What is known of a photo: its size, and what a person said about it."""

    rows: int
    columns: int
    samples: int
    kind: str = "clinical"
    subject: str | None = None
    """The chart code of the case's subject, where it has one already."""
    study_uid: str | None = None
    """The case's study of photos, where it has one already."""


def photo_header(photo: Photo, keys: Keys, *, chart_record: str | None = None) -> Header:
    """Make the header of a photo: no date, no device, no place.

    Raises
    ------
    NotAllowed
        For an unknown kind, size or form of chart code.
    """
    if photo.kind not in KINDS or photo.samples not in {1, 3}:
        raise NotAllowed("no such photo")
    modality, sop_class = KINDS[photo.kind]
    header: Header = {
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "SOPClassUID": sop_class,
        "SOPInstanceUID": pseudonym.fresh_uid(),
        "StudyInstanceUID": _study(photo),
        "SeriesInstanceUID": pseudonym.fresh_uid(),
        "Modality": modality,
        "PatientIdentityRemoved": "YES",
        "DeidentificationMethod": METHOD,
        "DeidentificationMethodCodeSequence": [{"CodeValue": code} for code in METHOD_CODES if code != CLEANED_PIXELS],
        "LongitudinalTemporalInformationModified": "REMOVED",
        "InstanceNumber": 1,
        "SamplesPerPixel": photo.samples,
        "PhotometricInterpretation": "RGB" if photo.samples == 3 else "MONOCHROME2",
        "Rows": photo.rows,
        "Columns": photo.columns,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "LossyImageCompression": "01",
    }
    if sop_class == SECONDARY_CAPTURE:
        header["ConversionType"] = "DI"
    if photo.samples == 3:
        header["PlanarConfiguration"] = 0
    code = _subject(photo, keys, chart_record)
    return header | {"PatientID": code, "PatientName": code}


def _study(photo: Photo) -> str:
    if photo.study_uid is None:
        return pseudonym.fresh_uid()
    if not re.fullmatch(r"2\.25\.[1-9][0-9]{0,38}", photo.study_uid, re.ASCII):
        raise NotAllowed("not a UID of ours")
    return photo.study_uid


def _subject(photo: Photo, keys: Keys, chart_record: str | None) -> str:
    record = pseudonym.normal_record(chart_record or "")
    if record:
        return pseudonym.chart_code(keys, record)
    if photo.subject is None:
        return pseudonym.chart_code_of_study(keys, "")
    if not re.fullmatch(CHART_CODE, photo.subject, re.ASCII):
        raise NotAllowed("not a chart code")
    return photo.subject
