"""Finds text with the detector half of PP-OCR: where letters are, never which ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from pinboard.deid.detect.boxes import Found, Net, Plane, clipped, grey_of, merge, scaled, share_covered
from pinboard.deid.detect.contrast import equalised
from pinboard.deid.detect.labels import measure, narrowest, runs_of
from pinboard.deid.detect.trim import is_solid, trimmed

Pass = Literal["full", "half", "faint"]
PASSES: Final[tuple[Pass, ...]] = ("full", "half", "faint")

PIXEL: Final = 0.15
"""Likelihood above which a pixel of the network's map belongs to text."""
BOX: Final = 0.4
"""Mean likelihood that a connected part needs."""
SURE_BOX: Final = 0.75
"""The same for a large one: the network is sure of large letters, and what it takes for such is mostly a bone."""
LARGEST: Final = 0.18
"""Largest height of text as a share of the picture's shorter side: without text the map often shows the anatomy."""
SMALLEST: Final = 3.0
UNCLIP: Final = 1.6
"""The network answers with shrunken text; grown back by this multiple of area over perimeter."""
_SHORT, _LONG = 736, 1600
_MOST = 1_200_000
"""Pixels of one look; the network's memory grows with them."""
_LEGIBLE, _OVERLAP = 0.85, 96
"""A picture that had to be shrunk further than this is looked at in parts, which overlap by this many pixels."""
_RIM, _KNOWN = 0.2, 0.95
_BORDER = 32
_STEP = 32
_TURNED = math.radians(12)


@dataclass(frozen=True, slots=True)
class _View:
    """A picture as the network gets it, and how to come back from there."""

    pixels: npt.NDArray[np.float32]
    x: float
    y: float


def find_text(plane: Plane, net: Net, passes: Sequence[Pass] = PASSES) -> list[Found]:
    """Find everything that looks like text, upright or turned.

    Parameters
    ----------
    plane : ndarray of uint8
        H×W or H×W×3.
    net : callable
        The network, 1×3×H×W float32 in, its likelihood map 1×1×H×W out.
    passes : sequence of str
        "full" sees small text, "half" large text, "faint" (contrast raised) text hardly brighter than its ground.

    Returns
    -------
    list of Found
        Kind "text", in pixels of the plane.

    Notes
    -----
    PP-OCR's detector (differentiable binarisation, arXiv 1911.08947) with low thresholds; bench/burned_in.py measures.
    """
    rows, columns = plane.shape[:2]
    found: list[Found] = []
    for look in _looks(plane, passes):
        view = _view(look.pixels, look.scale)
        for one in _parts(net(view.pixels)[0][0, 0], largest=LARGEST * min(rows, columns) / min(view.x, view.y)):
            here = scaled(_shifted(one, -_BORDER, -_BORDER), x=view.x, y=view.y)
            inside = clipped(_shifted(here, look.left, look.top), rows=rows, columns=columns, margin=2)
            # A coarser look answers with a wider rectangle; it counts only where it saw something more.
            if inside and share_covered(_core(inside), found) < _KNOWN:
                found.append(inside)
    grey = grey_of(plane)
    close = (trimmed(one, grey) for one in merge(found))
    return [one for one in close if not is_solid(one, grey)]


@dataclass(frozen=True, slots=True)
class _Look:
    """A part of a picture, and by how much it is resized to be looked at."""

    pixels: Plane
    scale: float
    left: int = 0
    top: int = 0


def _looks(plane: Plane, passes: Sequence[Pass]) -> Iterator[_Look]:
    rows, columns = plane.shape[:2]
    scale = min(max(1.0, _SHORT / min(rows, columns)), _LONG / max(rows, columns), math.sqrt(_MOST / (rows * columns)))
    if "full" in passes:
        yield from _tiles(plane) if scale < _LEGIBLE else [_Look(plane, scale)]
    if "faint" in passes:
        yield _Look(equalised(grey_of(plane)), scale)
    if "half" in passes:
        yield _Look(plane, scale / 2)


