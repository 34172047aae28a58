"""Tells whether the slices of a series make an even volume, which can be cut along its rows and columns as well."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pinboard.imaging.geometry import direction, opposite
from pinboard.imaging.series import Vector, axes_of, cross, dot, vector

View = dict[str, Any]
Way = tuple[int, int]
Axes = tuple[Vector, Vector, Vector]

FEWEST: Final = 8
"""Of fewer slices a cut across shows stripes."""
_WIDTHS: Final = {"|u1": 1, "|i1": 1, "<u2": 2, "<i2": 2}
_SAME: Final = 1e-3
_UNEVEN: Final = 0.1
"""Part of the gap by which a slice may miss its place: headers round, and a missing slice is off by a half at least."""
_STEEP: Final = math.sqrt(0.5)
_NAMES: Final = ("sagittal", "coronal", "axial")


class Flaw(StrEnum):
    """Why there is no volume."""

    FEW = "few"
    PLACE = "place"
    DIRECTION = "direction"
    SIZE = "size"
    VALUES = "values"
    GAP = "gap"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class Plane:
    """A cut through the volume: which of its axes runs to the right and which down, forwards (1) or backwards (-1).

    Axis 0 runs along a row of a slice, 1 down a column, 2 from slice to slice. `sides` are letters right, below, left
    and above.
    """

    name: str
    across: Way
    down: Way
    sides: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Volume:
    """Slices that lie evenly: mm from one to the next, bytes of all their values, and the three planes."""

    gap: float
    size: int
    planes: tuple[Plane, Plane, Plane]


def volume_of(
    views: Sequence[View], sizes: Collection[tuple[int, int]], positions: Sequence[Sequence[float] | None]
) -> Volume | Flaw:
    """Find the volume that frames make in their order, or what is wrong with it.

    Parameters
    ----------
    views : sequence of dict
        What frames have in common, each once, as in `view.view_of`.
    sizes : collection of (int, int)
        Columns and rows of the frames, each pair once.
    positions : sequence of [x, y, z] or None
        Of each frame, in mm along the patient's axes.

    Notes
    -----
    PS3.3 section C.7.6.2. A tilted gantry moves each slice within its own plane, so its volume is askew; the header
    need not say so, the positions do.
    """
    if len(positions) < FEWEST:
        return Flaw.FEW
    first, axes = views[0], axes_of(views[0]["orientation"])
    places = [place for one in positions if (place := vector(one))]
    if axes is None or first["spacing_kind"] != "patient" or len(places) < len(positions):
        return Flaw.PLACE
    if flaw := _difference(views, sizes):
        return flaw
    normal = _unit(cross(*axes))
    ways = [_from(places[0], place) for place in places]
    gap = dot(ways[-1], normal) / (len(ways) - 1)
    if flaw := _unevenness(ways, normal, gap, min(first["spacing"])):
        return flaw
    columns, rows = next(iter(sizes))
    size = columns * rows * len(ways) * _WIDTHS[first["dtype"]]
    through = normal if gap > 0 else _times(normal, -1)
    return Volume(round(abs(gap), 3), size, _planes((_unit(axes[0]), _unit(axes[1]), through)))


def _difference(views: Sequence[View], sizes: Collection[tuple[int, int]]) -> Flaw | None:
    """Name in what slices differ that cannot stand beside one another."""
    first = views[0]
    for one in views:
        if not _are_close(one["orientation"], first["orientation"], _SAME):
            return Flaw.DIRECTION
        if not _are_close(one["spacing"], first["spacing"], _SAME * min(first["spacing"])):
            return Flaw.SIZE
        if not _is_whole(one) or _meaning(one) != _meaning(first):
            return Flaw.VALUES
    return Flaw.SIZE if len(sizes) > 1 else None


def _is_whole(view: View) -> bool:
    """Tell whether values are whole numbers of at most 16 bits, between which there are others."""
    return view["dtype"] in _WIDTHS and view["samples"] == 1 and not view.get("modality_lut")


def _meaning(view: View) -> list[Any]:
    """Give what values mean; of these only the slope may differ from slice to slice, as it does in PET."""
    return [view.get(key) for key in ("dtype", "photometric", "intercept", "unit", "padding")]


def _are_close(one: Sequence[float] | None, other: Sequence[float], most: float) -> bool:
    return one is not None and all(abs(mine - yours) <= most for mine, yours in zip(one, other, strict=True))


def _unevenness(ways: Sequence[Vector], normal: Vector, gap: float, pixel: float) -> Flaw | None:
    """Hold each slice, as its way from the first one, against where it would lie if all were stacked evenly."""
    depths = [dot(way, normal) for way in ways]
    if abs(gap) < _SAME or any(abs(depth - gap * at) > _UNEVEN * abs(gap) for at, depth in enumerate(depths)):
        return Flaw.GAP
    aside = [math.hypot(*_from(_times(normal, depth), way)) for way, depth in zip(ways, depths, strict=True)]
    return Flaw.SHIFT if max(aside) > pixel else None


def _planes(axes: Axes) -> tuple[Plane, Plane, Plane]:
    """Lay the slices as they are stored, and the two cuts across them as such planes are held: head or face up."""
    names = _names(axes)
    ways = (((0, 1), (1, 1)), _upright(axes, (0, 2)), _upright(axes, (1, 2)))
    first, second, third = (
        Plane(name, across, down, _sides(axes, across, down)) for name, (across, down) in zip(names, ways, strict=True)
    )
    return first, second, third


def _names(axes: Axes) -> Sequence[str]:
    """Name planes after the body where all axes lie along its own, else after the slices that were taken."""
    if any(len(direction(axis)) > 1 for axis in axes):
        return ("acquired", "rows", "columns")
    return [_NAMES[max(range(3), key=lambda part: abs(axes[normal][part]))] for normal in (2, 1, 0)]


def _upright(axes: Axes, pair: tuple[int, int]) -> tuple[Way, Way]:
    """Choose which of two axes runs down, towards the feet or else the back; the other one to the left or the back."""
    down = max(pair, key=lambda axis: abs(axes[axis][2]))
    if abs(axes[down][2]) > _STEEP:
        sign = -1 if axes[down][2] > 0 else 1
    else:
        down = max(pair, key=lambda axis: abs(axes[axis][1]))
        sign = 1 if axes[down][1] > 0 else -1
    across = sum(pair) - down
    left, back, _head = axes[across]
    return (across, 1 if (left if abs(left) >= abs(back) else back) > 0 else -1), (down, sign)


def _sides(axes: Axes, across: Way, down: Way) -> tuple[str, str, str, str]:
    right, below = (direction([sign * part for part in axes[axis]]) for axis, sign in (across, down))
    return right, below, opposite(right), opposite(below)


def _unit(way: Vector) -> Vector:
    length = math.hypot(*way)
    return (way[0] / length, way[1] / length, way[2] / length)


def _times(way: Vector, length: float) -> Vector:
    return (way[0] * length, way[1] * length, way[2] * length)


def _from(start: Vector, end: Vector) -> Vector:
    return (end[0] - start[0], end[1] - start[1], end[2] - start[2])
