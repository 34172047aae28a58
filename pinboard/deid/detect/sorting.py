"""Tells the measurements and scales of an ultrasound picture from text that could identify somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pinboard.deid.detect.boxes import Found, Plane, common, grey_of, hull
from pinboard.deid.detect.harmless import Meaning
from pinboard.deid.detect.reading import Reader
from pinboard.deid.detect.trim import edges_in

_SAME_PLACE: Final = 0.8
_SAME_PIXELS: Final = 10.0
"""Mean grey levels by which two views of one line differ at most where they show the same."""
_BESIDE, _BELOW = 2.6, 0.8
"""Heights of a line that may lie between a value and its label, along and across the line."""
_CLAIMED: Final = 0.6
"""Share of a line's height that the rectangle of its neighbour reaches into it at most."""
_EMPTY: Final = 0.5
"""Edges in the row between two lines, as a share of those in a row of letters, at most."""
_LEFT: Final = 0.4
"""Share of its height that an area of measurements keeps at least beside doubtful text, or it is none."""
_GLYPH: Final = 1.3
"""Width over height of a single sign at most."""


@dataclass(frozen=True, slots=True)
class _Line:
    found: Found
    grey: Plane
    """The whole view it was found in."""
    meaning: Meaning | None


class Sorter:
    """Reads each line once, also where several views of one picture show it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lines: list[_Line] = []

    def take(self, plane: Plane, text: Iterable[Found]) -> None:
        """Sort what was found in one view."""
        grey = grey_of(plane)
        for found in text:
            before = next((line for line in self._lines if _is_same(line, found, grey)), None)
            meaning = before.meaning if before else self._reader.meaning(plane, found)
            self._lines.append(_Line(found, grey, meaning))

    def sorted(self) -> tuple[list[Found], list[Found]]:
        """Give what is not certainly harmless, and the areas of measurements.

        A measurement's area holds its label too, and several lines are one area where nothing doubtful is in it. It
        stays even where the device declares no image. Scales and settings are not suggested either, but go with what
        lies outside.
        """
        measures = [line.found for line in self._lines if line.meaning is Meaning.MEASURE]
        doubtful, labels = [], []
        for line in self._lines:
            if line.meaning is None and not _is_sign_of(line.found, measures):
                doubtful.append(self._clear(line))
            elif line.meaning is not Meaning.MEASURE and any(_is_near(line.found, measure) for measure in measures):
                labels.append(line.found)
        kept = [rest for one in [*measures, *labels] if (rest := _off(one, doubtful))]
        return doubtful, [replace(area, kind="kept") for area in _joined(kept, doubtful)]

    def _clear(self, line: _Line) -> Found:
        """Let a rectangle end between its own line and a harmless one that it reaches into."""
        found = line.found
        for other in (other.found for other in self._lines if other.meaning):
            top, bottom = max(found.y0, other.y0), min(found.y1, other.y1)
            is_beside = other.x0 >= found.x1 or other.x1 <= found.x0
            if is_beside or not 0 < bottom - top <= _CLAIMED * min(found.height, other.height):
                continue
            inked = edges_in(found, line.grey).sum(axis=1)
            between = inked[top - found.y0 : bottom - found.y0]
            least = np.flatnonzero(between == between.min())
            if between.min() <= _EMPTY * inked.mean():
                middle = top + int(least[least.size // 2])
                found = replace(found, y1=middle) if found.y0 < other.y0 else replace(found, y0=middle)
        return found


def _is_same(line: _Line, found: Found, grey: Plane) -> bool:
    shared = common(line.found, found)
    if shared < _SAME_PLACE * max(line.found.area, found.area):
        return False
    box = line.found
    here, there = (grey[box.y0 : box.y1, box.x0 : box.x1].astype(np.int16) for grey in (grey, line.grey))
    return float(np.abs(here - there).mean()) <= _SAME_PIXELS


def _off(area: Found, doubtful: Sequence[Found]) -> Found | None:
    """Give the rows of an area that are free of doubtful text; None where hardly any are."""
    top, bottom = area.y0, area.y1
    for text in doubtful:
        if common(area, text):
            above, below = text.y0 - top, bottom - text.y1
            top, bottom = (top, min(bottom, text.y0)) if above > below else (max(top, text.y1), bottom)
    return replace(area, y0=top, y1=bottom) if bottom - top >= _LEFT * area.height else None


def _is_sign_of(found: Found, measures: Sequence[Found]) -> bool:
    """Tell whether something is the single sign that names a caliper in front of its value."""
    if found.width > _GLYPH * found.height:
        return False
    for measure in measures:
        overlap = min(found.y1, measure.y1) - max(found.y0, measure.y0)
        gap = max(measure.x0 - found.x1, found.x0 - measure.x1)
        if overlap >= 0.6 * min(found.height, measure.height) and gap <= measure.height:
            return True
    return False


def _is_near(one: Found, two: Found) -> bool:
    height = min(one.height, two.height)
    across = max(one.y0, two.y0) - min(one.y1, two.y1)
    along = max(one.x0, two.x0) - min(one.x1, two.x1)
    return along <= _BESIDE * height and across <= (_BELOW * height if along <= 0 else -0.5 * height)


def _joined(areas: Sequence[Found], doubtful: Sequence[Found]) -> list[Found]:
    """Join neighbouring areas unless their common rectangle would take in something doubtful."""
    joined: list[Found] = []
    for one in areas:
        grown, is_new = one, True
        while is_new:
            is_new = False
            for other in joined:
                whole = hull(grown, other)
                if _is_near(grown, other) and not any(common(whole, text) for text in doubtful):
                    joined.remove(other)
                    grown, is_new = whole, True
                    break
        joined.append(grown)
    return joined
