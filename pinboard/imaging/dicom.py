"""Reads DICOM within bounds and decodes one frame at a time, so that no file can cost more than it should."""

from __future__ import annotations

import io
import logging
import re
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pydicom.config
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import UID

from pinboard.imaging.errors import Refused
from pinboard.imaging.kinds import ENCAPSULATED_PDF, PICTURES, TRACINGS

if TYPE_CHECKING:
    from pydicom.tag import BaseTag

    from pinboard.imaging.arrays import Array

# Both would otherwise print or raise values of the header.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE

MAX_INFLATED: Final = 256 * 1024 * 1024
MAX_ELEMENTS: Final = 20_000
MAX_FRAMES: Final = 2_000
MAX_FRAME_PIXELS: Final = 100_000_000
MAX_PIXELS: Final = 2_000_000_000

IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
)
NATIVE = frozenset({IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN})
PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
JPEG_EXTENDED: Final = "1.2.840.10008.1.2.4.51"
_PIXEL_TAG = 0x7FE00010
# Start of frame, its length (8 + 3 per component), the precision in bits.
_SOF = re.compile(rb"\xff[\xc0\xc1]\x00[\x0b\x11](.)", re.DOTALL)
_VR = re.compile(rb"[A-Z]{2}")
_LONG = frozenset({b"OB", b"OW", b"UN", b"SQ", b"UT", b"OF", b"OD", b"OL", b"UC", b"UR", b"OV", b"SV", b"UV"})


def read(data: bytes | memoryview) -> Dataset:
    """Parse a DICOM file, Part 10 or bare, up to and with its pixel data.

    Parameters
    ----------
    data : bytes
        The whole file. Preamble and file meta may be missing (then the transfer syntax is guessed).

    Returns
    -------
    Dataset
        With a new `file_meta` that holds the transfer syntax and nothing else. A deflated file comes back as
        Explicit VR Little Endian.

    Raises
    ------
    Refused
        "bomb" when a deflated file exceeds 256 MB, "damaged" when it cannot be parsed.

    Notes
    -----
    PS3.10 section 7.1 (file meta), PS3.5 section A.5 (deflate).
    """
    start, syntax, media_class = _file_meta(data)
    stream: io.BytesIO
    if syntax == DEFLATED:
        stream, start, syntax = io.BytesIO(_inflate(data[start:])), 0, EXPLICIT
    else:
        stream = io.BytesIO(data)
    if not syntax:
        syntax = _guess(bytes(data[start : start + 8]))
    stream.seek(start)
    try:
        # Its warnings quote values.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = read_dataset(stream, syntax == IMPLICIT, syntax != BIG_ENDIAN, stop_when=_Guard())
    except RecursionError:
        raise Refused("damaged") from None
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    if media_class and "SOPClassUID" not in dataset:
        dataset.SOPClassUID = UID(media_class)
    return dataset


