"""Makes DICOM files whose every identifying place holds a marker that can be searched for."""

from __future__ import annotations

import functools
import io
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from pydicom import config
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit

MARK = "ZQXMARK"
"""Starts every planted value; no real header holds it."""

CT = "1.2.840.10008.5.1.4.1.1.2"
US = "1.2.840.10008.5.1.4.1.1.6.1"
SC = "1.2.840.10008.5.1.4.1.1.7"

BIRTH, STUDY = "19270304", "20240219"
MARKED_DATE = "19911117"
MARKED_UID = "1.2.826.0.1.918273645"
MARKED_NUMBER = "918273"
"""For elements that can hold no letters: numbers and dates that are searched for in their own form."""

_TEXT_VRS = {"LO", "SH", "ST", "LT", "UT", "UC", "UR", "PN", "AE", "CS"}
_SPECIAL = {"TransferSyntaxUID", "SOPClassUID", "SpecificCharacterSet", "DirectoryRecordSequence"}
# What the pixels need, and what links files: filled by the factory with values that work.
_WORKING = {
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
    "PhotometricInterpretation", "NumberOfFrames", "PlanarConfiguration", "PixelData", "FloatPixelData",
    "DoubleFloatPixelData", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "StudyDate",
    "PatientBirthDate", "PatientAge", "Modality", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "PixelSpacing",
    "ImagePositionPatient", "ImageOrientationPatient", "RescaleSlope", "RescaleIntercept", "WindowCenter",
    "WindowWidth", "InstanceNumber", "SeriesNumber", "BodyPartExamined", "PatientSex", "ImageType", "Manufacturer",
    "PixelPaddingValue", "VOILUTFunction",
}  # fmt: skip


@dataclass
class Made:
    """A file and the markers in it."""

    data: bytes
    markers: list[bytes] = field(default_factory=list)


def make_dicom(
    pixels: np.ndarray | None = None,
    *,
    patient_id: str = f"{MARK}-MRN-4711",
    study_uid: str = f"{MARKED_UID}.1",
    study_date: str = STUDY,
    is_planted: bool = True,
    syntax: str = ExplicitVRLittleEndian,
    **elements: Any,
) -> Made:
    """Make a CT slice or, from H×W×3 pixels, a secondary capture; `elements` are set last, None deletes."""
    pixels = np.arange(64 * 48, dtype=np.int16).reshape(64, 48) if pixels is None else pixels
    planted = pydicom.dcmread(io.BytesIO(_planted())) if is_planted else Dataset()
    dataset = FileDataset(None, planted, preamble=f"{MARK}preamble".encode().ljust(128, b"\0"))
    _base(dataset, pixels)
    dataset.PatientID, dataset.StudyInstanceUID, dataset.StudyDate = patient_id, study_uid, study_date
    dataset.SeriesInstanceUID, dataset.SOPInstanceUID = f"{study_uid}.2", f"{study_uid}.2.3"
    dataset.FrameOfReferenceUID = f"{study_uid}.4"
    for keyword, value in elements.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    _encode_pixels(dataset, pixels, syntax)
    return Made(written(dataset, syntax), [MARK.encode()])


