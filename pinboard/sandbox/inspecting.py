"""Looks at stored frames as they are: that each decodes, and that what a receipt calls painted is painted."""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from PIL import Image

from pinboard.imaging import frames
from pinboard.imaging.arrays import Array

Json = dict[str, Any]

RINGING: Final = 8
"""Pixels along the edge of a block that a JPEG preview may colour from outside."""
FLAT: Final = 3.0
"""Grey levels by which the rest may vary in it."""


def wrong_with(parts: list[bytes], params: Json) -> Json:
    """Give which of some frames are no frames of this shape, and which show something where they must not.

    Parts: frames and their previews, one after the other. `first` is the number of the first frame, `boxes` those of
    the receipt.
    """
    shape, dtype = tuple(params["shape"]), str(params["dtype"])
    damaged, unpainted = [], []
    for index, (packed, preview) in enumerate(zip(parts[::2], parts[1::2], strict=True), int(params["first"])):
        boxes = [list(box) for box in params["boxes"] if box[0] is None or box[0] == index]
        try:
            frame = frames.decode_frame(bytes(packed), shape, dtype)
            shown = _shown(preview, shape)
        except (ValueError, OSError, SyntaxError):
            damaged.append(index)
            continue
        if not (is_painted(frame, boxes) and all(_is_flat(shown, box) for box in boxes if len(box) == 5)):
            unpainted.append(index)
    return {"damaged": damaged, "unpainted": unpainted}


def is_painted(frame: Array, boxes: list[list[Any]]) -> bool:
    """Tell whether every block of a receipt is one constant in this frame."""
    return all(np.all(frame[y0:y1, x0:x1] == frame[y0, x0]) for _, x0, y0, x1, y1, *rest in boxes if not rest)


def _shown(preview: bytes, shape: tuple[int, ...]) -> Array:
    with Image.open(io.BytesIO(bytes(preview)), formats=["JPEG"]) as image:
        if image.size != (shape[1], shape[0]):
            raise ValueError("not a preview of this frame")
        return np.asarray(image.convert("L"), dtype=np.float32)


def _is_flat(shown: Array, box: list[Any]) -> bool:
    _, x0, y0, x1, y1 = box
    inside = shown[y0 + RINGING : y1 - RINGING, x0 + RINGING : x1 - RINGING]
    return inside.size == 0 or float(inside.std()) <= FLAT