def _tiles(plane: Plane) -> Iterator[_Look]:
    """Cut a large picture into overlapping parts, in which its smallest letters keep their size."""
    rows, columns = plane.shape[:2]
    down, across = 1, 1
    while (rows / down + _OVERLAP) * (columns / across + _OVERLAP) > _MOST:
        down, across = (down + 1, across) if rows / down > columns / across else (down, across + 1)
    for row in range(down):
        top, bottom = rows * row // down, rows * (row + 1) // down + _OVERLAP
        for column in range(across):
            left, right = columns * column // across, columns * (column + 1) // across + _OVERLAP
            yield _Look(plane[top:bottom, left:right], 1.0, left, top)


def _view(plane: Plane, scale: float) -> _View:
    rows, columns = plane.shape[:2]
    size = max(round(columns * scale), 1), max(round(rows * scale), 1)
    resized = np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR))
    if resized.ndim == 2:
        resized = np.repeat(resized[:, :, None], 3, axis=2)
    edge = np.concatenate([resized[0], resized[-1], resized[:, 0], resized[:, -1]])
    high, wide = (-(-(side + 2 * _BORDER) // _STEP) * _STEP for side in (size[1], size[0]))
    # Text that touches the edge is found far better with a rim around it.
    framed = np.empty((high, wide, 3), dtype=np.float32)
    framed[:] = np.median(edge, axis=0)
    framed[_BORDER : _BORDER + size[1], _BORDER : _BORDER + size[0]] = resized
    # The network was taught on blue, green, red.
    pixels = np.ascontiguousarray((framed[:, :, ::-1] / 127.5 - 1.0).transpose(2, 0, 1)[None], dtype=np.float32)
    return _View(pixels, columns / size[0], rows / size[1])


def _core(found: Found) -> Found:
    """Give the part of a rectangle that is certainly text."""
    rim = int(_RIM * min(found.width, found.height))
    x0, y0, x1, y1 = found.corners
    return Found(found.kind, found.confidence, x0 + rim, y0 + rim, x1 - rim, y1 - rim)


def _shifted(found: Found, right: int, down: int) -> Found:
    x0, y0, x1, y1 = found.corners
    return Found(found.kind, found.confidence, x0 + right, y0 + down, x1 + right, y1 + down)


def _parts(likelihood: npt.NDArray[Any], *, largest: float) -> Iterator[Found]:
    """Give the rectangles of one map, grown back to the size of the text."""
    runs = runs_of(likelihood > PIXEL)
    if runs.count == 0:
        return
    parts = measure(runs, likelihood)
    length, width, angle = narrowest(runs)
    short, long = np.minimum(length, width), np.maximum(length, width)
    for at in range(runs.count):
        grow = length[at] * width[at] * UNCLIP / (2 * (length[at] + width[at]))
        height = short[at] + 2 * grow
        if parts.mean[at] < _needed(height / largest * LARGEST) or short[at] < SMALLEST or height > max(largest, 16.0):
            continue
        corners = parts.x0[at], parts.y0[at], parts.x1[at], parts.y1[at]
        if _TURNED < angle[at] < math.pi / 2 - _TURNED and long[at] > 3 * short[at]:
            here = runs.part == at
            yield from _slices(runs.row[here], runs.start[here], runs.end[here], score=parts.mean[at], grow=grow)
            continue
        x0, y0, x1, y1 = corners
        yield Found(
            "text",
            round(float(parts.mean[at]), 3),
            math.floor(x0 - grow),
            math.floor(y0 - grow),
            math.ceil(x1 + grow),
            math.ceil(y1 + grow),
        )


def _needed(height: float) -> float:
    """Give the likelihood that text needs whose height is this share of the picture's shorter side."""
    return min(max(BOX, 10 * height), SURE_BOX)


def _slices(row: Any, start: Any, end: Any, *, score: float, grow: float) -> Iterator[Found]:
    """Cover slanted text by several small rectangles: one round all of it would hide much of the picture."""
    step = max(round(2 * grow), 8)
    for y0 in range(int(row.min()), int(row.max()) + 1, step):
        here = (row >= y0) & (row < y0 + step)
        if not here.any():
            continue
        yield Found(
            "text",
            round(float(score), 3),
            math.floor(start[here].min() - grow),
            math.floor(row[here].min() - grow),
            math.ceil(end[here].max() + grow),
            math.ceil(row[here].max() + 1 + grow),
        )
