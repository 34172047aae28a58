"""Looks at stored frames as they are: that each decodes, and that what a receipt calls painted is painted."""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from PIL import Image

from pinboard.deid import pixels as painting
from pinboard.imaging import frames
from pinboard.imaging.arrays import Array

Json = dict[str, Any]

RINGING: Final = 8
"""Pixels along the edge of a block that a JPEG preview may colour from outside."""
FLAT: Final = 3.0
"""Grey levels by which the rest of it may vary."""
_LARGER: Final = {"u": np.int64, "i": np.int64, "b": np.int64, "f": np.float64}


def wrong_with(parts: list[bytes], params: Json) -> Json:
    """Give which of some frames are no frames of this shape, and which show something where they must not.

    Parts: frames and their previews, one after the other. `first` is the number of the first frame, `boxes` those of
    the receipt.
    """
    shape, dtype = tuple(params["shape"]), str(params["dtype"])
    damaged, unpainted = [], []
    for index, (packed, preview) in enumerate(zip(parts[::2], parts[1::2], strict=True), int(params["first"])):
        areas = painting.boxes_of(params["boxes"], index)
        try:
            frame = frames.decode_frame(bytes(packed), shape, dtype)
            shown = _shown(preview, shape)
        except (ValueError, OSError, SyntaxError):
            damaged.append(index)
            continue
        if not (is_painted(frame, areas) and all(_is_flat(shown, area) for area in areas if area.fill == "block")):
            unpainted.append(index)
    return {"damaged": damaged, "unpainted": unpainted}


def is_painted(frame: Array, areas: list[painting.Area]) -> bool:
    """Tell whether painting the frame once more would change nothing of it.

    A blur was computed with the numerics of its day, so that it may differ by the last digit.
    """
    if not areas:
        return True
    corner = next((area for area in areas if area.fill == "block"), areas[0])
    value = frame[corner.y0, corner.x0].reshape(-1)[0].item()
    if painting.is_painted(frame, areas, value):
        return True
    if all(area.fill == "block" for area in areas):
        return False
    larger = _LARGER[frame.dtype.kind]
    again = painting.paint(frame, areas, value).astype(larger)
    unit = 1.0 if larger is np.int64 else 1e-4 * float(np.nan_to_num(np.abs(again)).max())
    return bool(np.allclose(again, frame.astype(larger), rtol=0, atol=unit, equal_nan=True))


def _shown(preview: bytes, shape: tuple[int, ...]) -> Array:
    with Image.open(io.BytesIO(bytes(preview)), formats=["JPEG"]) as image:
        if image.size != (shape[1], shape[0]):
            raise ValueError("not a preview of this frame")
        return np.asarray(image.convert("L"), dtype=np.float32)


def _is_flat(shown: Array, area: painting.Area) -> bool:
    inside = shown[area.y0 + RINGING : area.y1 - RINGING, area.x0 + RINGING : area.x1 - RINGING]
    return inside.size == 0 or float(inside.std()) <= FLAT
