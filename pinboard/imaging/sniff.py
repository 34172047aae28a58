"""Tells what a file is from its first bytes, because names and declared types lie."""

from __future__ import annotations

import struct
from enum import Enum

HEAD = 4096
"""Bytes of the file's start that `sniff` wants to see."""


class Kind(Enum):
    """What a file is, by content."""

    DICOM = "dicom"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"
    AVIF = "avif"
    HEIC = "heic"
    GIF = "gif"
    PDF = "pdf"
    ZIP = "zip"
    SVG = "svg"
    VIDEO = "video"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


PHOTOS = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.TIFF, Kind.AVIF, Kind.HEIC})

REFUSED_KINDS: dict[Kind, str] = {
    Kind.GIF: "gif",
    Kind.PDF: "pdf",
    Kind.ZIP: "archive",
    Kind.SVG: "svg",
    Kind.VIDEO: "video",
    Kind.TEXT: "not-an-image",
    Kind.EMPTY: "empty",
    Kind.UNKNOWN: "not-an-image",
}
"""Code of `imaging.errors` for each kind that is never taken."""

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),
    (b"MM\x00+", Kind.TIFF),
    (b"GIF8", Kind.GIF),
    (b"%PDF-", Kind.PDF),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\x1aE\xdf\xa3", Kind.VIDEO),
    (b"\x00\x00\x01\xba", Kind.VIDEO),
    (b"\x00\x00\x01\xb3", Kind.VIDEO),
)

_BRANDS: dict[bytes, Kind] = {
    **dict.fromkeys((b"avif", b"avis"), Kind.AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), Kind.HEIC),
}


def sniff(head: bytes, size: int) -> Kind:
    """Tell what a file is.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes of the file, or all of a shorter one.
    size : int
        Length of the whole file in bytes.

    Returns
    -------
    Kind
        DICOM also for files without preamble or file meta (ACR-NEMA, PS3.10 section 7.1 not kept).
    """
    if size == 0 or not head:
        return Kind.EMPTY
    # The DICOM mark wins: a preamble may hold anything, an executable or a TIFF header among it.
    if head[128:132] == b"DICM":
        return Kind.DICOM
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF":
        return _riff(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    return Kind.DICOM if _is_bare_dicom(head) else _text(head)


def _riff(form: bytes) -> Kind:
    if form == b"WEBP":
        return Kind.WEBP
    return Kind.VIDEO if form == b"AVI " else Kind.UNKNOWN


def _iso_media(head: bytes) -> Kind:
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length, 4))]
    # AVIF files often list mif1 too, so the more telling brand wins over the order.
    kinds = {_BRANDS[brand] for brand in brands if brand in _BRANDS}
    if Kind.AVIF in kinds:
        return Kind.AVIF
    return Kind.HEIC if Kind.HEIC in kinds else Kind.VIDEO


def _is_bare_dicom(head: bytes) -> bool:
    if len(head) < 8:
        return False
    for order in "<>":
        group, element, length = struct.unpack(f"{order}HHI", head[:8])
        if group not in {0x0002, 0x0008} or element > 0x0100:
            continue
        is_explicit = head[4:6].isalpha() and head[4:6].isupper()
        if is_explicit or length <= 1024:
            return True
    return False


def _text(head: bytes) -> Kind:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype", b"<!--")) and b"<svg" in start):
        return Kind.SVG
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut where the head ends.
        if error.start < len(head) - 4:
            return Kind.UNKNOWN
    return Kind.UNKNOWN if b"\x00" in head else Kind.TEXT
