"""Opens ZIP archives by the place of their entries alone: what an entry is called is never looked at."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from pinboard.imaging.errors import Refused
from pinboard.imaging.sniff import HEAD, REFUSED_KINDS, Kind, sniff

MOST_ENTRIES = 20_000
MOST_BYTES = 2 << 30
"""Of all entries together, as the archive promises."""
MOST_TIMES = 250
"""How much larger than its packed form a file may be: an empty image packs well, but nothing of use packs better."""
SMALL = 16 << 20
"""What is smaller than this is unpacked however well it was packed."""
BATCH_BYTES, BATCH_FILES = 32 << 20, 32
"""What one child unpacks at a time."""
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_INDEX = b"1.2.840.10008.1.3.10"
"""The class of a DICOMDIR (PS3.4 table B.5-1), which names files and holds none."""
# Whatever name an archive holds, the tables that would decode it are there before a child is confined.
"".encode("cp437")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: its place in the directory and the length it promises."""

    index: int
    size: int


def entries(data: bytes) -> list[Entry]:
    """List the files of an archive that are not empty.

    Parameters
    ----------
    data : bytes
        The whole archive.

    Raises
    ------
    Refused
        "damaged" without a directory, "archive-large" for too many entries or bytes, "bomb" where entries share the
        same packed bytes.
    """
    found = _open(data).infolist()
    if len(found) > MOST_ENTRIES or sum(one.file_size for one in found) > MOST_BYTES:
        raise Refused("archive-large")
    if sum(one.compress_size for one in found) > len(data):
        raise Refused("bomb")
    return [Entry(index, one.file_size) for index, one in enumerate(found) if one.file_size and not one.is_dir()]


def unpack(data: bytes, index: int, most: int) -> bytes:
    """Unpack one entry, if it is of a kind that is taken.

    Parameters
    ----------
    data : bytes
        The whole archive.
    index : int
        Of the entry.
    most : int
        Most bytes to unpack.

    Raises
    ------
    Refused
        "encrypted", "packing" for another method than deflate, "bomb", "too-large-file", "damaged", "index" for a
        DICOMDIR, or why a file of this kind is not taken, "archive" for an archive in the archive among others.
    """
    archive = _open(data)
    entry = archive.infolist()[index]
    if entry.flag_bits & _ENCRYPTED:
        raise Refused("encrypted")
    if entry.compress_type not in _PACKINGS:
        raise Refused("packing")
    if entry.file_size > SMALL and entry.file_size > MOST_TIMES * max(entry.compress_size, 1):
        raise Refused("bomb")
    if entry.file_size > most:
        raise Refused("too-large-file")
    try:
        with archive.open(entry) as file:
            head = file.read(HEAD)
            _check_kind(head, entry.file_size)
            return head + file.read(most)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        raise Refused("damaged") from None


def _open(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, LookupError):
        raise Refused("damaged") from None


def _check_kind(head: bytes, size: int) -> None:
    kind = sniff(head, size)
    if kind in REFUSED_KINDS and kind is not Kind.PDF:
        raise Refused(REFUSED_KINDS[kind])
    if kind is Kind.DICOM and _INDEX in head[:512]:
        raise Refused("index")
