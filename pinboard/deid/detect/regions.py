"""Gives what an ultrasound device itself declares to lie outside its image: there the names stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from pinboard.deid.detect.boxes import Found

_CERTAIN: Final = 1.0
_THINNEST: Final = 2
_Interval = tuple[int, int]


def outside(header: dict[str, Any], *, rows: int, columns: int) -> list[Found]:
    """Cover everything outside the declared regions by rectangles.

    Parameters
    ----------
    header : dict
        Elements by keyword as in `deid.profile`.
    rows, columns : int
        Size of a frame in pixels.

    Returns
    -------
    list of Found
        Kind "outside"; empty where the header declares no region inside the picture. Together with the regions the
        rectangles cover the frame, and no two of them overlap.

    Notes
    -----
    PS3.3 section C.8.5.5 (US region calibration): X1 and Y1 belong to the region. A region of spatial format 0 and
    data type 0 is no image; it counts only where nothing else is declared.
    """
    regions = _regions(header, rows=rows, columns=columns)
    if not regions:
        return []
    edges = sorted({0, rows, *(edge for _, y0, _, y1 in regions for edge in (y0, y1))})
    began: dict[_Interval, int] = {}
    found: list[Found] = []
    for top, bottom in pairwise([*edges, rows + 1]):
        # Below the last row there are no gaps, so that every open rectangle ends there.
        inside = [(x0, x1) for x0, y0, x1, y1 in regions if y0 <= top and bottom <= y1]
        gaps = _gaps(inside, columns) if top < rows else []
        ended = [gap for gap in began if gap not in gaps]
        found += [Found("outside", _CERTAIN, gap[0], began.pop(gap), gap[1], top) for gap in ended]
        began |= {gap: top for gap in gaps if gap not in began}
    thick = [one for one in found if min(one.width, one.height) >= _THINNEST]
    return sorted(thick, key=lambda one: (one.y0, one.x0))


def _regions(header: dict[str, Any], *, rows: int, columns: int) -> list[tuple[int, int, int, int]]:
    items: Sequence[dict[str, Any]] = header.get("SequenceOfUltrasoundRegions") or []
    images = [item for item in items if item.get("RegionSpatialFormat") or item.get("RegionDataType")]
    found = []
    for item in images or items:
        x0, y0 = item["RegionLocationMinX0"], item["RegionLocationMinY0"]
        x1, y1 = min(item["RegionLocationMaxX1"] + 1, columns), min(item["RegionLocationMaxY1"] + 1, rows)
        if x0 < x1 and y0 < y1:
            found.append((x0, y0, x1, y1))
    return found


def _gaps(intervals: Sequence[_Interval], columns: int) -> list[_Interval]:
    gaps, at = [], 0
    for start, end in sorted(intervals):
        if start > at:
            gaps.append((at, start))
        at = max(at, end)
    return [*gaps, (at, columns)] if at < columns else gaps
