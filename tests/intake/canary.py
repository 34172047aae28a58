"""Plants one findable word wherever a file can carry words, and looks for it in every form bytes can take.

Run as a script it takes every planted file in and publishes the case: the process tree that is watched from outside.
"""

import base64
import io
import os
import secrets
import sys
import zlib
from pathlib import Path

import brotli
import numpy as np
import pydicom
from PIL import Image, PngImagePlugin
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid

MARK = f"CANARY7f3a{secrets.token_hex(4)}"
"""A word of this run alone: another run's files may lie in the same temporary folder."""

_TEXTS = {
    "AE": 0x00020016, "CS": 0x00080060, "LO": 0x00081030, "LT": 0x00104000, "PN": 0x00100010, "SH": 0x00080050,
    "ST": 0x00080081, "UC": 0x00189908, "UR": 0x00081190, "UT": 0x00189919,
}  # fmt: skip
_NAMES = """
PatientName PatientID OtherPatientNames PatientAddress PatientComments PatientBirthName ReferringPhysicianName
InstitutionName InstitutionAddress StationName StudyDescription SeriesDescription ProtocolName OperatorsName
AccessionNumber StudyID ImageComments DerivationDescription ManufacturerModelName DeviceSerialNumber
SoftwareVersions BodyPartExamined ViewPosition Manufacturer RequestingPhysician AdditionalPatientHistory Occupation
DeidentificationMethod Units RescaleType ContentDescription FrameComments
"""


