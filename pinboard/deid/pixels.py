"""Paints boxes on frames, and proves on the result that nothing of the inside is left and nothing else changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[Any]
Rectangle = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels; the far edges are outside."""

MARGIN: Final = 6
SHARE: Final = 0.15
SNAP: Final = 16


def grow(box: Rectangle, *, rows: int, columns: int) -> Rectangle | None:
    """Widen a box so that it covers edges and does not tell the length of a word.

    Parameters
    ----------
    box : (x0, y0, x1, y1)
        As drawn; corners in any order.
    rows, columns : int
        Size of the frame in pixels.

    Returns
    -------
    (x0, y0, x1, y1) or None
        Grown by 6 px or 15 % of the shorter side, the greater of both, its width a multiple of 16 px, clipped to
        the frame. None where nothing of the drawn box lies inside.
    """
    x0, x1 = sorted((box[0], box[2]))
    y0, y1 = sorted((box[1], box[3]))
    if x1 <= 0 or y1 <= 0 or x0 >= columns or y0 >= rows or x0 == x1 or y0 == y1:
        return None
    margin = max(MARGIN, math.ceil(SHARE * min(x1 - x0, y1 - y0)))
    x0, y0, x1, y1 = x0 - margin, y0 - margin, x1 + margin, y1 + margin
    extra = -(x1 - x0) % SNAP
    x0, x1 = x0 - extra // 2, x1 + extra - extra // 2
    return max(x0, 0), max(y0, 0), min(x1, columns), min(y1, rows)


def boxes_of(boxes: Sequence[Sequence[int | None]], index: int) -> list[Rectangle]:
    """Give the rectangles among `[frame, x0, y0, x1, y1]` that apply to one frame (frame None: every one)."""
    return [
        (int(x0 or 0), int(y0 or 0), int(x1 or 0), int(y1 or 0))
        for frame, x0, y0, x1, y1 in boxes
        if frame is None or frame == index
    ]


def paint(frame: Array, boxes: Sequence[Rectangle], value: float) -> Array:
    """Give a copy of the frame with each rectangle set to one constant."""
    painted = frame.copy()
    for x0, y0, x1, y1 in boxes:
        painted[y0:y1, x0:x1] = value
    return painted


def is_clean(before: Array, after: Array, boxes: Sequence[Rectangle], value: float) -> bool:
    """Tell whether `after` holds the constant in every box and `before`, bit for bit, everywhere else."""
    if before.shape != after.shape or before.dtype != after.dtype:
        return False
    outside = np.ones(before.shape[:2], dtype=bool)
    for x0, y0, x1, y1 in boxes:
        outside[y0:y1, x0:x1] = False
        if not np.all(after[y0:y1, x0:x1] == after.dtype.type(value)):
            return False
    # Compared as bytes: two NaN are the same pixel.
    return bool(np.array_equal(_bits(before)[outside], _bits(after)[outside]))


def _bits(frame: Array) -> Array:
    return np.ascontiguousarray(frame).view(f"u{frame.dtype.itemsize}")
