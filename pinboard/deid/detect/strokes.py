"""Finds rows of thin, even strokes in a few hundredths of a second, without any network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from pinboard.deid.detect.boxes import Found, Plane, clipped, grey_of, merge, scaled
from pinboard.deid.detect.labels import Mask, Parts, measure, runs_of

CONTRAST: Final = 40
"""Grey levels by which a stroke differs from its ground."""
_THICK = 9
"""Pixels, one more than the thickest stroke."""
_JOIN = 9
"""Pixels between two letters of a row at most."""
_LOWEST, _HIGHEST, _NARROWEST = 6, 44, 12
_LONG = 1280
_MOST = 400
SURE, UNSURE = 0.4, 0.2


def find_strokes(plane: Plane) -> list[Found]:
    """Find what has the texture of printed text.

    Parameters
    ----------
    plane : ndarray of uint8
        H×W or H×W×3.

    Returns
    -------
    list of Found
        Kind "strokes", in pixels of the plane, with a confidence of at most 0.4: hair, ribs and grids look alike.
    """
    rows, columns = plane.shape[:2]
    scale = min(1.0, _LONG / max(rows, columns))
    grey = grey_of(plane)
    if scale < 1:
        small = max(round(columns * scale), 1), max(round(rows * scale), 1)
        grey = np.asarray(Image.fromarray(grey).resize(small, Image.Resampling.BOX))
    x, y = columns / grey.shape[1], rows / grey.shape[0]
    lines = [scaled(one, x=x, y=y) for ground in (grey, np.asarray(255 - grey)) for one in _lines(ground)]
    placed = (clipped(one, rows=rows, columns=columns, margin=2) for one in lines)
    return merge(one for one in placed if one)


def _lines(grey: Plane) -> Iterator[Found]:
    """Give the lines of bright strokes."""
    strokes = (grey - _opened(grey)) >= CONTRAST
    runs = runs_of(_joined(strokes))
    if runs.count == 0:
        return
    parts = measure(runs, strokes)
    height, width = parts.y1 - parts.y0, parts.x1 - parts.x0
    is_line = (height >= _LOWEST) & (height <= _HIGHEST) & (width >= _NARROWEST) & (width >= 0.9 * height)
    for at in np.flatnonzero(is_line)[:_MOST]:
        confidence = _evenness(grey, strokes, parts, int(at))
        if confidence:
            box = (int(side[at]) for side in (parts.x0, parts.y0, parts.x1, parts.y1))
            yield Found("strokes", confidence, *box)


def _evenness(grey: Plane, strokes: Mask, parts: Parts, at: int) -> float:
    """Tell how much a line's ink and ground are each of one tone, as print is and tissue is not; 0 for no."""
    area = slice(parts.y0[at], parts.y1[at]), slice(parts.x0[at], parts.x1[at])
    ink, here = strokes[area], grey[area]
    share = float(ink.mean())
    crossings = np.count_nonzero(ink[:, 1:] & ~ink[:, :-1]) / max(ink.shape[0], 1)
    if not 0.08 <= share <= 0.75 or crossings < 1.2:
        return 0.0
    low, high = np.percentile(here[ink], (30, 95))
    ground = here[~ink]
    spread = float(np.percentile(ground, 75) - np.percentile(ground, 10)) if ground.size else 255.0
    if high - low > 110 or spread > 70:
        return 0.0
    return SURE if high - low < 60 and spread < 30 else UNSURE


def _opened(grey: Plane) -> Plane:
    """Remove what is thinner than a stroke may be, along either direction alone too."""
    return _extreme(_extreme(grey, np.minimum), np.maximum)


def _extreme(grey: Plane, of: np.ufunc) -> Plane:
    for axis in (0, 1):
        grey = _along(grey, of, _THICK, axis)
    return grey


def _along(values: npt.NDArray[np.uint8], of: np.ufunc, size: int, axis: int) -> Plane:
    """Give the extreme of the `size` values round each place, by doubling the reach."""
    before = size // 2
    pad = [(0, 0), (0, 0)]
    pad[axis] = (before, size - 1 - before)
    out = np.pad(values, pad, mode="edge")
    reach = 1
    while reach < size:
        step = min(reach, size - reach)
        length = out.shape[axis] - step
        head, tail = [slice(None)] * 2, [slice(None)] * 2
        head[axis], tail[axis] = slice(0, length), slice(step, step + length)
        out = of(out[tuple(head)], out[tuple(tail)])
        reach += step
    return out


def _joined(strokes: Mask) -> Mask:
    """Close the gaps between the letters of a row."""
    wide = _along(strokes.view(np.uint8), np.maximum, _JOIN, 1)
    return np.asarray(_along(wide, np.minimum, _JOIN - 2, 1).view(bool))
