"""Finds the slices of a run that differ from those around them, so that somebody looks at these first.

It works on a few numbers of each slice and needs no array library, because the pages of a draft ask it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

GRID: Final = 16
"""Cells in each direction of the grid of a `Look`."""
BITS: Final = 64

_REACH: Final = 2
"""How many slices before and behind one are its neighbours."""
_SPREADS: Final = 6.0
"""How many times the usual difference one has to exceed."""
_LEAST_BITS, _LEAST_MEAN, _LEAST_SPOT = 12, 16.0, 96
"""Differences below these catch no eye."""
_SHARE: Final = 0.1
_LEAST_RAISED: Final = 8
"""A run in which much differs has no odd slices; at most a tenth of it, or so many, are raised for their pixels."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one slice looks like, in few numbers; all grey levels are from 0 to 255."""

    mean: float
    brightest: bytes
    """The brightest level in each cell of a grid of `GRID` × `GRID`, row by row."""
    dhash: int | None
    """The 64 bits of a difference hash; None for a picture that is too plain to have one."""


@dataclass(frozen=True, slots=True)
class _Measure:
    reason: str
    least: float
    between: Callable[[Look, Look], float]


def standing_out(looks: Sequence[Look]) -> dict[int, str]:
    """Give the places of the slices that differ from their neighbours, each with why.

    A change that lasts is no oddity: a slice counts as one of its surroundings when it is like two of the four
    slices around it. So one alien page, or two in a row, stand out, and the step from chest to abdomen does not.

    Returns
    -------
    dict
        Place → "spot" (something bright that its neighbours do not show), "shape" or "brightness".
    """
    if len(looks) <= _REACH:
        return {}
    scored: dict[int, tuple[float, str]] = {}
    for measure in _MEASURES:
        apart = [_apart(looks, place, measure.between) for place in range(len(looks))]
        bound = max(measure.least, _SPREADS * median(apart))
        for place, distance in enumerate(apart):
            score = distance / bound
            if score > 1 and score > scored.get(place, (0.0, ""))[0]:
                scored[place] = score, measure.reason
    most = max(_LEAST_RAISED, int(len(looks) * _SHARE))
    surest = sorted(scored, key=lambda place: (-scored[place][0], place))[:most]
    return {place: scored[place][1] for place in sorted(surest)}


def _apart(looks: Sequence[Look], place: int, between: Callable[[Look, Look], float]) -> float:
    """Give the distance to the second nearest of the neighbours."""
    around = range(max(place - _REACH, 0), min(place + _REACH + 1, len(looks)))
    return sorted(between(looks[place], looks[other]) for other in around if other != place)[1]


def _bits(one: Look, other: Look) -> float:
    if one.dhash is None or other.dhash is None:
        return 0.0 if one.dhash == other.dhash else BITS / 2
    return (one.dhash ^ other.dhash).bit_count()


def _mean(one: Look, other: Look) -> float:
    return abs(one.mean - other.mean)


def _spot(one: Look, other: Look) -> float:
    return max(0, *(mine - theirs for mine, theirs in zip(one.brightest, other.brightest, strict=True)))


_MEASURES: Final = (
    _Measure("spot", _LEAST_SPOT, _spot),
    _Measure("shape", _LEAST_BITS, _bits),
    _Measure("brightness", _LEAST_MEAN, _mean),
)
