"""Writes a rebuilt DICOM instance: new file meta, zero preamble, the new header, and the bare pixels."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.encaps import generate_frames

from pinboard.deid.codestream import strip
from pinboard.deid.encode import EXPLICIT, encode, file_meta

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom.dataset import Dataset

Header = dict[str, Any]

_NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"})
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_PIXELS = {"PixelData": 0x0010, "FloatPixelData": 0x0008, "DoubleFloatPixelData": 0x0009}
_UNDEFINED = 0xFFFFFFFF
_MAX_LENGTH = 0xFFFFFFFE


@dataclass(frozen=True, slots=True)
class Pixels:
    """The pixel element of an instance: native bytes, or compressed frames."""

    syntax: str
    frames: tuple[bytes | memoryview, ...]
    keyword: str = "PixelData"

    @property
    def is_native(self) -> bool:
        """Tell whether the frames are plain pixels."""
        return self.syntax == EXPLICIT

    @property
    def size(self) -> int:
        """Give the number of bytes."""
        return sum(len(frame) for frame in self.frames)


def take_pixels(dataset: Dataset, header: Header) -> Pixels:
    """Take the bare pixels out of a data set: cut to their exact length, or stripped frame by frame.

    Parameters
    ----------
    dataset : Dataset
        As read, with its transfer syntax in `file_meta`.
    header : dict
        The rebuilt header, which says how many pixels there must be.

    Raises
    ------
    ValueError
        When there are fewer pixels than the header says, or a compressed frame is malformed.
    """
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    keyword = next(keyword for keyword in _PIXELS if keyword in dataset)
    element = dataset[keyword]
    frames = header.get("NumberOfFrames", 1)
    if syntax in _NATIVE:
        return Pixels(EXPLICIT, (_native(element, header, is_big=syntax == _BIG_ENDIAN),), keyword)
    offsets = dataset.get("ExtendedOffsetTable"), dataset.get("ExtendedOffsetTableLengths")
    found = generate_frames(element.value, number_of_frames=frames, extended_offsets=offsets if all(offsets) else None)
    area = header["Rows"] * header["Columns"]
    stripped = tuple(strip(frame, syntax, segment_length=area) for _, frame in zip(range(frames), found, strict=False))
    if len(stripped) != frames:
        raise ValueError("fewer frames than the header says")
    return Pixels(syntax, stripped, keyword)


def native_length(header: Header) -> int:
    """Give the exact number of bytes of the native pixels (PS3.5 section 8.1)."""
    area = header["Rows"] * header["Columns"] * header.get("NumberOfFrames", 1)
    if header["PhotometricInterpretation"] == "YBR_FULL_422":
        return int(area * 2 * header["BitsAllocated"] // 8)
    return int((area * header["SamplesPerPixel"] * header["BitsAllocated"] + 7) // 8)


def _native(element: Any, header: Header, *, is_big: bool) -> bytes | memoryview:
    data, length = element.value, native_length(header)
    if data is None or len(data) < length:
        raise ValueError("fewer pixels than the header says")
    if not is_big:
        return _without_unused_bits(memoryview(data)[:length], header)
    size = header["BitsAllocated"] // 8
    if size <= 1:
        # Bytes in words were swapped with them.
        size = 2 if element.VR == "OW" else 1
    padded = bytes(data[: length + (-length) % size])
    swapped = array({1: "B", 2: "H", 4: "I", 8: "Q"}[size], padded.ljust(len(padded) + (-len(padded)) % size, b"\0"))
    swapped.byteswap()
    return _without_unused_bits(memoryview(swapped.tobytes())[:length], header)


def _without_unused_bits(data: memoryview, header: Header) -> bytes | memoryview:
    """Clear the bits above those stored: old devices keep an overlay there (PS3.3 section C.9.2)."""
    allocated = header["BitsAllocated"]
    shift = allocated - header["BitsStored"]
    if shift == 0 or allocated not in {8, 16, 32}:
        return data
    sign = "i" if header["PixelRepresentation"] else "u"
    values = np.frombuffer(data, f"<{sign}{allocated // 8}")
    # Shifting back fills with the sign where there is one.
    tidy = (values << shift) >> shift
    return data if np.array_equal(tidy, values) else tidy.tobytes()


def write(header: Header, pixels: Pixels) -> bytes:
    """Write a Part 10 file (PS3.10 section 7.1) from an allowed header and bare pixels.

    Returns
    -------
    bytes
        Explicit VR Little Endian for native pixels; else the pixels' own syntax, one fragment per frame and a new
        basic offset table (PS3.5 section A.4).
    """
    return b"".join(
        [
            file_meta(header, pixels.syntax),
            encode(header, is_float=pixels.keyword != "PixelData"),
            *_pixel_element(pixels, header),
        ]
    )


def _pixel_element(pixels: Pixels, header: Header) -> Iterable[bytes | memoryview]:
    element = _PIXELS[pixels.keyword]
    if not pixels.is_native:
        return [struct.pack("<HH2sHI", 0x7FE0, element, b"OB", 0, _UNDEFINED), *_fragments(pixels.frames)]
    vr = {0x0008: b"OF", 0x0009: b"OD"}.get(element, b"OW" if header["BitsAllocated"] > 8 else b"OB")
    size = pixels.size
    if size > _MAX_LENGTH:
        raise ValueError("more pixels than an element can hold")
    padding = b"\0" * (size % 2)
    return [struct.pack("<HH2sHI", 0x7FE0, element, vr, 0, size + len(padding)), *pixels.frames, padding]


def _fragments(frames: Iterable[bytes | memoryview]) -> Iterable[bytes | memoryview]:
    offsets, items, at = [], [], 0
    for frame in frames:
        padding = b"\0" * (len(frame) % 2)
        length = len(frame) + len(padding)
        offsets.append(at)
        items += [struct.pack("<HHI", 0xFFFE, 0xE000, length), frame, padding]
        at += length + 8
    if at > _MAX_LENGTH:
        raise ValueError("more pixels than an offset table can hold")
    table = struct.pack(f"<HHI{len(offsets)}I", 0xFFFE, 0xE000, 4 * len(offsets), *offsets)
    return [table, *items, struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)]
