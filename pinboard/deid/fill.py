"""Closes holes in a picture with a smooth surface made of the pixels around them; it never reads what is inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Slices = tuple[slice, slice]

RING: Final = 24
"""How many pixels around a hole may shape its surface."""
_SWEEPS: Final = 6
_FEW: Final = 4


def smooth(frame: Array, holes: Mask, *, default: float) -> Array:
    """Give the frame with a smooth surface over the holes.

    Parameters
    ----------
    frame : ndarray
        H×W or H×W×N, of any type of number. What it holds in the holes does not matter.
    holes : ndarray of bool
        H×W; True where the surface goes. At least one.
    default : float
        Stored value of a surface that has nothing around it.

    Returns
    -------
    ndarray
        A copy: bit-identical outside the holes; inside, values between those around.

    Notes
    -----
    Averages of the known pixels in ever coarser grids fill the holes from coarse to fine, and a few steps towards
    the mean of the four neighbours smooth each grid: an approximation of the membrane that is fixed at the border and
    free at the picture's edge. Values that are not finite are no source.
    """
    known = ~holes
    if frame.dtype.kind == "f":
        known &= np.isfinite(frame).reshape(*frame.shape[:2], -1).all(axis=2)
    out = frame.copy()
    if not known.any():
        out[holes] = default
        return out
    work = np.float32 if frame.dtype.itemsize <= 2 else np.float64
    values: Array = np.where(known.reshape(*known.shape, *[1] * (frame.ndim - 2)), frame, 0).astype(work)
    # Sums of four must not overflow, and no value of the holes may set the scale.
    scale = float(np.abs(values).max()) or 1.0
    surface = _filled(values / scale, known) * scale
    out[holes] = _stored(surface[holes], frame.dtype)
    return out


def regions(holes: Mask, rectangles: list[tuple[int, int, int, int]]) -> Iterator[Slices]:
    """Give the parts of a picture that have to be looked at together: rectangles that are near each other, and a ring.

    Parameters
    ----------
    holes : ndarray of bool
        H×W; says how large the picture is.
    rectangles : list of (x0, y0, x1, y1)
        Whose union the holes are.

    Yields
    ------
    (slice, slice)
        Rows and columns.
    """
    rows, columns = holes.shape
    groups: list[list[int]] = []
    for x0, y0, x1, y1 in rectangles:
        box = [max(x0 - RING, 0), max(y0 - RING, 0), min(x1 + RING, columns), min(y1 + RING, rows)]
        # A grown group may meet another that it missed before.
        while near := next((group for group in groups if _meet(group, box)), None):
            groups.remove(near)
            box = [min(box[0], near[0]), min(box[1], near[1]), max(box[2], near[2]), max(box[3], near[3])]
        groups.append(box)
    for x0, y0, x1, y1 in groups:
        yield slice(y0, y1), slice(x0, x1)


def _meet(one: list[int], other: list[int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _stored(surface: Array, dtype: np.dtype[Any]) -> Array:
    """Round to the stored type, whose largest numbers a float of 64 bits may overshoot."""
    if dtype.kind == "f":
        return surface.astype(dtype)
    if dtype.kind == "b":
        return surface >= 0.5
    bounds = np.iinfo(dtype)
    top = np.nextafter(float(bounds.max), 0.0) if dtype.itemsize == 8 else float(bounds.max)
    return np.clip(np.rint(surface.astype(np.float64)), float(bounds.min), top).astype(dtype)


def _filled(values: Array, known: Mask) -> Array:
    """Fill what is not known; `values` is 0 there."""
    if known.all():
        return values
    if max(known.shape) <= _FEW:
        mean = values.sum(axis=(0, 1)) / known.sum()
        coarse = np.broadcast_to(mean, values.shape)
    else:
        coarse = _doubled(_filled(*_halved(values, known)), known.shape)
    mask = known.reshape(*known.shape, *[1] * (values.ndim - 2))
    filled = np.where(mask, values, coarse)
    for _ in range(_SWEEPS):
        filled = np.where(mask, values, _neighbours(filled))
    return filled


def _halved(values: Array, known: Mask) -> tuple[Array, Mask]:
    """Average the known ones of every four pixels."""
    odd = [(0, known.shape[0] % 2), (0, known.shape[1] % 2)]
    weights = np.pad(known, odd).astype(values.dtype)
    values = np.pad(values, odd + [(0, 0)] * (values.ndim - 2))
    counts = weights[::2, ::2] + weights[1::2, ::2] + weights[::2, 1::2] + weights[1::2, 1::2]
    sums = values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]
    share = np.maximum(counts, 1).reshape(*counts.shape, *[1] * (values.ndim - 2))
    return sums / share, counts > 0


def _doubled(values: Array, shape: tuple[int, ...]) -> Array:
    """Interpolate to twice the size, cut to `shape`."""
    for axis in (0, 1):
        near = np.repeat(values, 2, axis=axis)
        edge = [(1, 1) if this == axis else (0, 0) for this in range(values.ndim)]
        padded = np.pad(values, edge, mode="edge")
        before = padded.take(range(values.shape[axis]), axis=axis)
        after = padded.take(range(2, values.shape[axis] + 2), axis=axis)
        far = np.stack([before, after], axis=axis + 1).reshape(near.shape)
        values = (near * 3 + far) / 4
    return values[: shape[0], : shape[1]]


def _neighbours(values: Array) -> Array:
    padded = np.pad(values, [(1, 1), (1, 1)] + [(0, 0)] * (values.ndim - 2), mode="edge")
    total: Array = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return total / 4
