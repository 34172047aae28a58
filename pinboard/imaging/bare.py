"""Tells whether a stored picture holds pixels and nothing else; standard library only, because it decodes nothing."""

from __future__ import annotations

import struct

# What an encoder writes that was given no metadata: its density is 1:1, and there is no thumbnail.
_JFIF = b"JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_TABLES = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD})
_SOI, _EOI, _SOS, _APP0 = b"\xff\xd8", b"\xff\xd9", 0xDA, 0xE0


def is_bare_jpeg(data: bytes) -> bool:
    """Tell whether a JPEG is made of tables and scans alone, and ends where its image ends (ISO 10918-1 annex B)."""
    if not data.startswith(_SOI):
        return False
    at, scans = 2, 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at + 4 : at + 2 + length]
        if marker == _APP0 and segment != _JFIF:
            return False
        if marker not in _TABLES and marker not in {_APP0, _SOS}:
            return False
        at += 2 + length
        if marker == _SOS:
            at, scans = _end_of_scan(data, at), scans + 1
    return scans > 0 and data[at:] == _EOI


def _end_of_scan(data: bytes, at: int) -> int:
    """Give where entropy-coded data ends: at the next marker that neither stands for FF nor restarts the coder."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


def is_bare_webp(data: bytes) -> bool:
    """Tell whether a WebP file is one chunk of image data, without extensions, and nothing behind it."""
    if len(data) < 20 or (data[:4], data[8:12]) != (b"RIFF", b"WEBP") or data[12:16] not in {b"VP8 ", b"VP8L"}:
        return False
    whole, length = struct.unpack_from("<I", data, 4)[0], struct.unpack_from("<I", data, 16)[0]
    padding = data[20 + length :]
    return whole + 8 == len(data) == 20 + length + length % 2 and padding in {b"", b"\0"}
