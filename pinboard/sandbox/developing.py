"""The steps between a reviewed instance and what is stored of it: paint, prove, pack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pinboard.deid import header as headers
from pinboard.deid import pixels as painting
from pinboard.imaging import dicom, frames, window
from pinboard.imaging.arrays import Array
from pinboard.imaging.errors import Refused

Json = dict[str, Any]
Boxes = list[list[int | None]]
"""`[frame, x0, y0, x1, y1]` each, frame None for all frames."""


class NotPainted(Exception):  # noqa: N818 - it says what happened
    """Painting did not do what it promises; the instance must not be published."""


class Pack:
    """Gathers the frames of one pack file."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.index: list[dict[str, int]] = []

    def add(self, part: bytes) -> None:
        """Append one encoded frame."""
        self.index.append({"offset": len(self.data), "length": len(part)})
        self.data += part

    def whole(self) -> bytes:
        """Give the file."""
        return bytes(self.data)


def painted_frames(dataset: Any, *, boxes: Boxes, black: float, like: Array) -> Iterator[tuple[int, Array]]:
    """Give each frame painted, after proving that nothing else of it changed."""
    for index in range(dicom.frame_count(dataset)):
        frame = dicom.frame(dataset, index)
        if frame.shape != like.shape or frame.dtype != like.dtype:
            raise Refused("damaged")
        here = painting.boxes_of(boxes, index)
        painted = painting.paint(frame, here, black)
        # The check reads the encoded frame back, so that it proves what is stored.
        stored = frames.decode_frame(frames.encode_frame(painted), painted.shape, painted.dtype) if here else painted
        if here and not painting.is_clean(frame, stored, here, black):
            raise NotPainted
        yield index, painted


def grown(boxes: Boxes, frame: Array, count: int) -> Boxes:
    """Give the boxes as they are painted, with their margins; those outside the picture are left out."""
    rows, columns = frame.shape[:2]
    bigger: Boxes = []
    for where, *corners in boxes:
        if where is not None and not 0 <= where < count:
            raise Refused("damaged")
        x0, y0, x1, y1 = (int(corner or 0) for corner in corners)
        if box := painting.grow((x0, y0, x1, y1), rows=rows, columns=columns):
            bigger.append([where, *box])
    return bigger


def black_of(frame: Array, mapping: window.Mapping) -> float:
    """Give the stored value that a painted box gets: one that shows as black, from the frame's own range if it can."""
    if frame.ndim == 3:
        return 0
    ends = [frame.min(), frame.max()]
    if frame.dtype.kind in "iu":
        bits = int(mapping.header.get("BitsStored") or frame.dtype.itemsize * 8)
        signed = frame.dtype.kind == "i"
        ends += [-(2 ** (bits - 1)) if signed else 0, 2 ** (bits - 1) - 1 if signed else 2**bits - 1]
    candidates = np.array([ends], dtype=frame.dtype)
    shown = mapping.apply(candidates)
    return candidates[0, int(shown[0].argmin())].item()  # type: ignore[no-any-return]


def mapping_of(mapping: window.Mapping, header: Json, frame: Array, index: int) -> window.Mapping:
    """Give the series' table, or one for this frame where frames differ."""
    return window.mapping_for(header, frame, index=index) if window.is_per_frame(header) else mapping


def developed(header: Json, frame: Array) -> Json:
    """Give the header of the lossless instance: pixel attributes as decoded, colour as RGB, marked as reviewed."""
    out = {key: value for key, value in headers.reviewed(header).items() if "PaletteColor" not in key}
    bits = frame.dtype.itemsize * 8
    out["Rows"], out["Columns"] = frame.shape[:2]
    out["BitsAllocated"] = bits
    out["BitsStored"] = min(out["BitsStored"], bits)
    out["PixelRepresentation"] = int(frame.dtype.kind == "i")
    if frame.ndim == 3:
        out |= {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    if frame.dtype.kind == "f" or header["PhotometricInterpretation"] == "PALETTE COLOR":
        out["BitsStored"] = bits
    out["HighBit"] = out["BitsStored"] - 1
    return headers.revalidate(out)
