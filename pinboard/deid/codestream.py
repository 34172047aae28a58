"""Strips compressed frames of what is not picture: comments, application data, wrappers, and bytes after the end."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

JPEG_FAMILY: Final = frozenset(f"1.2.840.10008.1.2.4.{end}" for end in (50, 51, 57, 70, 80, 81))
JPEG_2000_FAMILY: Final = frozenset(f"1.2.840.10008.1.2.4.{end}" for end in (90, 91, 201, 202, 203))
RLE: Final = "1.2.840.10008.1.2.5"

# A marker ends entropy-coded data; restart markers and stuffed bytes (JPEG: 00, JPEG-LS: below 80) do not.
_END_OF_SCAN = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# JFIF says that three components are YCbCr; density and thumbnail are not needed for that.
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"

_JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_J2K_KEPT = frozenset({0x51, 0x52, 0x53, 0x5C, 0x5D, 0x5E, 0x5F, 0x50, 0x56, 0x59, 0x60, 0x61, 0x57, 0x58, 0x63})


class Malformed(ValueError):  # noqa: N818 - it says what the frame is
    """A compressed frame that does not follow its own standard."""


def strip(frame: bytes, syntax: str, *, segment_length: int) -> bytes:
    """Give a frame's compressed data without anything that decoding does not need.

    Parameters
    ----------
    frame : bytes
        One frame, its fragments joined.
    syntax : str
        Transfer syntax UID.
    segment_length : int
        Rows times columns: what one RLE segment unpacks to.

    Raises
    ------
    Malformed
        When the data is not what the syntax says.

    Notes
    -----
    ISO 10918-1 annex B, ISO 14495-1 annex C, ISO 15444-1 annexes A and I, PS3.5 annex G.
    """
    stripper: Callable[[bytes], bytes]
    if syntax in JPEG_FAMILY:
        stripper = strip_jpeg
    elif syntax in JPEG_2000_FAMILY:
        stripper = strip_jpeg_2000
    elif syntax == RLE:
        return strip_rle(frame, segment_length)
    else:
        raise Malformed("no such syntax")
    try:
        return stripper(frame)
    except (struct.error, IndexError):
        raise Malformed("cut short") from None


def strip_jpeg(frame: bytes) -> bytes:
    """Drop COM and APPn segments and what follows the end of a JPEG or JPEG-LS image."""
    if frame[:2] != b"\xff\xd8":
        raise Malformed("no start of image")
    kept = [b"\xff\xd8"]
    at, size = 2, len(frame)
    while at < size:
        if frame[at] != 0xFF:
            raise Malformed("no marker")
        while at < size and frame[at] == 0xFF:
            at += 1
        if at >= size:
            break
        marker = frame[at]
        at += 1
        if marker == 0xD9:
            break
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack_from(">H", frame, at)
        segment = frame[at + 2 : at + length]
        if length < 2 or at + length > size:
            raise Malformed("segment too long")
        at += length
        kept.append(_jpeg_segment(marker, segment))
        if marker == 0xDA:
            end = _END_OF_SCAN.search(frame, at)
            stop = end.start() if end else size
            kept.append(frame[at:stop])
            at = stop
    return b"".join([*kept, b"\xff\xd9"])


def _jpeg_segment(marker: int, segment: bytes) -> bytes:
    """Give the segment to write: itself, a rebuilt one, or nothing."""
    if marker == 0xFE or marker in range(0xE0, 0xF0):
        if marker == 0xE0 and segment[:5] == b"JFIF\0":
            return _JFIF
        # Adobe's and HP's segments name the colour transform, without which colours come out wrong.
        if marker == 0xEE and segment[:5] == b"Adobe" and len(segment) >= 12:
            return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([min(segment[11], 2)])
        if marker == 0xE8 and segment[:4] == b"mrfx" and len(segment) >= 5:
            return b"\xff\xe8\x00\x07mrfx" + segment[4:5]
        return b""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(segment) + 2) + segment


def strip_jpeg_2000(frame: bytes) -> bytes:
    """Take the codestream out of a JP2 wrapper; drop comments, unknown markers and what follows its end."""
    stream = _codestream(frame)
    if stream[:4] != b"\xff\x4f\xff\x51":
        raise Malformed("no codestream")
    head, at = _j2k_header(stream, 2, 0x90)
    kept = [b"\xff\x4f", head]
    while stream[at : at + 2] == b"\xff\x90":
        (total,) = struct.unpack_from(">I", stream, at + 6)
        end = at + total if total else _end_of_codestream(stream)
        part, body = _j2k_header(stream, at + 12, 0x93)
        if end > len(stream) or body + 2 > end:
            end = len(stream)
        data = stream[body + 2 : end]
        length = 12 + len(part) + 2 + len(data)
        kept += [stream[at : at + 6], struct.pack(">I", length), stream[at + 10 : at + 12], part, b"\xff\x93", data]
        at = end
    if len(kept) == 2:
        raise Malformed("no tile")
    return b"".join([*kept, b"\xff\xd9"])


def _codestream(frame: bytes) -> bytes:
    if not frame.startswith(_JP2):
        return frame
    at = 0
    while at + 8 <= len(frame):
        length, kind = struct.unpack_from(">I4s", frame, at)
        head = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", frame, at + 8)
            head = 16
        end = at + length if length else len(frame)
        if kind == b"jp2c":
            return frame[at + head : end]
        if end <= at:
            break
        at = end
    raise Malformed("no codestream in the wrapper")


def _end_of_codestream(stream: bytes) -> int:
    end = stream.rfind(b"\xff\xd9")
    return end if end > 0 else len(stream)


def _j2k_header(stream: bytes, at: int, stop: int) -> tuple[bytes, int]:
    """Give the known marker segments from `at` up to the marker `stop`, and where that marker is."""
    kept: list[bytes] = []
    while True:
        mark, marker = stream[at], stream[at + 1]
        if mark != 0xFF:
            raise Malformed("no marker")
        if marker == stop:
            return b"".join(kept), at
        (length,) = struct.unpack_from(">H", stream, at + 2)
        if length < 2 or at + 2 + length > len(stream):
            raise Malformed("segment too long")
        if marker in _J2K_KEPT:
            kept.append(stream[at : at + 2 + length])
        at += 2 + length


def strip_rle(frame: bytes, segment_length: int) -> bytes:
    """Cut each RLE segment where its last pixel is, and write the header anew."""
    if len(frame) < 64:
        raise Malformed("cut short")
    count, *offsets = struct.unpack_from("<16I", frame)
    if not 1 <= count <= 15:
        raise Malformed("number of segments")
    ends = [*offsets[1:count], len(frame)]
    segments = []
    for start, end in zip(offsets[:count], ends, strict=True):
        if not 64 <= start <= end <= len(frame):
            raise Malformed("segment offset")
        segment = frame[start : _rle_end(frame, start, end, segment_length)]
        segments.append(segment + b"\0" * (len(segment) % 2))
    at, table = 64, [count]
    for segment in segments:
        table.append(at)
        at += len(segment)
    return struct.pack("<16I", *table, *[0] * (16 - len(table))) + b"".join(segments)


def _rle_end(frame: bytes, start: int, end: int, length: int) -> int:
    """Give where a segment's runs have made `length` bytes."""
    at, made = start, 0
    while made < length and at < end:
        control = frame[at]
        if control < 128:
            made += control + 1
            at += control + 2
        elif control > 128:
            made += 257 - control
            at += 2
        else:
            at += 1
    return min(at, end)
