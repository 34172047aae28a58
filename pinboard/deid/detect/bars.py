"""Finds the grey and colour bars beside an ultrasound picture: they belong to it, and nothing is written in them."""

from __future__ import annotations

from typing import Final

import numpy as np

from pinboard.deid.detect.boxes import Found, Plane
from pinboard.deid.detect.labels import measure, runs_of

_GROUND: Final = 5
_DARK: Final = 10
"""Grey levels up to which a pixel belongs to the screen."""
_LONG, _NARROW, _WIDE = 48, 6, 56
_SLENDER: Final = 2.5
_FULL: Final = 0.85
"""Share of its rectangle that a bar fills."""
_ALONG, _ACROSS = 48, 96
"""Grey levels by which any pixel of a bar differs at most from the next; a map of two values changes across as well."""
_SPAN: Final = 90
"""Grey levels that a bar runs through at least, in some channel."""


def find_bars(plane: Plane) -> list[Found]:
    """Find long, narrow, smoothly graded rectangles on a dark screen.

    Parameters
    ----------
    plane : ndarray of uint8
        H×W or H×W×3.

    Returns
    -------
    list of Found
        Kind "kept". Letters would break the gradient, so that none can stand in one.
    """
    channels = plane[:, :, None] if plane.ndim == 2 else plane
    brightest = channels.max(axis=2)
    runs = runs_of(brightest > _DARK)
    if runs.count == 0:
        return []
    parts = measure(runs, brightest)
    width, height = parts.x1 - parts.x0, parts.y1 - parts.y0
    short, long = np.minimum(width, height), np.maximum(width, height)
    is_bar = (long >= _LONG) & (short >= _NARROW) & (short <= _WIDE) & (long >= _SLENDER * short)
    is_bar &= parts.pixels >= _FULL * width * height
    found = []
    for at in np.flatnonzero(is_bar):
        box = Found("kept", 1.0, *(int(side[at]) for side in (parts.x0, parts.y0, parts.x1, parts.y1)))
        if _is_graded(channels[box.y0 : box.y1, box.x0 : box.x1].astype(np.int16), is_upright=box.height > box.width):
            found.append(box)
    return found


def is_bar(found: Found, plane: Plane) -> bool:
    """Tell whether a rectangle, with some ground round it, holds such a bar and no text."""
    short, long = sorted((found.width, found.height))
    if long < _LONG or long < _SLENDER * short or short < _NARROW + 2 * _GROUND:
        return False
    channels = plane[:, :, None] if plane.ndim == 2 else plane
    inside = channels[found.y0 + _GROUND : found.y1 - _GROUND, found.x0 + _GROUND : found.x1 - _GROUND]
    return _is_graded(inside.astype(np.int16), is_upright=found.height > found.width)


def _is_graded(inside: Plane, *, is_upright: bool) -> bool:
    along, across = (0, 1) if is_upright else (1, 0)
    core = inside[2:-2, 2:-2]
    if any(np.abs(np.diff(core, axis=axis)).max() > most for axis, most in ((along, _ALONG), (across, _ACROSS))):
        return False
    profile = core.mean(axis=across)
    return bool((profile.max(axis=0) - profile.min(axis=0)).max() >= _SPAN)
