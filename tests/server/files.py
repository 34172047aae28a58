"""Hostile files made for these tests; each carries the mark, which must be found nowhere afterwards."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from tests.dicoms import MARK, make_dicom
from tests.intake.files import photo

CT = "1.2.840.10008.5.1.4.1.1.2"
MEGABYTE = 1 << 20
NESTED = 6000


def dicom(**elements: object) -> bytes:
    """Give a small CT whose header is full of the mark."""
    return make_dicom(**elements).data


def file_meta(syntax: str) -> bytes:
    """Give preamble and file meta alone, for a body of one's own."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    element = struct.pack("<HH2sH", 2, 0x10, b"UI", len(uid)) + uid
    return bytes(128) + b"DICM" + struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(element)) + element


def element(group: int, number: int, vr: bytes, value: bytes) -> bytes:
    """Encode one explicit element with a short length."""
    value += b" " * (len(value) % 2)
    return struct.pack("<HH2sH", group, number, vr, len(value)) + value


def header() -> bytes:
    name = element(0x10, 0x10, b"PN", f"{MARK}^BOMB".encode())
    return element(8, 0x16, b"UI", CT.encode() + b"\0") + element(8, 0x60, b"CS", b"CT") + name


def items_bomb() -> bytes:
    """Deflate a sequence of millions of tiny items: kilobytes that would parse to gigabytes of objects."""
    tiny = element(8, 0x100, b"SH", b"AB")
    items = (struct.pack("<HHI", 0xFFFE, 0xE000, len(tiny)) + tiny) * (MEGABYTE // 16)
    opening = struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF)
    return _deflated([header(), opening, *[items] * 24, struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)])


def zeros_bomb() -> bytes:
    """Deflate one element of 400 MB of zeros."""
    opening = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OW", 0, 400 * MEGABYTE)
    return _deflated([header(), opening, *[bytes(MEGABYTE)] * 400])


def _deflated(parts: list[bytes]) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(packer.compress(part) for part in parts) + packer.flush()
    return file_meta(DeflatedExplicitVRLittleEndian) + body


def nested(*, is_defined: bool = False) -> bytes:
    """Nest sequences thousands deep, with lengths left open or given."""
    inner = element(0x10, 0x10, b"PN", MARK.encode())
    if is_defined:
        for _ in range(NESTED):
            item = struct.pack("<HHI", 0xFFFE, 0xE000, len(inner)) + inner
            inner = struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, len(item)) + item
        return file_meta(ExplicitVRLittleEndian) + header() + inner
    opening = struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    closing = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return file_meta(ExplicitVRLittleEndian) + header() + opening * NESTED + inner + closing * NESTED


def in_syntax(syntax: str) -> bytes:
    """Say that a file is compressed in some way."""
    data = dicom()
    body = data[144 + int.from_bytes(data[140:144], "little") :]
    return file_meta(syntax) + body


def number_that_lies(number: int, value: int) -> bytes:
    """Change a short number of the header into one that the pixels do not bear out."""
    data = dicom()
    start = struct.pack("<HH2sH", 0x28, number, b"US", 2)
    at = data.index(start) + len(start)
    return data[:at] + struct.pack("<H", value) + data[at + 2 :]


def pixels_that_lie(length: int, *, left: int) -> bytes:
    """Say how many bytes of pixels follow, and let others follow."""
    data = dicom()
    at = data.index(struct.pack("<HH2sH", 0x7FE0, 0x10, b"OW", 0)) + 8
    return data[:at] + struct.pack("<I", length) + data[at + 4 : at + 4 + left]


def element_that_lies(length: int) -> bytes:
    """Say that a text goes on beyond the end of the file."""
    text = struct.pack("<HH2sHI", 8, 0x1030, b"UT", 0, length) + MARK.encode()
    return file_meta(ExplicitVRLittleEndian) + header() + text


def marked_jpeg() -> bytes:
    data = photo(size=(320, 200), comment=MARK.encode())
    assert MARK.encode() in data
    return data


def png(width: int, height: int) -> bytes:
    """Give a black picture of one bit a pixel, which packs a hundred megapixels into twelve kilobytes."""
    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    for kind, data in ((b"IHDR", head), (b"tEXt", b"Author\0" + MARK.encode()), (b"IDAT", body), (b"IEND", b"")):
        out.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    return out.getvalue()


def archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr(f"{MARK}.dcm", dicom())
    return held.getvalue()


def noise(megabytes: int, *, number: int = 0, patient_id: str = "NOISE-1") -> bytes:
    """Give a CT of many frames that does not pack well."""
    frames = np.random.default_rng(number).integers(-1000, 1000, (2 * megabytes, 512, 512), dtype=np.int16)
    uid = f"1.2.826.0.1.{number + 1}"
    return make_dicom(frames, is_planted=False, study_uid=uid, patient_id=patient_id).data
