"""The arithmetic of rectangles on a picture, plain numbers that the web process may load."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

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


def tight(box: Rectangle, *, rows: int, columns: int) -> Rectangle:
    """Give the box to draw so that what is painted covers `box` and as little beyond it as can be.

    Its margin belongs inside where the border is known exactly, as that of an ultrasound's image is.
    """
    drawn = list(box)
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for side, step in ((0, 1), (1, 1), (2, -1), (3, -1)):
            smaller = drawn.copy()
            smaller[side] += step
            if smaller[0] < smaller[2] and smaller[1] < smaller[3] and _covers(smaller, box, rows, columns):
                drawn, is_smaller = smaller, True
    return drawn[0], drawn[1], drawn[2], drawn[3]


def _covers(drawn: Sequence[int], box: Rectangle, rows: int, columns: int) -> bool:
    x0, y0, x1, y1 = grow((drawn[0], drawn[1], drawn[2], drawn[3]), rows=rows, columns=columns) or (0, 0, 0, 0)
    return x0 <= box[0] and y0 <= box[1] and x1 >= box[2] and y1 >= box[3]


def area(box: Rectangle) -> int:
    """Give the number of pixels, 0 for a rectangle turned inside out."""
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def common(one: Rectangle, other: Rectangle) -> Rectangle:
    """Give what lies in both; without pixels where they do not meet."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def union(one: Rectangle, other: Rectangle) -> Rectangle:
    """Give the smallest rectangle that holds both."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def likeness(one: Rectangle, other: Rectangle) -> float:
    """Give the share that two rectangles have in common of what they cover together, from 0 to 1."""
    both = area(common(one, other))
    return both / max(area(one) + area(other) - both, 1)


def covered(box: Rectangle, others: Iterable[Rectangle]) -> float:
    """Give the share of a rectangle that lies under others; a pixel under several counts once."""
    parts = [part for part in (common(box, other) for other in others) if area(part)]
    found = 0
    for left, right in pairwise(sorted({x for part in parts for x in (part[0], part[2])})):
        bottom = box[1]
        for _, top, _, end in sorted((p for p in parts if p[0] <= left and right <= p[2]), key=lambda p: p[1]):
            found += (right - left) * max(end - max(top, bottom), 0)
            bottom = max(bottom, end)
    return found / max(area(box), 1)


def without(boxes: Sequence[Rectangle], kept: Sequence[Rectangle]) -> list[Rectangle]:
    """Cut what must stay out of rectangles; what remains of them covers the rest, without overlap of its own."""
    rest = list(boxes)
    for hole in kept:
        rest = [piece for box in rest for piece in _around(box, hole)]
    return rest


def _around(box: Rectangle, hole: Rectangle) -> list[Rectangle]:
    """Give the parts of a rectangle above, below, left and right of another one."""
    x0, y0, x1, y1 = box
    left, top, right, bottom = max(hole[0], x0), max(hole[1], y0), min(hole[2], x1), min(hole[3], y1)
    if left >= right or top >= bottom:
        return [box]
    pieces = [(x0, y0, x1, top), (x0, top, left, bottom), (right, top, x1, bottom), (x0, bottom, x1, y1)]
    return [piece for piece in pieces if piece[0] < piece[2] and piece[1] < piece[3]]
