"""Takes apart a body that carries many small files: each behind the name of its slot and its length."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import IO

from pinboard.ids import is_public_id
from pinboard.intake.scrubbing import TOGETHER_BYTES, TOGETHER_FILES
from pinboard.sandbox import MemFile

_NAME = 26
_LENGTH = struct.Struct(">I")
HEAD = _NAME + _LENGTH.size
"""Bytes before each file: the public id of its slot in ASCII, and its length, most significant byte first."""
_CHUNK = 256 * 1024


class BrokenParcel(Exception):  # noqa: N818 - it says what came
    """A body that ends too early, holds too much, or names no slot."""


def unpack(stream: IO[bytes], memory: Callable[[], MemFile]) -> dict[str, MemFile]:
    """Copy every file into memory of its own; no byte of it is looked at here."""
    found: dict[str, MemFile] = {}
    total = 0
    while head := _take(stream, HEAD):
        name = head[:_NAME].decode("ascii", "replace")
        (size,) = _LENGTH.unpack(head[_NAME:])
        total += size
        if not is_public_id(name) or name in found or len(found) == TOGETHER_FILES or total > TOGETHER_BYTES:
            raise BrokenParcel
        found[name] = memory()
        left = size
        while left:
            chunk = stream.read(min(left, _CHUNK))
            if not chunk:
                raise BrokenParcel
            found[name].write(chunk)
            left -= len(chunk)
    if not found:
        raise BrokenParcel
    return found


def _take(stream: IO[bytes], size: int) -> bytes:
    """Give exactly so many bytes, or nothing at the end."""
    data = b""
    while len(data) < size and (more := stream.read(size - len(data))):
        data += more
    if 0 < len(data) < size:
        raise BrokenParcel
    return data
