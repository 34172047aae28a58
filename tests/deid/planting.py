"""Plants a value of its own into every place of a DICOM file that can hold one, so that survivors can be counted.

A planted text is `ZQ` and six digits of base 36, a number begins with 9182, a date lies between 1910 and 1949: none of
them is in any carrier, and all of them can be searched for in bytes, whatever element they end in.
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass, field
from typing import Any

import pydicom
from pydicom import config
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import UID

from pinboard.deid.profile import ALLOWED
from tests.dicoms import segment

TEXT = re.compile(rb"ZQ[0-9A-Z]{6}", re.IGNORECASE)
NUMBER = re.compile(rb"9182[0-9]{6}")
DATE = re.compile(rb"(?:19[1-4][0-9]|2019)[01][0-9][0-3][0-9]")
AGE = re.compile(rb"09[1-9]Y")
OURS = re.compile(rb"2\.25\.[0-9]{1,39}")
PATTERNS = (TEXT, NUMBER, DATE, AGE)

CHARSETS = {"ISO_IR 100": "latin-1", "ISO_IR 144": "iso8859-5", "ISO_IR 192": "utf-8"}
_LETTERS = {
    "ISO_IR 100": "äöüßéèñçåøÄÖÜÉÑÇ",
    "ISO_IR 144": "абвгдежзиклмнопр",
    "ISO_IR 192": "王李張劉陳楊趙黃周吳徐孫胡朱高林",
}

NATIVE = [
    re.compile(b"(?:" + b"|".join(re.escape(letter.encode(coding)) for letter in letters) + b"){6}")
    for letters, codings in ((_LETTERS[name], {CHARSETS[name], "utf-8"}) for name in CHARSETS)
    for coding in codings
]

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEXTS = {"LO": 64, "SH": 16, "ST": 900, "LT": 900, "UT": 900, "UC": 900, "PN": 64, "AE": 16, "CS": 16}
_BYTES = {"OB", "OW", "OF", "OD", "OL", "OV", "UN"}
_WORDS = {"US": "<4H", "SS": "<4h", "UL": "<2I", "SL": "<2i", "FL": "<2f", "FD": "<d", "UV": "<Q", "SV": "<q"}
# What decoding needs, and what says how the rest is read. The order of a file's elements is no place to hide in.
SPARED = {
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
    "PhotometricInterpretation", "NumberOfFrames", "PlanarConfiguration", "PixelData", "FloatPixelData",
    "DoubleFloatPixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "SOPClassUID", "SpecificCharacterSet",
    "DirectoryRecordSequence", "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData", "PixelDataProviderURL", "DataSetTrailingPadding",
}  # fmt: skip
SHIFTED = {"StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"}
JPEG, JPEG_LS = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.80"
COMMENTED = {JPEG, "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", JPEG_LS}
COMMENTED |= {"1.2.840.10008.1.2.4.81"}
J2K = {"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"}


@dataclass
class Planter:
    """Gives values of every VR and remembers each."""

    number: int = 0
    planted: dict[bytes, str] = field(default_factory=dict)
    charset: str = "ISO_IR 100"

    def text(self, place: str) -> str:
        self.number += 1
        rest, word = self.number, ""
        for _ in range(6):
            rest, digit = divmod(rest, 36)
            word = DIGITS[digit] + word
        return self.note(f"ZQ{word}", place)

    def native(self, place: str) -> str:
        """Give letters of the file's character set that stand nowhere else."""
        self.number += 1
        letters = _LETTERS[self.charset]
        word = "".join(letters[self.number >> shift & 15] for shift in (20, 16, 12, 8, 4, 0))
        self.planted[word.encode(CHARSETS[self.charset])] = place
        self.planted[word.encode()] = place
        return word

    def digits(self, place: str) -> str:
        self.number += 1
        return self.note(f"9182{self.number % 10**6:06}", place)

    def date(self, place: str) -> str:
        self.number += 1
        days = self.number % 13_000
        day = f"{1910 + days // 336:04}{days // 28 % 12 + 1:02}{days % 28 + 1:02}"
        return self.note(day, place)

    def note(self, word: str, place: str) -> str:
        self.planted[word.encode()] = place
        return word

    def value(self, vr: str, place: str) -> Any:
        """Give a value of a VR, None for those that can hold nothing of one's own."""
        vr = vr.rpartition(" or ")[2]
        if vr in _TEXTS:
            words = f"{self.text(place)} {self.native(place)}" if vr not in {"AE", "CS"} else self.text(place)
            return words[: _TEXTS[vr]]
        if vr in _BYTES:
            return (self.text(place) * 2).encode()
        if vr in _WORDS:
            numbers = list(struct.unpack(_WORDS[vr], self.text(place).encode()))
            return numbers if len(numbers) > 1 else numbers[0]
        if vr == "AT":
            return [struct.unpack("<2H", self.text(place).encode()[at : at + 4]) for at in (0, 4)]
        plain = {"DA": self.date, "IS": self.digits, "AS": lambda _: self.note("097Y", place)}.get(vr)
        if plain is not None:
            return plain(place)
        return {
            "DT": lambda: f"{self.date(place)}112233.{self.digits(place)[-6:]}",
            "TM": lambda: f"112233.{self.note(self.digits(place)[-6:], place)}",
            "UI": lambda: f"1.2.826.0.1.{self.digits(place)}",
            "DS": lambda: f"{self.digits(place)}.5",
            "UR": lambda: f"https://pacs.example/{self.text(place)}",
        }.get(vr, lambda: None)()


