"""The rectangle that every detector answers with, and how rectangles of several looks become one list."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Plane: TypeAlias = npt.NDArray[np.uint8]
"""Pixels as they are shown: H×W or H×W×3 RGB."""

Kind = Literal["text", "face", "outside", "strokes", "kept"]
"""All but the last are suggested; "kept" is what must stay even where it lies outside an ultrasound's image."""

_SAME: Final = 0.6
"""Share of the smaller rectangle that lies in the other one, above which both are about the same thing."""
_WASTE: Final = 1.25
"""How much larger than the two together their common rectangle may be."""


@dataclass(frozen=True, slots=True)
class Found:
    """A rectangle in pixels of a plane; the far edges are outside."""

    kind: Kind
    confidence: float
    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Give the extent along a row."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Give the number of rows."""
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        """Give the number of pixels."""
        return self.width * self.height

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Give x0, y0, x1, y1."""
        return self.x0, self.y0, self.x1, self.y1


def grey_of(plane: Plane) -> Plane:
    """Give the luminance of a plane."""
    if plane.ndim == 2:
        return plane
    weights = np.array([77, 150, 29], dtype=np.uint16)
    return np.asarray(((plane.astype(np.uint16) * weights).sum(axis=2, dtype=np.uint16) >> 8).astype(np.uint8))


def clipped(found: Found, *, rows: int, columns: int, margin: int = 0) -> Found | None:
    """Give the rectangle with a margin, inside the picture; None where nothing of it is."""
    x0, y0 = max(found.x0 - margin, 0), max(found.y0 - margin, 0)
    x1, y1 = min(found.x1 + margin, columns), min(found.y1 + margin, rows)
    return replace(found, x0=x0, y0=y0, x1=x1, y1=y1) if x0 < x1 and y0 < y1 else None


def scaled(found: Found, *, x: float, y: float) -> Found:
    """Give the rectangle in a picture that is larger by these factors, rounded outward."""
    return replace(
        found,
        x0=math.floor(found.x0 * x),
        y0=math.floor(found.y0 * y),
        x1=math.ceil(found.x1 * x),
        y1=math.ceil(found.y1 * y),
    )


def common(one: Found, two: Found) -> int:
    """Give the number of pixels that lie in both."""
    width = min(one.x1, two.x1) - max(one.x0, two.x0)
    height = min(one.y1, two.y1) - max(one.y0, two.y0)
    return width * height if width > 0 and height > 0 else 0


def hull(one: Found, two: Found) -> Found:
    """Give the smallest rectangle round both, as sure as the surer of them."""
    return replace(
        one,
        confidence=max(one.confidence, two.confidence),
        x0=min(one.x0, two.x0),
        y0=min(one.y0, two.y0),
        x1=max(one.x1, two.x1),
        y1=max(one.y1, two.y1),
    )


def merge(found: Iterable[Found]) -> list[Found]:
    """Join rectangles of one kind that are about the same thing.

    Parameters
    ----------
    found : iterable of Found
        From any number of passes over one picture, all in the same coordinates.

    Returns
    -------
    list of Found
        Every pixel that was covered still is. Two rectangles became one where they cover mostly the same and their
        common rectangle adds little; sorted from top to bottom.
    """
    joined: list[Found] = []
    for one in sorted(found, key=lambda item: -item.area):
        grown, is_new = one, True
        while is_new:
            is_new = False
            for other in joined:
                if _is_same(grown, other):
                    joined.remove(other)
                    grown, is_new = hull(other, grown), True
                    break
        joined.append(grown)
    return sorted(joined, key=lambda item: (item.y0, item.x0))


def _is_same(one: Found, two: Found) -> bool:
    if one.kind != two.kind:
        return False
    shared = common(one, two)
    if shared < _SAME * min(one.area, two.area):
        return False
    return hull(one, two).area <= _WASTE * (one.area + two.area - shared)


def share_covered(found: Found, others: Sequence[Found]) -> float:
    """Give the share of a rectangle's pixels that lie in any of the others."""
    if not others or found.area == 0:
        return 0.0
    mask = np.zeros((found.height, found.width), dtype=bool)
    for other in others:
        x0, y0 = max(other.x0 - found.x0, 0), max(other.y0 - found.y0, 0)
        x1, y1 = other.x1 - found.x0, other.y1 - found.y0
        if x1 > 0 and y1 > 0:
            mask[y0:y1, x0:x1] = True
    return float(mask.mean())


Net: TypeAlias = Callable[[npt.NDArray[np.float32]], list[npt.NDArray[Any]]]
"""A network: 1×3×H×W in, its outputs out."""
