"""Draws a rectangle that a network answered with closer to its text, and tells solid things from text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pinboard.deid.detect.boxes import Found, Plane

Mask = npt.NDArray[np.bool_]

_EDGE: Final = 0.15
"""Steepness that counts as the edge of a letter, as a share of the steepest in the rectangle."""
_FAINTEST: Final = 6
"""Grey levels from pixel to pixel below which everything is ground."""
_ROOM: Final = 5
"""Pixels left between an edge and the rectangle."""
_MOST: Final = 0.35
"""Share of the shorter side that one side may come in at most: more would mean that the edges were misread."""
_SQUARE: Final = (0.4, 2.5)
_SMALLEST: Final = 8
_THICK: Final = 0.45
"""Thickness of a stroke as a share of the letter's shorter side, which no letter reaches."""


def trimmed(found: Found, grey: Plane) -> Found:
    """Move each side inward over ground without edges.

    Parameters
    ----------
    found : Found
        Inside the picture.
    grey : ndarray of uint8
        H×W, what it was found in.

    Returns
    -------
    Found
        Never larger; the same where the ground is as restless as the text.
    """
    if min(found.width, found.height) < _SMALLEST:
        return found
    edges = edges_in(found, grey)
    most = round(_MOST * min(edges.shape))
    rows, columns = np.flatnonzero(edges.any(axis=1)), np.flatnonzero(edges.any(axis=0))
    if rows.size == 0:
        return found
    height, width = edges.shape
    return replace(
        found,
        x0=found.x0 + _in_by(columns[0], most),
        y0=found.y0 + _in_by(rows[0], most),
        x1=found.x1 - _in_by(width - 1 - columns[-1], most),
        y1=found.y1 - _in_by(height - 1 - rows[-1], most),
    )


def edges_in(found: Found, grey: Plane) -> Mask:
    """Give where the letters of a rectangle have their edges."""
    steep = _steepness(grey[found.y0 : found.y1, found.x0 : found.x1].astype(np.int16))
    return np.asarray(steep >= max(_FAINTEST, _EDGE * float(np.percentile(steep, 98))))


def _steepness(grey: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Give each pixel's largest difference from the four beside it."""
    steep = np.zeros_like(grey)
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    for side, step in (
        (np.s_[:, :-1], across),
        (np.s_[:, 1:], across),
        (np.s_[:-1], down),
        (np.s_[1:], down),
    ):
        np.maximum(steep[side], step, out=steep[side])
    return steep


def _in_by(empty: Any, most: int) -> int:
    """Give how far a side may come in that has so many pixels without an edge behind it."""
    return min(max(int(empty) - _ROOM, 0), most)


def is_solid(found: Found, grey: Plane) -> bool:
    """Tell whether a rectangle of about the shape of one letter holds a filled thing, such as the end of a CT couch.

    Letters are made of strokes: most of a letter's ink never lies in a square almost as wide as the letter.
    """
    if not _is_square(found.width, found.height):
        return False
    ink = _ink(grey[found.y0 : found.y1, found.x0 : found.x1])
    if min(ink.shape) < _SMALLEST or not _is_square(ink.shape[1], ink.shape[0]):
        return False
    inside = _opened(ink, max(3, round(_THICK * min(ink.shape))))
    return int(inside.sum()) * 2 >= int(ink.sum())


def _is_square(width: int, height: int) -> bool:
    return _SQUARE[0] <= width / max(height, 1) <= _SQUARE[1]


def _ink(grey: Plane) -> Mask:
    """Give what stands against the rim, cut to its extent."""
    low, high = np.percentile(grey, (2, 98))
    is_bright = grey > (low + high) / 2
    rim = np.concatenate([is_bright[0], is_bright[-1], is_bright[:, 0], is_bright[:, -1]])
    ink: Mask = np.asarray(~is_bright if rim.mean() > 0.5 else is_bright)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return np.zeros((0, 0), dtype=np.bool_)
    return np.asarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _opened(mask: Mask, side: int) -> Mask:
    """Keep what lies in some square of this side that is filled."""
    if min(mask.shape) < side:
        return np.zeros_like(mask)
    filled: Mask = np.asarray(_sums(mask, side) == side * side)
    return np.asarray(_sums(np.pad(filled, side - 1), side) > 0)


def _sums(mask: Mask, side: int) -> npt.NDArray[Any]:
    """Give the sum over every square of this side inside the mask."""
    total = np.pad(mask.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    return np.asarray(total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side])