def surviving(planted: dict[bytes, str], data: bytes) -> list[str]:
    """Name the places whose value is found in some bytes."""
    # Hundreds of random digits hold a day now and then.
    data = OURS.sub(b"", data)
    seen = {found.upper() for pattern in PATTERNS for found in pattern.findall(data)}
    seen |= {found for pattern in NATIVE for found in pattern.findall(data)}
    return [place for value, place in planted.items() if value in seen]


def plant(dataset: Dataset, planter: Planter, *, depth: int = 1, only: range | None = None) -> None:
    """Put a value into every element of the dictionary that the carrier does not need, and into nested items."""
    for place, (tag, (vr, _, _, _, keyword)) in enumerate(DicomDictionary.items()):
        group = tag >> 16
        if not keyword or keyword in SPARED or group in {0, 2, 0x7FE0, 0xFFFE} or (only and place not in only):
            continue
        if vr == "SQ":
            value: Any = Sequence([nested(planter, keyword, depth)])
        elif keyword in SHIFTED:
            # What comes out of these is a day earlier: it must not be one that was planted elsewhere.
            value = planter.note(f"2019{planter.number % 12 + 1:02}{planter.number % 28 + 1:02}", keyword)
        else:
            value = planter.value(vr, keyword)
        if value is not None:
            dataset.add(DataElement(tag, vr.rpartition(" or ")[2], value))


def nested(planter: Planter, place: str, depth: int) -> Dataset:
    """Make an item with a name, a number, a date, free text and a private element; below it the next level."""
    item = Dataset()
    item.PatientName, item.PatientID = planter.value("PN", place), planter.value("LO", place)
    item.TextValue, item.DateTime = planter.value("UT", place), planter.value("DT", place)
    item.CodeMeaning, item.CodeValue = planter.value("LO", place), planter.value("SH", place)
    item.private_block(0x0011, planter.text(place), create=True).add_new(1, "UN", planter.value("UN", place))
    if depth > 1:
        item.ReferencedImageSequence = Sequence([nested(planter, place, depth - 1)])
    return item


def plant_allowed(dataset: Dataset, planter: Planter) -> None:
    """Put a value of the wrong kind into every element that the profile lets through, and more into its items."""
    for element in ALLOWED:
        if element.keyword in SPARED:
            continue
        if element.vr == "SQ":
            item = nested(planter, element.keyword, 3)
            for keyword in getattr(element.check, "elements", {}):
                vr = pydicom.datadict.dictionary_VR(keyword)
                if vr != "SQ" and " or " not in vr:
                    item.add_new(keyword, vr, planter.value(vr, keyword))
            setattr(dataset, element.keyword, Sequence([item, nested(planter, element.keyword, 1)]))
        else:
            vr = "LO" if element.vr in {"DS", "IS", "CS", "DA", "AS"} else element.vr
            dataset.add(
                DataElement(pydicom.datadict.tag_for_keyword(element.keyword), vr, planter.value(vr, "allowed"))
            )


