"""Finds the connected parts of a mask and measures them, with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Runs:
    """Every horizontal run of a mask, and the part it belongs to; the end column is outside."""

    row: _Ints
    start: _Ints
    end: _Ints
    part: _Ints
    count: int
    """Number of parts."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Each connected part's bounding rectangle, number of pixels and mean of the values below it."""

    x0: _Ints
    y0: _Ints
    x1: _Ints
    y1: _Ints
    pixels: _Ints
    mean: _Floats


def runs_of(mask: Mask) -> Runs:
    """Split a mask into runs and join those that touch, diagonals included.

    Parameters
    ----------
    mask : ndarray of bool
        H×W.

    Returns
    -------
    Runs
        Parts are numbered from 0 without gaps.
    """
    rows, columns = mask.shape
    padded = np.zeros((rows, columns + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    row, start = np.nonzero(steps == 1)
    end = np.nonzero(steps == -1)[1]
    if row.size == 0:
        return Runs(row, start, end, row, 0)
    one, two = _touching(row, start, end, columns)
    part = _joined(row.size, one, two)
    names, part = np.unique(part, return_inverse=True)
    return Runs(row, start, end, part.reshape(-1), len(names))


def _touching(row: _Ints, start: _Ints, end: _Ints, columns: int) -> tuple[_Ints, _Ints]:
    """Give the pairs of runs in neighbouring rows whose columns meet."""
    wide = columns + 3
    # One number line for all rows: a run touches those of the row before whose end and start enclose it.
    first = np.searchsorted(row * wide + end, (row - 1) * wide + start, side="left")
    last = np.searchsorted(row * wide + start, (row - 1) * wide + end, side="right")
    counts = np.maximum(last - first, 0)
    one = np.repeat(np.arange(row.size), counts)
    offsets = np.arange(one.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return one, np.repeat(first, counts) + offsets


def _joined(size: int, one: _Ints, two: _Ints) -> _Ints:
    """Give each run the lowest number among the runs it is connected with."""
    name = np.arange(size)
    while True:
        low = np.minimum(name[one], name[two])
        before = name.copy()
        np.minimum.at(name, name[one], low)
        np.minimum.at(name, name[two], low)
        name = name[name]
        if np.array_equal(name, before):
            return name


def measure(runs: Runs, values: npt.NDArray[Any]) -> Parts:
    """Measure every part over the values of a picture of the mask's shape."""
    size = runs.count
    x0, y0 = np.full(size, values.shape[1]), np.full(size, values.shape[0])
    x1, y1 = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.minimum.at(x0, runs.part, runs.start)
    np.minimum.at(y0, runs.part, runs.row)
    np.maximum.at(x1, runs.part, runs.end)
    np.maximum.at(y1, runs.part, runs.row + 1)
    sums = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    total = sums[runs.row, runs.end] - sums[runs.row, runs.start]
    pixels = np.bincount(runs.part, weights=runs.end - runs.start, minlength=size)
    mean = np.bincount(runs.part, weights=total, minlength=size) / np.maximum(pixels, 1)
    return Parts(x0, y0, x1, y1, pixels.astype(np.int64), mean)


def narrowest(runs: Runs, degrees: int = 5) -> tuple[_Floats, _Floats, _Floats]:
    """Give the two sides and the angle of the smallest turned rectangle round each part.

    Returns
    -------
    (length, width, angle)
        In pixels and radians; `length` lies along the angle, which steps by `degrees` from 0 to 90.
    """
    best: list[Any] = [np.full(runs.count, np.inf), *(np.zeros(runs.count) for _ in range(3))]
    xs = np.concatenate([runs.start, runs.end, runs.start, runs.end])
    ys = np.concatenate([runs.row, runs.row, runs.row + 1, runs.row + 1])
    order = np.argsort(part := np.tile(runs.part, 4), kind="stable")
    xs, ys = xs[order], ys[order]
    starts = np.searchsorted(part[order], np.arange(runs.count))
    for angle in np.deg2rad(np.arange(0, 90, degrees)):
        along, across = xs * np.cos(angle) + ys * np.sin(angle), ys * np.cos(angle) - xs * np.sin(angle)
        length = np.maximum.reduceat(along, starts) - np.minimum.reduceat(along, starts)
        width = np.maximum.reduceat(across, starts) - np.minimum.reduceat(across, starts)
        # A turned rectangle has to be clearly smaller: letters are ragged, and upright text is the rule.
        is_better = length * width < best[0] * (0.9 if angle else 1.0)
        for at, value in enumerate((length * width, length, width, np.full(runs.count, angle))):
            best[at] = np.where(is_better, value, best[at])
    return best[1], best[2], best[3]
