"""Makes short marks of a picture by which the same one, or nearly the same one, is found again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pinboard.imaging.arrays import Array, Display

_SIDE: Final = 8
_PLAIN: Final = 12
"""Fewer differences than this among 64 say too little: every dark picture would be like every other."""


def dhash(shown: Display) -> str | None:
    """Give the difference hash of a picture.

    Parameters
    ----------
    shown : ndarray of uint8
        H×W or H×W×3.

    Returns
    -------
    str or None
        64 bits in hex; each tells whether a cell of an 8×8 grid is darker than the one to its right. Pictures that
        look alike differ in few bits. None for a picture that is too plain to be told from others.
    """
    grey = Image.fromarray(shown).convert("L")
    cells = np.asarray(grey.resize((_SIDE + 1, _SIDE), Image.Resampling.BOX), dtype=np.int16)
    steps = np.diff(cells, axis=1)
    if np.count_nonzero(steps) < _PLAIN:
        return None
    return np.packbits(steps > 0).tobytes().hex()


class Fingerprint:
    """Hashes decoded frames as they come; the very same pixels in the same shape give the same, however encoded."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, pixels: Array) -> None:
        """Take the next frame."""
        kind = pixels.dtype.newbyteorder("<")
        self._hash.update(f"{pixels.shape}{kind.str}".encode())
        self._hash.update(np.ascontiguousarray(pixels.astype(kind, copy=False)).data)

    def hex(self) -> str:
        """Give the hash of all frames so far."""
        return self._hash.hexdigest()
