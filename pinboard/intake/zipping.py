"""Writes a ZIP as it goes out, entry by entry; nothing is compressed, so that its size is known before it starts.

Pixels hardly get smaller, and a browser that knows the size shows how far it is and how long it will take.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

LIMIT = 0xFFFFFFFF
"""From here on an offset needs the fields of ZIP64."""
_MOST_ENTRIES = 0xFFFF
_ELSEWHERE = 0xFFFFFFFF
_PLAIN, _BIG = 20, 45
_UNIX = 3 << 8
_READABLE = 0o100644 << 16
_DAY = 1 << 5 | 1
"""1 January 1980, the first that can be written: when a copy was made is nobody's business."""
_CHUNK = 1 << 18

Named = tuple[str, int]
"""Name and length of an entry."""


@dataclass(slots=True)
class Zip:
    """Gives the bytes of an archive in order, and keeps only the directory of what went out."""

    at: int = 0
    _directory: list[bytes] = field(default_factory=list)

    def entry(self, name: str, data: bytes) -> Iterator[bytes]:
        """Give the bytes of one entry; its name is plain ASCII."""
        crc = zlib.crc32(data)
        common = struct.pack("<HHHHHIIIHH", _PLAIN, 0, 0, 0, _DAY, crc, len(data), len(data), len(name), 0)
        yield self._went(b"PK\3\4" + common + name.encode("ascii"), name, (crc, len(data)))
        view = memoryview(data)
        for start in range(0, len(data), _CHUNK):
            yield bytes(view[start : start + _CHUNK])
        self.at += len(data)

    def end(self) -> bytes:
        """Give the directory, which ends the archive."""
        directory = b"".join(self._directory)
        count, size = len(self._directory), len(directory)
        more = _needs_more(self.at, count)
        big = b""
        if more:
            body = struct.pack("<HHIIQQQQ", _UNIX | _BIG, _BIG, 0, 0, count, count, size, self.at)
            big = b"PK\6\6" + struct.pack("<Q", len(body)) + body
            big += b"PK\6\7" + struct.pack("<IQI", 0, self.at + size, 1)
        shown = (_MOST_ENTRIES, _ELSEWHERE) if more else (count, self.at)
        last = struct.pack("<HHHHIIH", 0, 0, shown[0], shown[0], size, shown[1], 0)
        return directory + big + b"PK\5\6" + last

    def _went(self, head: bytes, name: str, sums: tuple[int, int]) -> bytes:
        crc, length = sums
        is_far = self.at >= LIMIT
        extra = struct.pack("<HHQ", 1, 8, self.at) if is_far else b""
        version = _BIG if is_far else _PLAIN
        fields = (_UNIX | version, version, 0, 0, 0, _DAY, crc, length, length, len(name), len(extra), 0, 0, 0)
        place = struct.pack("<II", _READABLE, _ELSEWHERE if is_far else self.at)
        line = b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHH", *fields) + place + name.encode("ascii") + extra
        self._directory.append(line)
        self.at += len(head)
        return head


def size_of(entries: Iterable[Named]) -> int:
    """Give the exact size of an archive of these entries."""
    at = directory = count = 0
    for name, length in entries:
        directory += 46 + len(name) + (12 if at >= LIMIT else 0)
        at += 30 + len(name) + length
        count += 1
    return at + directory + (76 if _needs_more(at, count) else 0) + 22


def _needs_more(at: int, count: int) -> bool:
    return at >= LIMIT or count >= _MOST_ENTRIES
