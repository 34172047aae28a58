"""Finds faces with CenterFace and gives the whole head."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from pinboard.deid.detect.boxes import Found, Net, Plane, clipped, merge

LIKELY: Final = 0.2
AROUND: Final = 0.25
"""Added on each side, as a share of the face's own side: hair, ears and chin identify too."""
_SAME: Final = 0.3
_LONG, _STEP = 768, 32
_TURNS = (0, 1, 2, 3)


def find_faces(plane: Plane, net: Net) -> list[Found]:
    """Find faces, also such as lie on their side or upside down.

    Parameters
    ----------
    plane : ndarray of uint8
        H×W or H×W×3.
    net : callable
        The network, 1×3×H×W float32 in; heat map, sizes, offsets (and landmarks) at a quarter of the size out.

    Returns
    -------
    list of Found
        Kind "face": the head with its surroundings, in pixels of the plane.
    """
    rows, columns = plane.shape[:2]
    scale = min(_LONG / max(rows, columns), 4.0)
    size = max(round(columns * scale), 1), max(round(rows * scale), 1)
    small = np.asarray(Image.fromarray(plane).convert("RGB").resize(size, Image.Resampling.BILINEAR))
    found: list[Found] = []
    for turns in _TURNS:
        for score, corners in _in_view(np.rot90(small, turns), net):
            x0, y0, x1, y1 = _turned_back(corners, turns, size)
            head = _head(score, (x0 / scale, y0 / scale, x1 / scale, y1 / scale))
            if inside := clipped(head, rows=rows, columns=columns):
                found.append(inside)
    return merge(found)


_Corners = tuple[float, float, float, float]


def _in_view(picture: Plane, net: Net) -> list[tuple[float, _Corners]]:
    rows, columns = picture.shape[:2]
    high, wide = (-(-side // _STEP) * _STEP for side in (rows, columns))
    framed = np.zeros((high, wide, 3), dtype=np.float32)
    framed[:rows, :columns] = picture
    heat, sizes, offsets = net(np.ascontiguousarray(framed.transpose(2, 0, 1)[None]))[:3]
    return _distinct(list(_decoded(heat[0, 0], sizes[0], offsets[0])))


def _decoded(
    heat: npt.NDArray[Any], sizes: npt.NDArray[Any], offsets: npt.NDArray[Any]
) -> Iterator[tuple[float, _Corners]]:
    """Turn each hot cell into a rectangle; a cell is 4 px wide."""
    for row, column in np.argwhere(heat > LIKELY):
        height, width = (float(np.exp(sizes[at, row, column])) * 4 for at in (0, 1))
        y = (row + float(offsets[0, row, column]) + 0.5) * 4
        x = (column + float(offsets[1, row, column]) + 0.5) * 4
        yield float(heat[row, column]), (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _distinct(faces: list[tuple[float, _Corners]]) -> list[tuple[float, _Corners]]:
    """Keep the likeliest of the rectangles that are about one face."""
    kept: list[tuple[float, _Corners]] = []
    for score, corners in sorted(faces, reverse=True):
        if all(_overlap(corners, other) < _SAME for _, other in kept):
            kept.append((score, corners))
    return kept


def _overlap(one: _Corners, two: _Corners) -> float:
    width = min(one[2], two[2]) - max(one[0], two[0])
    height = min(one[3], two[3]) - max(one[1], two[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two)) * 2


def _turned_back(corners: _Corners, turns: int, size: tuple[int, int]) -> _Corners:
    """Give a rectangle of the picture turned `turns` times to the left in coordinates of the picture itself."""
    x0, y0, x1, y1 = corners
    columns, rows = size
    match turns:
        case 1:
            return columns - y1, x0, columns - y0, x1
        case 2:
            return columns - x1, rows - y1, columns - x0, rows - y0
        case 3:
            return y0, rows - x1, y1, rows - x0
    return corners


def _head(score: float, corners: _Corners) -> Found:
    x0, y0, x1, y1 = corners
    x, y = (x1 - x0) * AROUND, (y1 - y0) * AROUND
    return Found("face", round(score, 3), math.floor(x0 - x), math.floor(y0 - y), math.ceil(x1 + x), math.ceil(y1 + y))