class _Guard:
    """Stops after the pixel data and refuses more elements than any real header has."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:  # noqa: ARG002 - pydicom's signature
        self.seen += 1
        if self.seen > MAX_ELEMENTS:
            raise Refused("damaged")
        # Stray item tags (FFFE) occur before the pixels in files that still decode.
        return bool(_PIXEL_TAG < tag < 0xFFFE0000)


def _inflate(data: bytes | memoryview) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(data, MAX_INFLATED)
    except zlib.error:
        raise Refused("damaged") from None
    if inflater.unconsumed_tail:
        raise Refused("bomb")
    return plain


def _file_meta(data: bytes | memoryview) -> tuple[int, str, str]:
    """Give where the data set starts, its transfer syntax ("" if unknown) and the media SOP class."""
    at = 132 if bytes(data[128:132]) == b"DICM" else 0
    found = {0x0010: "", 0x0002: ""}
    while len(data) >= at + 8:
        group, element = struct.unpack_from("<HH", data, at)
        if group != 0x0002:
            break
        vr = bytes(data[at + 4 : at + 6])
        if not _VR.fullmatch(vr):
            length, head = struct.unpack_from("<I", data, at + 4)[0], 8
        elif vr in _LONG:
            if len(data) < at + 12:
                break
            length, head = struct.unpack_from("<I", data, at + 8)[0], 12
        else:
            length, head = struct.unpack_from("<H", data, at + 6)[0], 8
        if element in found:
            found[element] = bytes(data[at + head : at + head + min(length, 64)]).decode("ascii", "ignore").strip(" \0")
        at += head + length
    return at, found[0x0010], found[0x0002]


def _guess(head: bytes) -> str:
    if len(head) < 8:
        raise Refused("damaged")
    if not _VR.fullmatch(head[4:6]):
        return IMPLICIT
    # Group 0008 read in the wrong order is 0800.
    return BIG_ENDIAN if struct.unpack("<H", head[:2])[0] >= 0x0400 else EXPLICIT


def check(dataset: Dataset) -> None:
    """Refuse what is no picture for a case, cannot be decoded here, or is larger than can be taken.

    Raises
    ------
    Refused
        "pdf" or "tracing" for what has pages instead of pixels, "unsupported-kind", "no-pixels", "missing-uid",
        "unsupported-syntax", "too-large" or "damaged".
    """
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    if not _is_decodable(syntax):
        raise Refused("unsupported-syntax")
    sop_class = str(dataset.get("SOPClassUID", "") or "")
    if sop_class == ENCAPSULATED_PDF:
        raise Refused("pdf")
    if sop_class in TRACINGS:
        raise Refused("tracing")
    if (sop_class and sop_class not in PICTURES) or "DirectoryRecordSequence" in dataset:
        raise Refused("unsupported-kind")
    if not any(keyword in dataset for keyword in PIXEL_KEYWORDS):
        raise Refused("no-pixels")
    _check_links(dataset)
    if syntax == JPEG_EXTENDED and _is_deep_jpeg(dataset) and "pylibjpeg" not in get_decoder(syntax).available_plugins:
        raise Refused("unsupported-syntax")
    _check_size(dataset)


def _check_links(dataset: Dataset) -> None:
    """Refuse a slice that says of which series or study it is, but not which of them it is; a lone picture may pass."""
    study, series, own = (
        bool(dataset.get(keyword)) for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    )
    if (not own and (study or series)) or (study and not series):
        raise Refused("missing-uid")


def _is_decodable(syntax: str) -> bool:
    try:
        return bool(get_decoder(syntax).is_available)
    except (NotImplementedError, KeyError, ValueError):
        return False


def _is_deep_jpeg(dataset: Dataset) -> bool:
    """Tell whether the first frame has 12 bits, which only one, optional decoder reads."""
    start = _SOF.search(bytes(dataset.PixelData[:65_536]))
    return start is not None and start[1] != b"\x08"


def _check_size(dataset: Dataset) -> None:
    try:
        rows, columns = int(dataset.Rows), int(dataset.Columns)
        frames = frame_count(dataset)
    except (AttributeError, TypeError, ValueError):
        raise Refused("damaged") from None
    if min(rows, columns) < 1:
        raise Refused("damaged")
    if rows * columns > MAX_FRAME_PIXELS or frames > MAX_FRAMES or rows * columns * frames > MAX_PIXELS:
        raise Refused("too-large")


def frame_count(dataset: Dataset) -> int:
    """Give the number of frames, 1 where the header does not say."""
    try:
        count = int(dataset.get("NumberOfFrames", 1) or 1)
    except (TypeError, ValueError):
        raise Refused("damaged") from None
    if count < 1:
        raise Refused("damaged")
    return count


def frame(dataset: Dataset, index: int) -> Array:
    """Decode one frame and no other.

    Parameters
    ----------
    dataset : Dataset
        From `read`.
    index : int
        Frame number from 0.

    Returns
    -------
    ndarray
        H×W for monochrome in the stored type (not rescaled, MONOCHROME1 not inverted), H×W×3 RGB for colour.
        YBR comes out as RGB, PALETTE COLOR as RGB uint8.

    Raises
    ------
    Refused
        "damaged" when no decoder can read the frame.

    Notes
    -----
    PS3.3 section C.7.6.3 (image pixel), C.7.9 (palette). pydicom converts YBR itself: converting again turns
    ultrasound green.
    """
    decoder = get_decoder(str(dataset.file_meta.TransferSyntaxUID))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pixels, _ = decoder.as_array(dataset, index=index)
    except (MemoryError, Refused):
        raise
    except Exception:  # noqa: BLE001 - decoders raise every type there is, with values in their messages
        raise Refused("damaged") from None
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    if str(dataset.PhotometricInterpretation) == "PALETTE COLOR":
        return _palette(pixels, dataset)
    return pixels


def _palette(pixels: Array, dataset: Dataset) -> Array:
    colours: Any = apply_color_lut(pixels, dataset)[..., :3]
    # Some devices declare 16 bits and store 8: then the high byte is empty everywhere.
    if colours.dtype.itemsize > 1:
        table = dataset.get("RedPaletteColorLookupTableData") or b""
        is_wide = not table or int(np.frombuffer(table[: len(table) // 2 * 2], "<u2").max(initial=0)) > 255
        colours = colours >> 8 if is_wide else colours
    return np.ascontiguousarray(colours.astype(np.uint8))