def written(dataset: Dataset, syntax: str) -> bytes:
    """Write a data set with marked file meta."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", SC)
    meta.MediaStorageSOPInstanceUID = UID(f"{MARKED_UID}.9")
    meta.ImplementationVersionName = f"{MARK}IMPL"
    meta.SourceApplicationEntityTitle = f"{MARK}AE"
    meta.SendingApplicationEntityTitle = f"{MARK}SEND"
    meta.PrivateInformationCreatorUID = UID(f"{MARKED_UID}.10")
    meta.PrivateInformation = f"{MARK}private meta".encode()
    dataset.file_meta = meta
    out = io.BytesIO()
    with config.disable_value_validation():
        dcmwrite(out, dataset, enforce_file_format=True)
    return out.getvalue()


@functools.cache
def _planted() -> bytes:
    """Encode the planted elements once; reading them back leaves them raw and is quick."""
    dataset = Dataset()
    plant(dataset)
    dataset.SOPClassUID = SC
    return written(dataset, ExplicitVRLittleEndian)


def plant(dataset: Dataset) -> None:
    """Put a marker into every text, date, UID and byte element of the dictionary, nested, private and repeating."""
    with config.disable_value_validation():
        for tag, (vr, _, _, is_retired, keyword) in DicomDictionary.items():
            if keyword and keyword not in _WORKING | _SPECIAL and tag >> 16 > 2 and tag >> 16 != 0x7FE0:
                _plant_one(dataset, tag, vr, bool(is_retired))
        _plant_private(dataset)
        _plant_overlays(dataset)


def _plant_one(dataset: Dataset, tag: int, vr: str, is_retired: bool) -> None:
    value = _marked(vr, tag)
    if value is not None and not (is_retired and vr == "SQ"):
        dataset.add(DataElement(tag, vr, value))


def _marked(vr: str, tag: int) -> Any:
    if vr in _TEXT_VRS:
        return f"{MARK}{tag:08X}"[: 15 if vr in {"CS", "AE", "SH"} else 40]
    return {
        "DA": MARKED_DATE,
        "DT": f"{MARKED_DATE}112233.918273",
        "TM": "112233.918273",
        "UI": MARKED_UID,
        "AS": "097Y",
        "IS": MARKED_NUMBER,
        "DS": f"{MARKED_NUMBER}.5",
        "OB": f"{MARK}bytes!".encode(),
        "UN": f"{MARK}bytes!".encode(),
        "SQ": _nested(),
    }.get(vr)


def _nested() -> Sequence:
    inner, outer = Dataset(), Dataset()
    inner.PatientName, inner.TextValue = f"{MARK}^NESTED", f"{MARK} free text two levels down"
    inner.PatientID, inner.AccessionNumber = f"{MARK}NEST", f"{MARK}ACC"
    inner.CodeMeaning = f"{MARK} meaning"
    outer.PatientName, outer.CodeValue, outer.CodeMeaning = f"{MARK}^OUTER", f"{MARK}", f"{MARK} meaning"
    outer.ReferencedStudySequence = Sequence([inner])
    return Sequence([outer])


def _plant_private(dataset: Dataset) -> None:
    block = dataset.private_block(0x0029, f"{MARK} CREATOR", create=True)
    block.add_new(0x01, "LO", f"{MARK} private text")
    block.add_new(0x02, "SQ", _nested())
    block.add_new(0x03, "OB", f"{MARK} private bytes!".encode())
    block.add_new(0x04, "UN", f"{MARK} unknown bytes!!".encode())


def _plant_overlays(dataset: Dataset) -> None:
    dataset.add_new(0x60000010, "US", 8)
    dataset.add_new(0x60000011, "US", 8)
    dataset.add_new(0x60000022, "LO", f"{MARK} overlay")
    dataset.add_new(0x60003000, "OW", f"{MARK}overlay bits!".encode())
    dataset.add_new(0x50003000, "OW", f"{MARK}curve data!!!".encode())
    icon = Dataset()
    icon.Rows = icon.Columns = 4
    icon.BitsAllocated = 8
    icon.PixelData = f"{MARK}icon pixel".encode()
    dataset.IconImageSequence = Sequence([icon])


def _base(dataset: Dataset, pixels: np.ndarray) -> None:
    is_colour = pixels.ndim == 3 and pixels.shape[-1] == 3
    dataset.SOPClassUID, dataset.Modality = (SC, "OT") if is_colour else (CT, "CT")
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.PatientBirthDate, dataset.PatientAge, dataset.PatientSex = BIRTH, "097Y", "F"
    dataset.BodyPartExamined, dataset.Manufacturer = "CHEST", "SIEMENS"
    dataset.PixelSpacing, dataset.SliceThickness = [0.7, 0.7], "3.0"
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = [-10, -20.5, 33], [1, 0, 0, 0, 1, 0]
    dataset.SeriesNumber, dataset.InstanceNumber = 2, 17
    if not is_colour:
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
        dataset.WindowCenter, dataset.WindowWidth = [40, 300], [400, 1500]


def _encode_pixels(dataset: Dataset, pixels: np.ndarray, syntax: str) -> None:
    is_colour = pixels.ndim == 3 and pixels.shape[-1] == 3
    bits = pixels.dtype.itemsize * 8
    frames = 1 if pixels.ndim == 2 or is_colour else pixels.shape[0]
    dataset.Rows, dataset.Columns = pixels.shape[:2] if pixels.ndim == 2 or is_colour else pixels.shape[1:3]
    dataset.SamplesPerPixel = 3 if is_colour else 1
    dataset.PhotometricInterpretation = dataset.get("PhotometricInterpretation") or (
        "RGB" if is_colour else "MONOCHROME2"
    )
    if is_colour:
        dataset.PlanarConfiguration = 0
    if frames > 1:
        dataset.NumberOfFrames = frames
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    if syntax == JPEGBaseline8Bit:
        dataset.PixelData = encapsulate([marked_jpeg(pixels)])
        dataset.PhotometricInterpretation = "YBR_FULL_422" if is_colour else "MONOCHROME2"
    else:
        # Trailing bytes behind the pixels are a place to hide in.
        dataset.PixelData = pixels.tobytes() + f"{MARK}behind pixels!".encode()
    dataset["PixelData"].VR = "OB" if syntax == JPEGBaseline8Bit or bits == 8 else "OW"
    dataset.DataSetTrailingPadding = f"{MARK}trailing padding!".encode()


def marked_jpeg(pixels: np.ndarray) -> bytes:
    """Give a JPEG with markers in a comment, in APP1, APP0's tail and behind its end."""
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "JPEG", quality=90)
    plain = out.getvalue()
    mark = MARK.encode()
    return plain[:2] + segment(0xFE, mark + b"comment") + segment(0xE1, mark + b"app1") + plain[2:] + mark + b"tail"


def segment(marker: int, data: bytes) -> bytes:
    """Give one JPEG or JPEG 2000 marker segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def keys_params(master: bytes = b"k" * 32) -> dict[str, Any]:
    """Give the parameters of a header job."""
    from pinboard.deid.pseudonym import Keys

    return {"keys": Keys.derive(master, "test").as_params(), "today": "2026-11-24"}
