"""Makes of the identifiers in a file's header the tokens that typed words are compared with, as keyed hashes.

Only the header child reads them; what leaves it are hashes under a key of the draft's own, which die with the draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pinboard.deid import tokens

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MOST = 2_000
"""Hashes of one file; a header that names more people than that is none."""

_NUMBERS: Final = frozenset(
    (
        *("PatientID", "OtherPatientIDs", "AccessionNumber", "AdmissionID", "StudyID", "MedicalRecordLocator"),
        *("ServiceEpisodeID", "PatientTelephoneNumbers", "PatientTelecomInformation", "PersonTelephoneNumbers"),
        *("ReferringPhysicianTelephoneNumbers", "PersonTelecomInformation", "InsurancePlanIdentification"),
        *("RequestedProcedureID", "ScheduledProcedureStepID", "PlacerOrderNumberImagingServiceRequest"),
        *("FillerOrderNumberImagingServiceRequest", "SpecimenIdentifier", "ContainerIdentifier"),
    )
)
_PLACES: Final = frozenset(
    (
        *("InstitutionName", "InstitutionAddress", "PatientAddress", "RegionOfResidence", "PersonAddress"),
        *("ReferringPhysicianAddress", "CurrentPatientLocation", "PatientInstitutionResidence"),
        *("InstitutionalDepartmentName", "ResponsibleOrganization"),
    )
)
_DAYS: Final = frozenset(("PatientBirthDate",))
_TOLD: Final = _NUMBERS | _PLACES | _DAYS
# One item for each frame or step; whoever is named there is named above, too.
_SKIPPED: Final = frozenset(("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence", "WaveformSequence"))
_MOST_ELEMENTS, _MOST_DEPTH, _LONGEST_VALUE = 20_000, 6, 1_024


def identifiers(dataset: Dataset, key: bytes) -> list[str]:
    """Give the keyed hashes of everything in a header that names somebody.

    Parameters
    ----------
    dataset : Dataset
        As read; not changed.
    key : bytes
        Of the draft.

    Returns
    -------
    list[str]
        At most `MOST`, each once, in an order that tells nothing.

    Notes
    -----
    Elements with VR PN at any depth (PS3.5 section 6.2); record, accession, order and telephone numbers; birth dates;
    institutions and addresses. What devices write instead of a name, and everyday words, are left out or count only
    where they are written as a name (`wordlists`).
    """
    found: set[str] = set()
    for vr, keyword, value in _elements(dataset):
        for text in _texts(value):
            found |= _tokens(vr, keyword, text)
        if len(found) > MOST:
            break
    return tokens.digests(key, found)[:MOST]


def of_record(record: str, key: bytes) -> list[str]:
    """Give the keyed hashes of a record number that somebody typed."""
    return tokens.digests(key, tokens.of_number(record))


def _tokens(vr: str, keyword: str, text: str) -> set[str]:
    if vr == "PN":
        return tokens.of_name(text)
    if keyword in _DAYS:
        return _of_day(text)
    if keyword in _NUMBERS:
        return tokens.of_number(text)
    return tokens.of_place(text)


def _of_day(text: str) -> set[str]:
    """Give a day in the orders in which it is written as digits alone."""
    match = re.match(r"(\d{2})(\d{2})[.\-]?(\d{2})[.\-]?(\d{2})", text.strip(), re.ASCII)
    if match is None:
        return set()
    century, year, month, day = match.groups()
    orders = (day + month, month + day)
    forms = {order + end for order in orders for end in (century + year, year)}
    forms |= {century + year + month + day, year + month + day}
    return {form for form in forms if tokens.is_telling(form)}


def _elements(dataset: Dataset, depth: int = 0) -> Iterator[tuple[str, str, Any]]:
    from pydicom.datadict import keyword_for_tag

    for tag in list(dataset.keys())[:_MOST_ELEMENTS]:
        if tag.group == 0xFFFE:
            # A stray delimiter before the pixels, which some devices leave; it is no element.
            continue
        keyword = keyword_for_tag(tag)
        vr = _vr(dataset, tag)
        if vr == "SQ" and depth < _MOST_DEPTH and keyword not in _SKIPPED:
            for item in _value(dataset, tag) or ():
                yield from _elements(item, depth + 1)
        elif vr == "PN" or keyword in _TOLD:
            yield vr, keyword, _value(dataset, tag)


def _vr(dataset: Dataset, tag: Any) -> str:
    """Give what kind of value an element has, without reading it."""
    from pydicom.datadict import dictionary_VR

    said = str(getattr(dataset.get_item(tag), "VR", None) or "UN")
    if said != "UN":
        return said
    try:
        return dictionary_VR(tag)
    except KeyError:
        return said


def _value(dataset: Dataset, tag: Any) -> Any:
    """Read one element; what cannot be parsed says nothing that could be typed."""
    try:
        return dataset[tag].value
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - pydicom raises many types here, with the value in the message
        return None


def _texts(value: Any) -> Iterator[str]:
    """Give each of an element's values, as text of a bounded length."""
    several = isinstance(value, list | tuple) or (hasattr(value, "__iter__") and not isinstance(value, str | bytes))
    for one in value if several and not hasattr(value, "alphabetic") else (value,):
        if one is not None and not isinstance(one, bytes):
            yield str(one)[:_LONGEST_VALUE]
