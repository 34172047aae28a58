"""Raises local contrast, so that text that is hardly brighter than its ground becomes visible."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pinboard.deid.detect.boxes import Plane

_Floats = npt.NDArray[np.float32]


def equalised(grey: Plane, *, tiles: int = 8, clip: float = 2.0) -> Plane:
    """Equalise a grey picture tile by tile, with a bound on how much contrast may grow.

    Parameters
    ----------
    grey : ndarray of uint8
        H×W.
    tiles : int
        Number of tiles along each side.
    clip : float
        Largest height of a tile's histogram as a multiple of a level one's.

    Returns
    -------
    ndarray of uint8
        H×W. Between tile centres their tables are mixed linearly, so that no edge appears.

    Notes
    -----
    Contrast limited adaptive histogram equalisation, after K. Zuiderveld, Graphics Gems IV, 1994.
    """
    rows, columns = grey.shape
    high, wide = max(rows // tiles, 1), max(columns // tiles, 1)
    down, across = -(-rows // high), -(-columns // wide)
    padded = np.pad(grey, ((0, down * high - rows), (0, across * wide - columns)), mode="symmetric")
    blocks = padded.reshape(down, high, across, wide).transpose(0, 2, 1, 3).reshape(down * across, -1)
    tables = _tables(blocks, clip).reshape(down, across, 256)
    y0, y1, fy = _between(rows, high, down)
    x0, x1, fx = _between(columns, wide, across)
    out: _Floats = np.empty((rows, columns), dtype=np.float32)
    for row in range(rows):
        # One row at a time: four tables for the whole picture at once would need sixteen times its memory.
        above, below, line = tables[y0[row]], tables[y1[row]], grey[row]
        top = above[x0, line] * (1 - fx) + above[x1, line] * fx
        out[row] = top * (1 - fy[row]) + (below[x0, line] * (1 - fx) + below[x1, line] * fx) * fy[row]
    return np.asarray(out.astype(np.uint8))


def _tables(blocks: npt.NDArray[np.uint8], clip: float) -> _Floats:
    """Give each tile's table from 256 grey levels to 256 grey levels."""
    count, size = blocks.shape
    flat = blocks.astype(np.int64) + np.arange(count)[:, None] * 256
    histogram = np.bincount(flat.ravel(), minlength=count * 256).reshape(count, 256).astype(np.float32)
    limit = max(clip * size / 256, 1.0)
    excess = np.maximum(histogram - limit, 0).sum(axis=1, keepdims=True)
    levelled = np.minimum(histogram, limit) + excess / 256
    return np.asarray(np.cumsum(levelled, axis=1) * (255.0 / size), dtype=np.float32)


def _between(length: int, size: int, count: int) -> tuple[Any, Any, _Floats]:
    """Give for each position the two tiles whose centres enclose it and how far it is towards the second."""
    at = (np.arange(length, dtype=np.float32) + 0.5) / size - 0.5
    low = np.clip(np.floor(at).astype(np.int64), 0, count - 1)
    high = np.clip(low + 1, 0, count - 1)
    return low, high, np.clip(at - low, 0, 1)