def dicom():
    """Give a small instance with the mark in text, nests, private elements, meta, preamble, overlay and icon."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    meta = dataset.file_meta
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.6.1"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.SourceApplicationEntityTitle = MARK[:16]
    meta.PrivateInformationCreatorUID = "1.2.3"
    meta.PrivateInformation = MARK.encode()
    _plant(dataset, depth=2)
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.Modality = generate_uid(), generate_uid(), "US"
    # Every file of the test is about one person.
    dataset.PatientID = MARK
    _add_pixels(dataset)
    _add_overlay(dataset)
    dataset.DataSetTrailingPadding = MARK.encode() * 2
    out = io.BytesIO()
    dataset.preamble = (MARK.encode() * 10)[:128]
    pydicom.dcmwrite(out, dataset, enforce_file_format=True)
    return out.getvalue() + MARK.encode()


def _plant(dataset, depth):
    for keyword in _NAMES.split():
        _add(dataset, pydicom.datadict.tag_for_keyword(keyword), pydicom.datadict.dictionary_VR(keyword))
    for vr, tag in _TEXTS.items():
        if tag >> 16 != 2:
            _add(dataset, tag, vr)
    _add(dataset, 0x00090010, "LO")
    for element, vr in enumerate(("LO", "UT", "UN", "OB", "PN", "ST", "OW", "CS", "SH", "LT", "UR", "AE"), 0x1001):
        _add(dataset, 0x00090000 + element, vr)
    if depth:
        for tag in (0x00081115, 0x00400275, 0x00091050, 0x00082218):
            item = Dataset()
            _plant(item, depth - 1)
            dataset.add(DataElement(tag, "SQ", Sequence([item])))
    icon = Dataset()
    icon.Rows = icon.Columns = 8
    icon.SamplesPerPixel, icon.PhotometricInterpretation = 1, "MONOCHROME2"
    icon.BitsAllocated = icon.BitsStored = 8
    icon.HighBit, icon.PixelRepresentation = 7, 0
    icon.PixelData = (MARK.encode() * 8)[:64]
    dataset.IconImageSequence = Sequence([icon])


def _add(dataset, tag, vr):
    value = MARK.encode() + b" " * (len(MARK) % 2) if vr in {"UN", "OB", "OW"} else MARK
    dataset.add(DataElement(tag, vr, value, validation_mode=pydicom.config.IGNORE))


def _add_pixels(dataset):
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 64, 96, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    # Behind the last pixel there is room for a word.
    dataset.PixelData = np.arange(64 * 96, dtype=np.uint32).astype(np.uint8).tobytes() + MARK.encode() + b" " * 2


def _add_overlay(dataset):
    for element, vr, value in (
        (0x10, "US", 64), (0x11, "US", 96), (0x22, "LO", MARK), (0x40, "CS", "G"), (0x50, "SS", [1, 1]),
        (0x100, "US", 1), (0x102, "US", 0), (0x1500, "LO", MARK), (0x3000, "OW", (MARK.encode() * 50)[: 64 * 96 // 8]),
    ):  # fmt: skip
        dataset.add(DataElement(0x60000000 + element, vr, value, validation_mode=pydicom.config.IGNORE))


def compressed():
    """Give an instance whose JPEG frames carry the mark in a comment and in an application segment."""
    dataset = pydicom.dcmread(io.BytesIO(dicom()))
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    frames = []
    for step in range(3):
        out = io.BytesIO()
        Image.fromarray(np.full((64, 96), 40 * step, np.uint8)).save(out, "JPEG", comment=MARK.encode())
        data = out.getvalue()
        segment = b"\xff\xe5" + (len(MARK) + 2).to_bytes(2, "big") + MARK.encode()
        frames.append(data[:2] + segment + data[2:] + MARK.encode())
    dataset.NumberOfFrames = 3
    dataset.PixelData = encapsulate(frames)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    out = io.BytesIO()
    dataset.preamble = (MARK.encode() * 10)[:128]
    pydicom.dcmwrite(out, dataset, enforce_file_format=True)
    return out.getvalue()


def _exif():
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = MARK
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + MARK.encode()
    exif.get_ifd(0x8825)[0x001B] = MARK.encode()
    return exif.tobytes()


def _picture():
    return Image.fromarray(np.linspace(0, 255, 64 * 96 * 3).reshape(64, 96, 3).astype(np.uint8))


def _xmp():
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{MARK}</a></x:xmpmeta>'.encode()


def photo(kind):
    """Give a photo that carries the mark in every kind of metadata its format has, and behind its end."""
    out = io.BytesIO()
    if kind == "JPEG":
        _picture().save(out, kind, exif=_exif(), comment=MARK.encode(), xmp=_xmp())
        data = out.getvalue()
        iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + (len(MARK) + 5).to_bytes(4, "big")
        iptc += b"\x1c\x02\x78" + len(MARK).to_bytes(2, "big") + MARK.encode()
        out = io.BytesIO(data[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + data[2:])
    elif kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", MARK)
        info.add_text("Comment", MARK * 3, zip=True)
        info.add_itxt("XML:com.adobe.xmp", _xmp().decode())
        _picture().save(out, kind, pnginfo=info, exif=_exif())
    elif kind == "WEBP":
        _picture().save(out, kind, exif=_exif(), xmp=_xmp())
    else:
        _picture().save(out, kind, tiffinfo={270: MARK, 315: MARK, 33432: MARK})
    return out.getvalue() + MARK.encode()


def planted():
    """Give every planted file; one without the mark would prove nothing."""
    files = [dicom(), compressed(), *(photo(kind) for kind in ("JPEG", "PNG", "WEBP", "TIFF"))]
    assert all(MARK.encode() in data for data in files)
    return files


def needles():
    """Give the mark in each spelling that a plain search would miss."""
    mark, found = MARK.encode(), set()
    for text in (MARK, MARK.upper(), MARK.lower()):
        found |= {text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode().hex().encode()}
    for shift in range(3):
        code = base64.b64encode(b"\0" * shift + mark)
        # The first and last letters depend on the neighbours.
        found.add(code[4:-4])
    return sorted(found)


def is_in(data, forms):
    return any(form in data for form in forms)


def inflated(data):
    """Give what any zlib, gzip or brotli stream in the data unpacks to."""
    for start in (at for at in range(len(data) - 1) if data[at] in {0x78, 0x1F}):
        for bits in (15, 31):
            unpacker = zlib.decompressobj(bits)
            try:
                yield unpacker.decompress(data[start:], 1 << 22)
            except zlib.error:
                continue


def unbrotlied(data, index):
    for offset, length in index or [[0, len(data)]]:
        try:
            yield brotli.decompress(data[offset : offset + length])
        except brotli.error:
            continue


def files_under(*folders, since=0.0):
    """Give regular files that were touched since a moment, with their bytes; what vanishes meanwhile is skipped."""
    for folder in folders:
        # os.walk passes over a folder that another process takes away meanwhile; rglob fails on it.
        for path in (folder, *(Path(top, name) for top, _folders, names in os.walk(folder) for name in names)):
            try:
                if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                    yield path, path.read_bytes()
            except OSError:
                continue


def open_files(pids):
    """Give every file on a disk that a process holds open, deleted ones too; anonymous memory is no disk."""
    for path in [path for pid in pids for path in _descriptors(pid)]:
        try:
            target = str(path.readlink())
            if target.startswith("/") and not target.startswith(("/memfd:", "/dev/", "/proc/")):
                yield target, path.read_bytes()
        except OSError:
            continue


def _descriptors(pid):
    try:
        return list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return []


def main(folder):
    """Take all files in, look at one, publish."""
    from pinboard import config
    from pinboard.intake import review
    from pinboard.intake.stores import Stores
    from pinboard.models.ready import ensure_ready
    from tests.intake.conftest import Desk, make_author

    settings = config.load({"PINBOARD_DATA": folder})
    ensure_ready(settings)
    stores = Stores.open(settings)
    desk = Desk(stores, make_author(stores))
    case = desk.draft()
    for data in planted():
        assert desk.upload(case, data).refusal is None
    review.preview(stores, desk.instances(case)[0])
    desk.confirm(case, {0: [(5, 5, 20, 20)]})
    desk.fill(case)
    assert desk.publish(case).state == "published"
    stores.close()
    print(MARK)  # noqa: T201 - the parent looks for it


if __name__ == "__main__":
    main(sys.argv[1])
