"""Paints areas of frames, and proves on the result that nothing of the inside is left and nothing else changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from pinboard.deid import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[Any]


class Area(NamedTuple):
    """A rectangle as it is painted: with one constant, or with a surface made of what surrounds it."""

    x0: int
    y0: int
    x1: int
    y1: int
    fill: Literal["block", "blur"] = "block"


def boxes_of(boxes: Sequence[Sequence[int | str | None]], index: int) -> list[Area]:
    """Give the areas among `[frame, x0, y0, x1, y1]` (and "blur") that apply to one frame (frame None: every one)."""
    return [area_of(box) for box in boxes if box[0] is None or box[0] == index]


def area_of(box: Sequence[int | str | None]) -> Area:
    """Read a box as it crosses to a child.

    Raises
    ------
    ValueError
        When it has another form.
    """
    _, x0, y0, x1, y1, *rest = box
    if rest not in ([], ["blur"]):
        raise ValueError("no such fill")
    return Area(int(x0 or 0), int(y0 or 0), int(x1 or 0), int(y1 or 0), "blur" if rest else "block")


def paint(frame: Array, areas: Sequence[Area], value: float) -> Array:
    """Paint areas.

    Parameters
    ----------
    frame : ndarray
        H×W or H×W×N, of any type of number.
    areas : sequence of Area
        As they will be, margins included. Where a block and a blur overlap, the block wins.
    value : float
        Stored value of a block, and of a blur that covers the whole picture.

    Returns
    -------
    ndarray
        A copy: blocks are the constant, blurs a smooth surface made of the pixels outside all areas.
    """
    painted = frame.copy()
    blurs = [area for area in areas if area.fill == "blur"]
    if blurs:
        holes = ~unpainted(frame, areas)
        soft = np.zeros_like(holes)
        for x0, y0, x1, y1, _ in blurs:
            soft[y0:y1, x0:x1] = True
        for part in fill.regions(holes, [area[:4] for area in areas]):
            if soft[part].any():
                painted[part] = fill.smooth(frame[part], holes[part], default=value)
    for x0, y0, x1, y1, _ in (area for area in areas if area.fill == "block"):
        painted[y0:y1, x0:x1] = value
    return painted


def unpainted(frame: Array, areas: Sequence[Area]) -> npt.NDArray[np.bool_]:
    """Give which pixels of a frame lie in no area."""
    outside = np.ones(frame.shape[:2], dtype=bool)
    for x0, y0, x1, y1, _ in areas:
        outside[y0:y1, x0:x1] = False
    return outside


def is_clean(before: Array, after: Array, areas: Sequence[Area], value: float) -> bool:
    """Tell whether `after` is painted, and `before`, bit for bit, everywhere else."""
    if before.shape != after.shape or before.dtype != after.dtype:
        return False
    outside = unpainted(before, areas)
    # Compared as bytes: two NaN are the same pixel.
    return np.array_equal(_bits(before)[outside], _bits(after)[outside]) and is_painted(after, areas, value)


def is_painted(frame: Array, areas: Sequence[Area], value: float) -> bool:
    """Tell whether every area holds what painting the frame itself would put there.

    Painting reads nothing of the areas, so that this proves of what is stored that their content is a function of
    what anybody can see around them.
    """
    if not all(np.all(frame[a.y0 : a.y1, a.x0 : a.x1] == frame.dtype.type(value)) for a in areas if a.fill == "block"):
        return False
    return not any(area.fill == "blur" for area in areas) or np.array_equal(
        _bits(paint(frame, areas, value)), _bits(frame)
    )


def _bits(frame: Array) -> Array:
    return np.ascontiguousarray(frame).view(f"u{frame.dtype.itemsize}")
