"""Packs frames without loss: the one store of pixels from which all else is made after publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import brotli
import numpy as np

if TYPE_CHECKING:
    from pinboard.imaging.arrays import Array

QUALITY: Final = 3
"""A third of the time of 5 for one per cent more bytes (`python -m bench.packing`)."""


def encode_frame(pixels: Array) -> bytes:
    """Encode one frame without loss.

    Parameters
    ----------
    pixels : ndarray
        H×W or H×W×N, integer or float, at most 8 bytes per value.

    Returns
    -------
    bytes
        Differences along rows (of the bit patterns, modulo their size), split into byte planes, brotli q3.
    """
    words = _words(pixels)
    delta = words.copy()
    delta[:, 1:] -= words[:, :-1]
    planes = delta.reshape(-1).view(np.uint8).reshape(-1, words.dtype.itemsize)
    return bytes(brotli.compress(planes.T.tobytes(), quality=QUALITY))


def decode_frame(data: bytes, shape: tuple[int, ...], dtype: str | np.dtype[Any]) -> Array:
    """Give back exactly what `encode_frame` took.

    Raises
    ------
    ValueError
        When the data does not hold a frame of that shape and type.
    """
    kind = np.dtype(dtype).newbyteorder("<")
    try:
        plain = brotli.decompress(data)
    except brotli.error:
        raise ValueError("not a frame") from None
    if len(plain) != int(np.prod(shape)) * kind.itemsize:
        raise ValueError("not a frame of this shape")
    planes = np.frombuffer(plain, np.uint8).reshape(kind.itemsize, -1)
    delta = np.ascontiguousarray(planes.T).reshape(-1).view(f"<u{kind.itemsize}").reshape(shape)
    return np.cumsum(delta, axis=1, dtype=delta.dtype).view(kind)


def _words(pixels: Array) -> Array:
    kind = pixels.dtype.newbyteorder("<")
    return np.ascontiguousarray(pixels.astype(kind, copy=False)).view(f"<u{kind.itemsize}")
