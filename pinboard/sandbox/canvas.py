"""What the boxes of an instance become on its frames: where they lie, what they hold, and how the result is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pinboard.deid import pixels as painting
from pinboard.deid.detect.strokes import find_strokes
from pinboard.deid.rectangles import grow
from pinboard.imaging import dicom, frames, window
from pinboard.imaging.arrays import Array, Display
from pinboard.imaging.errors import Refused

Json = dict[str, Any]
Boxes = list[list[int | str | None]]
"""`[frame, x0, y0, x1, y1]` each, frame None for all frames, a sixth element "blur" where it is one."""

_EDGE: Final = 8
"""Pixels along the border of a blur in which its surroundings may still be seen to end."""


class NotPainted(Exception):  # noqa: N818 - it says what happened
    """Painting did not do what it promises; the instance must not be published."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """How the frames of one instance are painted and shown."""

    header: Json
    mapping: window.Mapping
    boxes: Boxes
    """With their margins."""
    black: float

    def paint(self, frame: Array, index: int) -> Array:
        """Give a frame as it will be stored."""
        return painting.paint(frame, self.areas(index), self.black)

    def show(self, painted: Array, index: int) -> Display:
        """Give a painted frame as it is looked at, by the table of the series or, where frames differ, its own."""
        mapping = self.mapping
        if window.is_per_frame(self.header):
            mapping = window.mapping_for(self.header, painted, index=index)
        return mapping.apply(painted)

    def areas(self, index: int) -> list[painting.Area]:
        """Give what is painted on one frame."""
        return painting.boxes_of(self.boxes, index)


def canvas_for(header: Json, frame: Array, *, index: int, boxes: Boxes, window: Any = None) -> Canvas:
    """Make the canvas of an instance from one of its frames; nothing of it depends on what lies in the boxes."""
    bigger = grown(boxes, frame, int(header.get("NumberOfFrames") or 1))
    basis = _outside(frame, painting.boxes_of(bigger, index))
    mapping = _mapping(header, basis, index, window)
    return Canvas(header, mapping, bigger, black_of(basis, mapping))


def _mapping(header: Json, basis: Array, index: int, chosen: Any) -> window.Mapping:
    values = (float(chosen[0]), float(chosen[1])) if chosen else None
    return window.mapping_for(header, basis, index=index, window=values)


def _outside(frame: Array, areas: list[painting.Area]) -> Array:
    """Give the grey values outside the areas, of which window and black are made; colours need neither."""
    if frame.ndim == 3 or not areas:
        return frame
    values = frame[painting.unpainted(frame, areas)]
    return values if values.size else np.zeros(1, dtype=frame.dtype)


def grown(boxes: Boxes, frame: Array, count: int) -> Boxes:
    """Give the boxes as they are painted, with their margins; those outside the picture are left out."""
    rows, columns = frame.shape[:2]
    bigger: Boxes = []
    for box in boxes:
        area, where = painting.area_of(box), box[0]
        if where is not None and not (type(where) is int and 0 <= where < count):
            raise Refused("damaged")
        if rectangle := grow(area[:4], rows=rows, columns=columns):
            bigger.append([where, *rectangle, *box[5:]])
    return bigger


def black_of(values: Array, mapping: window.Mapping) -> float:
    """Give the stored value of a painted box: one that shows as black, from the picture's own range if it can."""
    if values.ndim == 3:
        return 0
    finite = values[np.isfinite(values)]
    ends = [finite.min(), finite.max()] if finite.size else [0]
    if values.dtype.kind in "iu":
        bits = int(mapping.header.get("BitsStored") or values.dtype.itemsize * 8)
        signed = values.dtype.kind == "i"
        ends += [-(2 ** (bits - 1)) if signed else 0, 2 ** (bits - 1) - 1 if signed else 2**bits - 1]
    candidates = np.array([ends], dtype=values.dtype)
    shown = mapping.apply(candidates)
    return candidates[0, int(shown[0].argmin())].item()  # type: ignore[no-any-return]


def painted_frames(dataset: Any, canvas: Canvas, like: Array) -> Iterator[tuple[int, Array, bytes]]:
    """Give each frame painted and as it is stored, after proving of what is stored that nothing else of it changed."""
    for index in range(dicom.frame_count(dataset)):
        frame = dicom.frame(dataset, index)
        if frame.shape != like.shape or frame.dtype != like.dtype:
            raise Refused("damaged")
        painted = canvas.paint(frame, index)
        packed = frames.encode_frame(painted)
        areas = canvas.areas(index)
        if areas:
            stored = frames.decode_frame(packed, painted.shape, painted.dtype)
            if not painting.is_clean(frame, stored, areas, canvas.black):
                raise NotPainted
        yield index, painted, packed


def look_again(shown: Display, areas: list[painting.Area]) -> None:
    """Search the result for letters where it was painted; a block is one constant, so that only blurs can hold any."""
    for x0, y0, x1, y1, fill in areas:
        inside = shown[y0 + _EDGE : y1 - _EDGE, x0 + _EDGE : x1 - _EDGE]
        if fill == "blur" and inside.size and find_strokes(inside):
            raise NotPainted
