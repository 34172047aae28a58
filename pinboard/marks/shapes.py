"""Reads the points of a mark as a browser sends them, and keeps them inside their picture."""

from __future__ import annotations

import json
import math

from pinboard.models import MarkKind

LONGEST = 400
POINTS = {kind: 1 if kind is MarkKind.TEXT else 2 for kind in MarkKind}
"""How many points a shape has: where words begin, two ends, or two opposite corners."""
SMALLEST = 1.0
"""Pixels; a shape below that was a slip of the finger."""

Points = list[list[float]]


def read(text: str | None, kind: MarkKind) -> Points | None:
    """Give the points of a shape, or nothing where they are not what such a shape has."""
    if not text or len(text) > LONGEST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or len(found) != POINTS[kind]:
        return None
    return [[round(float(x), 2), round(float(y), 2)] for x, y in found] if all(map(_is_point, found)) else None


def inside(points: Points, columns: int, rows: int) -> Points:
    """Move what a finger drew over the edge onto it."""
    return [[min(max(x, 0.0), float(columns)), min(max(y, 0.0), float(rows))] for x, y in points]


def is_drawn(points: Points, kind: MarkKind) -> bool:
    """Tell whether a shape is large enough to be meant."""
    if kind is MarkKind.TEXT:
        return True
    (left, top), (right, bottom) = points
    width, height = abs(right - left), abs(bottom - top)
    if kind in {MarkKind.BOX, MarkKind.ELLIPSE}:
        return min(width, height) >= SMALLEST
    return math.hypot(width, height) >= SMALLEST


def _is_point(found: object) -> bool:
    if not isinstance(found, list) or len(found) != 2:
        return False
    return all(type(one) in {int, float} and math.isfinite(one) and abs(one) < 1e6 for one in found)
