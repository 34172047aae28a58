"""Finds the slices of a run that differ from those around them, so that somebody looks at these first.

It works on a few numbers of each slice and needs no array library, because the pages of a draft ask it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
_DARK, _LEAST_CELLS = 40, 2
"""Letters light up several cells that are dark around them; the rim of an organ lights up one now and then."""
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


def standing_out(looks: Sequence[Look]) -> dict[int, str]:
    """Give the places of the slices that differ from their neighbours, each with why, the oddest first.

    A change that lasts is no oddity: a slice counts as one of its surroundings when it is like two of the four
    slices around it. So one alien page, or two in a row, stand out, and the step from chest to abdomen does not.

    Returns
    -------
    dict
        Place → "spot" (something bright that its neighbours do not show), "shape" or "brightness".
    """
    return dict(_standing_out(tuple(looks)))


@lru_cache(maxsize=16)
def _standing_out(looks: tuple[Look, ...]) -> tuple[tuple[int, str], ...]:
    if len(looks) <= _REACH:
        return ()
    around = [_around(place, len(looks)) for place in range(len(looks))]
    scores = {
        "spot": _spots(looks, around),
        "shape": _scores(looks, around, _bits, _LEAST_BITS),
        "brightness": _scores(looks, around, _mean, _LEAST_MEAN),
    }
    found: dict[int, tuple[float, str]] = {}
    for reason, every in scores.items():
        for place, score in enumerate(every):
            if score > 1 and score > found.get(place, (0.0, ""))[0]:
                found[place] = score, reason
    most = max(_LEAST_RAISED, int(len(looks) * _SHARE))
    surest = sorted(found, key=lambda place: (-found[place][0], place))[:most]
    return tuple((place, found[place][1]) for place in surest)


def _around(place: int, count: int) -> list[int]:
    near = range(max(place - _REACH, 0), min(place + _REACH + 1, count))
    return [other for other in near if other != place]


def _scores(
    looks: Sequence[Look], around: Sequence[list[int]], between: Callable[[Look, Look], float], least: float
) -> list[float]:
    """Give how far each slice is from the second nearest of its neighbours, in units of what stands out."""
    apart = [sorted(between(looks[place], looks[other]) for other in near)[1] for place, near in enumerate(around)]
    bound = max(least, _SPREADS * median(apart))
    return [distance / bound for distance in apart]


def _spots(looks: Sequence[Look], around: Sequence[list[int]]) -> list[float]:
    """Give in how many cells each slice is bright where its neighbours are dark, in units of what stands out.

    Each cell has a measure of its own: letters in a corner stand out although bones come and go elsewhere.
    """
    lit = [0] * len(looks)
    for cell in zip(*(look.brightest for look in looks), strict=True):
        theirs = [sorted([cell[other] for other in near])[-2] for near in around]
        above = [max(mine - their, 0) for mine, their in zip(cell, theirs, strict=True)]
        bound = max(_LEAST_SPOT, _SPREADS * median(above))
        for place, (step, their) in enumerate(zip(above, theirs, strict=True)):
            lit[place] += step > bound and their <= _DARK
    return [count / (_LEAST_CELLS - 0.5) for count in lit]


def _bits(one: Look, other: Look) -> float:
    if one.dhash is None or other.dhash is None:
        return 0.0 if one.dhash == other.dhash else BITS / 2
    return (one.dhash ^ other.dhash).bit_count()


def _mean(one: Look, other: Look) -> float:
    return abs(one.mean - other.mean)
