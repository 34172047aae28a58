"""Makes a new header out of the allow list; nothing of the file's own header is edited or copied.

`revalidate` needs neither pydicom nor numpy, so that the web process can check what a sandbox child answers.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pinboard import __version__
from pinboard.deid import pseudonym, vocabulary
from pinboard.deid.concepts import is_known
from pinboard.deid.dimensions import dimensions
from pinboard.deid.profile import ALLOWED, BY_KEYWORD, NEEDED, PROFILE_VERSION
from pinboard.deid.reading import age_string, day_of, text_of, value_of
from pinboard.deid.receipt import Receipt, counted, kind_of
from pinboard.deid.tables import settle_tables

if TYPE_CHECKING:
    from datetime import date

    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

    from pinboard.deid.profile import Element
    from pinboard.deid.pseudonym import Keys

Header = dict[str, Any]

METHOD: Final = f"Pinboard {__version__} profile {PROFILE_VERSION}"
_BASE_CODES = tuple(code for code in vocabulary.METHOD_CODES if code != vocabulary.CLEANED_PIXELS)
_DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")
_LINKS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_CONCEPTS = frozenset({"AnatomicRegionSequence", "ViewCodeSequence"})
_PIXELS = 0x7FE0


class NotAllowed(ValueError):  # noqa: N818 - it says what the header is
    """A header that the allow list does not permit; says nothing of its values."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A new header, what it took, and whose it is under the clinic's key."""

    header: Header
    receipt: Receipt
    subject: str
    has_patient_id: bool


def rebuild(dataset: Dataset, keys: Keys, *, today: date, chart_record: str | None = None) -> Rebuilt:
    """Make a new header.

    Parameters
    ----------
    dataset : Dataset
        As read; not changed.
    keys : Keys
        Of the clinic.
    today : date
        Dates after tomorrow are devices' errors and are dropped.
    chart_record : str, optional
        A record number that was typed; counts instead of PatientID.

    Returns
    -------
    Rebuilt
        `header` holds JSON types only; `subject` is the chart code.

    Raises
    ------
    NotAllowed
        Where an element without which there is no picture is missing or not plausible.

    Notes
    -----
    PS3.15 annex E: basic profile with the options of `vocabulary.METHOD_CODES`.
    """
    header = extract(dataset)
    if any(keyword not in header for keyword in NEEDED):
        raise NotAllowed("no picture in this header")
    _settle_pixels(header)
    _settle_class(header)
    record = pseudonym.normal_record(chart_record or text_of(dataset, "PatientID"))
    study = text_of(dataset, "StudyInstanceUID")
    subject = pseudonym.chart_code(keys, record) if record else pseudonym.chart_code_of_study(keys, study)
    header |= _identity(subject, codes=_BASE_CODES)
    header |= _links(dataset, keys)
    header |= dimensions(dataset, keys)
    header |= _dates(dataset, pseudonym.shift_days(keys, subject), today=today)
    if header["SOPClassUID"] in vocabulary.NEVER_BURNED_IN and burned_in(dataset) == "NO":
        header["BurnedInAnnotation"] = "NO"
    if age := age_string(dataset, today=today):
        header["PatientAge"] = age
    return Rebuilt(header, _receipt(dataset, header), subject, bool(record))


def extract(dataset: Dataset, *, derived: bool = False, only: frozenset[str] | None = None) -> Header:
    """Give the allowed elements of a data set that pass their check, or `only` some of them.

    `derived` ones too where the data set is our own. Reading few of a slice takes a fifth of the time of reading all.
    """
    header: Header = {}
    # Compared as plain numbers: a tag of pydicom compares itself in Python, and there are a hundred.
    present = {int(tag) for tag in dataset.keys()}  # noqa: SIM118 - a data set iterates over its parsed elements
    for number, tag, element in _places():
        if number not in present or not (derived or element.origin == "kept"):
            continue
        if only is not None and element.keyword not in only:
            continue
        value = value_of(dataset, element.keyword, tag=tag)
        clean = None if value is None else element.check.clean(value)
        if clean is not None:
            header[element.keyword] = clean
    _drop_unknown_codes(header)
    if derived and "BitsStored" not in header:
        # Pixels of floating point are written without these, and every later step counts on them.
        _settle_bits(header)
    return header


@functools.cache
def _places() -> tuple[tuple[int, BaseTag, Element], ...]:
    """Give number, tag and row of every element that is allowed."""
    from pydicom.tag import Tag

    tags = [(Tag(element.keyword), element) for element in ALLOWED]
    return tuple((int(tag), tag, element) for tag, element in tags)


def _drop_unknown_codes(header: Header) -> None:
    """Take away coded concepts that are in no list, wherever they stand."""
    for keyword, value in list(header.items()):
        if keyword in _CONCEPTS:
            if not is_known(value[0]["CodeValue"]):
                del header[keyword]
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    _drop_unknown_codes(item)