def plant_around(dataset: Dataset, planter: Planter) -> None:
    """Private blocks, overlays, curves, icons and padding."""
    for group in (0x0009, 0x0029, 0x2001, 0x7FE1):
        block = dataset.private_block(group, planter.text("private creator"), create=True)
        for place, vr in enumerate([*_TEXTS, "DA", "DT", "TM", "UI", "IS", "DS", "FD", "US", "UN", "OB"], 1):
            block.add_new(place, vr, planter.value(vr, f"private {vr}"))
        block.add_new(0x40, "SQ", Sequence([nested(planter, "private sequence", 5)]))
    for group in (0x6000, 0x6002, 0x601E, 0x5000, 0x501E):
        for element, vr in ((0x0022, "LO"), (0x1500, "LO"), (0x3000, "OW"), (0x2500, "LO")):
            dataset.add_new((group << 16) + element, vr, planter.value(vr, f"group {group:04x}"))
    icon = nested(planter, "icon", 1)
    icon.Rows = icon.Columns = 4
    icon.BitsAllocated, icon.PixelData = 8, planter.value("OB", "icon pixels")
    dataset.IconImageSequence = Sequence([icon])
    dataset.DataSetTrailingPadding = planter.value("OB", "trailing padding")


def plant_pixels(dataset: Dataset, planter: Planter, syntax: str) -> None:
    """Comments and application segments in compressed frames, bytes behind them, behind native pixels, in fragments."""
    if "PixelData" not in dataset:
        return
    if not UID(syntax).is_compressed or UID(syntax).is_deflated:
        dataset.PixelData += planter.value("OB", "behind the pixels")
        return
    count = int(dataset.get("NumberOfFrames") or 1)
    frames = list(generate_frames(dataset.PixelData, number_of_frames=count))
    dataset.PixelData = encapsulate([_commented(frame, planter, syntax) for frame in frames])
    dataset["PixelData"].is_undefined_length = True


def _commented(frame: bytes, planter: Planter, syntax: str) -> bytes:
    if syntax in COMMENTED:
        marks = [0xFE, *range(0xE1, 0xF0)]
        more = b"".join(segment(mark, planter.value("OB", f"segment {mark:x}")) for mark in marks)
        frame = frame[:2] + more + frame[2:]
    elif syntax in J2K and frame.startswith(b"\xff\x4f"):
        siz = 4 + struct.unpack(">H", frame[4:6])[0]
        comment = segment(0x64, b"\0\1" + planter.value("OB", "codestream comment"))
        frame = frame[:siz] + comment + frame[siz:]
    return frame + planter.value("OB", "behind the frame")


def written(dataset: Dataset, planter: Planter, syntax: str) -> bytes:
    """Write the file with planted preamble, file meta and tail."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = planter.value("UI", "meta")
    meta.ImplementationVersionName = planter.value("AE", "meta")
    for keyword in ("SourceApplicationEntityTitle", "SendingApplicationEntityTitle", "ReceivingApplicationEntityTitle"):
        setattr(meta, keyword, planter.value("AE", "meta"))
    meta.PrivateInformationCreatorUID = planter.value("UI", "meta")
    meta.PrivateInformation = planter.value("OB", "meta")
    preamble = b"".join(planter.text("preamble").encode() for _ in range(16))
    file = FileDataset(None, dataset, preamble=preamble, file_meta=meta)
    file.file_meta = meta
    out = io.BytesIO()
    dcmwrite(out, file, enforce_file_format=True)
    is_deflated = UID(syntax).is_deflated
    return out.getvalue() + (b"" if is_deflated else planter.value("OB", "tail") * 3)


def made(carrier: Dataset, planter: Planter, *, part: range | None = None, is_hostile: bool = False) -> bytes:
    """Give a carrier with everything planted into it; hostile, with wrong values in what the profile lets through."""
    syntax = str(carrier.file_meta.TransferSyntaxUID)
    dataset = Dataset(carrier)
    dataset.SpecificCharacterSet = planter.charset
    with config.disable_value_validation():
        plant(dataset, planter, depth=2, only=part)
        if is_hostile:
            plant_allowed(dataset, planter)
        plant_around(dataset, planter)
        plant_pixels(dataset, planter, syntax)
        return written(dataset, planter, syntax)
