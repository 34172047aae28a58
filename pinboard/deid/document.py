"""Makes of a document, which has no pixels of its own, the secondary capture that each of its pages becomes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from pinboard.deid.photo import Photo, photo_header
from pinboard.deid.profile import ALLOWED
from pinboard.deid.pseudonym import new_uid
from pinboard.deid.reading import text_of
from pinboard.deid.vocabulary import SECONDARY_CAPTURE

if TYPE_CHECKING:
    from pinboard.deid.pseudonym import Keys

Drawn = Literal["page", "ecg"]

_MODALITY: Final[dict[Drawn, str]] = {"page": "OT", "ecg": "ECG"}
_CONVERSION: Final[dict[Drawn, str]] = {"page": "WSD", "ecg": "DRW"}
_SAID: Final = frozenset(
    ("PatientSex", "BodyPartExamined", "Laterality", "AnatomicRegionSequence", "Manufacturer", "SeriesNumber")
)
"""What a document may say of its pages; whatever else it says of pixels is about none of them."""
_EXPLICIT: Final = "1.2.840.10008.1.2.1"


@dataclass(frozen=True, slots=True)
class Page:
    """One page that was rendered or drawn: which of its document, and its pixels."""

    drawn: Drawn
    index: int
    rows: int
    columns: int
    samples: int
    pixels: bytes
    spacing: float | None = None
    """Millimetres of a pixel, where the page is drawn to scale."""


def as_capture(dataset: Dataset, page: Page) -> Dataset:
    """Give a secondary capture of one page, with whatever identifies still in it, for `header.rebuild`.

    Parameters
    ----------
    dataset : Dataset
        The document as read (PS3.3 section A.45 or A.34); not changed.
    page : Page
        One of its pages.

    Returns
    -------
    Dataset
        In Explicit VR Little Endian. The pages of one document are a series of their own, in its study: the same
        document gives the same UIDs.
    """
    made = copy.copy(dataset)
    for element in ALLOWED:
        if element.origin == "kept" and element.keyword not in _SAID and element.keyword in made:
            del made[element.keyword]
    document = text_of(dataset, "SOPInstanceUID")
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = UID(_EXPLICIT)
    for keyword, value in _elements(page).items():
        setattr(made, keyword, value)
    made.PixelData = page.pixels
    if document:
        # Words that are no UIDs: each is hashed with the clinic's key before it is one.
        made.SeriesInstanceUID = f"{document} pages"
        made.SOPInstanceUID = f"{document} page {page.index}"
    else:
        for keyword in ("SeriesInstanceUID", "SOPInstanceUID"):
            made.pop(keyword, None)
    return made


def lone_header(page: Page, case: Photo, keys: Keys, *, digest: str) -> dict[str, Any]:
    """Give the header of a page of a PDF that came by itself: no date, no device, no place.

    Parameters
    ----------
    page : Page
        One of its pages.
    case : Photo
        Of which subject and study it is, as a photo of the same case; its size is that of the page.
    keys : Keys
        Of the clinic.
    digest : str
        Hash of the document, so that the same one is known when it comes again.

    Raises
    ------
    NotAllowed
        For an unknown form of chart code or study.
    """
    header = photo_header(case, keys) | {
        "ImageType": ["DERIVED", "SECONDARY"],
        "ConversionType": _CONVERSION[page.drawn],
        "InstanceNumber": page.index + 1,
        "SeriesInstanceUID": new_uid(keys, f"pdf {digest}"),
        "SOPInstanceUID": new_uid(keys, f"pdf {digest} page {page.index}"),
    }
    # A page is rendered here and loses nothing.
    del header["LossyImageCompression"]
    return header


def _elements(page: Page) -> dict[str, Any]:
    elements: dict[str, Any] = {
        "ImageType": ["DERIVED", "SECONDARY"],
        "SOPClassUID": SECONDARY_CAPTURE,
        "Modality": _MODALITY[page.drawn],
        "ConversionType": _CONVERSION[page.drawn],
        "InstanceNumber": page.index + 1,
        "SamplesPerPixel": page.samples,
        "PhotometricInterpretation": "RGB" if page.samples == 3 else "MONOCHROME2",
        "Rows": page.rows,
        "Columns": page.columns,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
    }
    if page.samples == 3:
        elements["PlanarConfiguration"] = 0
    if page.spacing is not None:
        elements["PixelSpacing"] = [page.spacing, page.spacing]
    return elements