def revalidate(header: Header) -> Header:
    """Check a header that came from a sandbox child against the allow list once more.

    Raises
    ------
    NotAllowed
        When it holds anything the list does not give back unchanged.
    """
    for keyword, value in header.items():
        element = BY_KEYWORD.get(keyword)
        if element is None or not _is_same(element.check.clean(value), value):
            raise NotAllowed("an element outside the allow list")
    missing = [keyword for keyword in (*NEEDED, "PatientID", *_LINKS) if keyword not in header]
    if missing or header.get("PatientIdentityRemoved") != "YES":
        raise NotAllowed("an element of the allow list is missing")
    return dict(header)


def _is_same(clean: Any, value: Any) -> bool:
    return type(clean) is type(value) and bool(clean == value)


def reviewed(header: Header) -> Header:
    """Give the header of an instance whose pixels a person has reviewed."""
    codes = [{"CodeValue": code} for code in vocabulary.METHOD_CODES]
    return header | {"BurnedInAnnotation": "NO", "DeidentificationMethodCodeSequence": codes}


def burned_in(dataset: Dataset) -> str | None:
    """Give what the file says about text in its pixels: "YES", "NO" or nothing."""
    word = text_of(dataset, "BurnedInAnnotation").upper()
    return word if word in {"YES", "NO"} else None


def device_of(dataset: Dataset, header: Header, keys: Keys) -> str | None:
    """Give the keyed hash of maker, model, matrix and colour, None where the file names neither maker nor model."""
    names = [text_of(dataset, "Manufacturer"), text_of(dataset, "ManufacturerModelName")]
    if not any(names):
        return None
    shape = [header["Rows"], header["Columns"], header["PhotometricInterpretation"]]
    return pseudonym.device_code(keys, [*names, *shape])


def _identity(subject: str, *, codes: tuple[str, ...]) -> Header:
    return {
        "PatientName": subject,
        "PatientID": subject,
        "PatientIdentityRemoved": "YES",
        "DeidentificationMethod": METHOD,
        "DeidentificationMethodCodeSequence": [{"CodeValue": code} for code in codes],
        "LongitudinalTemporalInformationModified": "MODIFIED",
    }


def _links(dataset: Dataset, keys: Keys) -> Header:
    links = {keyword: pseudonym.new_uid(keys, text_of(dataset, keyword)) for keyword in _LINKS}
    if frame_of_reference := text_of(dataset, "FrameOfReferenceUID"):
        links["FrameOfReferenceUID"] = pseudonym.new_uid(keys, frame_of_reference)
    return links


def _dates(dataset: Dataset, days: int, *, today: date) -> Header:
    moved = {}
    for keyword in _DATES:
        day = day_of(dataset, keyword, today=today)
        shifted = pseudonym.shifted(day, days) if day else None
        if shifted:
            moved[keyword] = shifted.strftime("%Y%m%d")
    return moved


def _settle_pixels(header: Header) -> None:
    _settle_bits(header)
    if header["SamplesPerPixel"] == 1:
        header.pop("PlanarConfiguration", None)
    else:
        header.setdefault("PlanarConfiguration", 0)
    settle_tables(header)


def _settle_bits(header: Header) -> None:
    allocated = header["BitsAllocated"]
    header["BitsStored"] = min(header.get("BitsStored", allocated), allocated)
    header["HighBit"] = header["BitsStored"] - 1
    header.setdefault("PixelRepresentation", 0)


def _settle_class(header: Header) -> None:
    if "SOPClassUID" not in header:
        modality = header.get("Modality", "")
        header["SOPClassUID"] = vocabulary.CLASS_OF_MODALITY.get(modality, vocabulary.SECONDARY_CAPTURE)
    header.setdefault("Modality", "OT")


def _receipt(dataset: Dataset, header: Header) -> Receipt:
    receipt = Receipt(PROFILE_VERSION, kept_codes=_BASE_CODES)
    kinds: dict[str, int] = {}
    rows = {number: element for number, _, element in _places()}
    for tag, item in dataset.items():
        number = int(tag)
        if number >> 16 == _PIXELS:
            continue
        row = rows.get(number)
        if row is not None and row.keyword in header:
            receipt.replaced += row.origin == "derived"
            receipt.kept += row.origin == "kept"
            continue
        kind = kind_of(number >> 16, item.VR or _dictionary_vr(number))
        kinds[kind] = kinds.get(kind, 0) + 1
    receipt.removed_by_kind = counted(kinds)
    receipt.removed = sum(kinds.values())
    return receipt


def _dictionary_vr(tag: int) -> str | None:
    from pydicom.datadict import dictionary_VR

    try:
        return dictionary_VR(tag)
    except KeyError:
        return None
