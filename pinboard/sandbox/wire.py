"""Frames what crosses between a child and the web process: JSON and raw bytes, never anything that runs when read."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NoReturn, Protocol

_LENGTH = struct.Struct(">I")
_MAX_JSON = 32 << 20
_MAX_PARTS = 20_000

Buffer = bytes | bytearray | memoryview


class WireError(Exception):
    """The other side sent something that is not an answer."""


class TooLargeError(WireError):
    """The other side wants to send more than its limit."""


class Sink(Protocol):
    """Takes bytes, possibly only some of them."""

    def __call__(self, data: Buffer, /) -> int:
        """Write and tell how much was taken."""
        ...


def frame(head: dict[str, Any], parts: Sequence[Buffer]) -> Iterator[Buffer]:
    """Give the pieces of one message: length, JSON with the sizes of the parts, the parts."""
    sizes = [memoryview(part).nbytes for part in parts]
    text = json.dumps({"head": head, "sizes": sizes}, separators=(",", ":"), allow_nan=False).encode()
    yield _LENGTH.pack(len(text)) + text
    yield from parts


def send(write: Sink, pieces: Iterable[Buffer]) -> None:
    """Write all pieces through a function that may take less than it is given."""
    for piece in pieces:
        rest = memoryview(piece).cast("B")
        while rest:
            rest = rest[write(rest) :]


def unframe(take: Callable[[int], bytes], limit: int) -> tuple[dict[str, Any], list[bytes]]:
    """Read one message whose parts together are at most `limit` bytes; `take(n)` gives exactly n bytes or raises."""
    (length,) = _LENGTH.unpack(take(_LENGTH.size))
    if length > _MAX_JSON:
        raise TooLargeError
    head, sizes = _parse(take(length))
    if sum(sizes) > limit:
        raise TooLargeError
    return head, [take(size) for size in sizes]


def _parse(text: bytes) -> tuple[dict[str, Any], list[int]]:
    try:
        message = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WireError from error
    match message:
        case {"head": dict(head), "sizes": list(sizes)} if len(sizes) <= _MAX_PARTS and all(map(_is_size, sizes)):
            return head, sizes
    raise WireError


def _is_size(value: object) -> bool:
    return type(value) is int and value >= 0


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("JSON has no such number")
