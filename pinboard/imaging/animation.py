"""Joins still pictures into one animated WebP, a frame at a time, so that a long cine needs no more memory than one."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pinboard.imaging.arrays import Display

QUALITY: Final = 75
_ANIMATION: Final = 0x02
_NO_BLENDING: Final = 0x02


def animate(stills: Iterable[Display], milliseconds: int, *, longest: int) -> bytes:
    """Give an animated WebP that runs for ever (WebP container specification, extended file format).

    Parameters
    ----------
    stills : iterable of ndarray
        uint8, H×W or H×W×3 RGB, all of one shape.
    milliseconds : int
        For how long each is shown.
    longest : int
        Bounds the longer side in pixels.

    Raises
    ------
    ValueError
        When there is no still, or one has another shape.
    """
    chunks: list[bytes] = []
    size = (0, 0)
    for still in stills:
        image = _small(still, longest)
        if chunks and image.size != size:
            raise ValueError("frames of one cine have one shape")
        size = image.size
        chunks.append(_frame(_bitstream(image), size, milliseconds))
    if not chunks:
        raise ValueError("a cine has frames")
    extended = struct.pack("<I", _ANIMATION) + _three(size[0] - 1) + _three(size[1] - 1)
    body = b"WEBP" + _chunk(b"VP8X", extended) + _chunk(b"ANIM", struct.pack("<IH", 0xFF000000, 0)) + b"".join(chunks)
    return _chunk(b"RIFF", body)


def _small(still: Display, longest: int) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(still))
    if max(image.size) > longest:
        image.thumbnail((longest, longest), Image.Resampling.BILINEAR)
    return image


def _bitstream(image: Image.Image) -> bytes:
    """Encode one still and give its image chunk, which is all that such a file holds."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=QUALITY, method=2)
    return out.getvalue()[12:]


def _frame(bitstream: bytes, size: tuple[int, int], milliseconds: int) -> bytes:
    place = _three(0) + _three(0) + _three(size[0] - 1) + _three(size[1] - 1) + _three(milliseconds)
    return _chunk(b"ANMF", place + bytes([_NO_BLENDING]) + bitstream)


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _three(value: int) -> bytes:
    return struct.pack("<I", value)[:3]
