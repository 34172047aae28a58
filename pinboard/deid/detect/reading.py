"""Reads a line of text with the recogniser half of PP-OCR, only to tell a measurement from everything else.

What is read never leaves the process: only the answer whether it is harmless does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from pinboard.deid.detect.boxes import Found, Net, Plane
from pinboard.deid.detect.harmless import Meaning, meaning

_HEIGHT: Final = 48
_NARROWEST, _WIDEST = 320, 1600
_CLEAR: Final = 0.9
"""Likelihood below which a line is read a second time, with less around it."""
_ROOM: Final = 3
_TALLEST: Final = 4.0
"""Height over width above which a rectangle is no line to read."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The network, 1×3×48×W float32 in, likelihoods 1×T×letters out, and its letters; the first of them is none."""

    net: Net
    letters: tuple[str, ...] = field(repr=False)

    def meaning(self, plane: Plane, found: Found) -> Meaning | None:
        """Tell what a line is about if it is certainly harmless."""
        if found.height > _TALLEST * found.width:
            return None
        crop = plane[found.y0 : found.y1, found.x0 : found.x1]
        line, confidence = self._read(crop)
        if confidence < _CLEAR and min(crop.shape[:2]) > 4 * _ROOM:
            # What stands next to a line disturbs its reading.
            closer = self._read(crop[_ROOM:-_ROOM, _ROOM:-_ROOM])
            line, confidence = max((line, confidence), closer, key=lambda read: read[1])
        return meaning(line, confidence)

    def _read(self, crop: Plane) -> tuple[str, float]:
        likely = self.net(_line(crop))[0][0]
        best = likely.argmax(axis=1)
        # One letter stretches over several steps, and two equal ones have an empty step between them.
        is_letter = (best != 0) & (np.diff(best, prepend=-1) != 0)
        if not is_letter.any():
            return "", 0.0
        return "".join(self.letters[at] for at in best[is_letter]), float(likely.max(axis=1)[is_letter].mean())


def _line(crop: Plane) -> npt.NDArray[np.float32]:
    rows, columns = crop.shape[:2]
    width = min(max(round(_HEIGHT * columns / rows), 8), _WIDEST)
    resized: Any = Image.fromarray(crop).convert("RGB").resize((width, _HEIGHT), Image.Resampling.BILINEAR)
    line = np.zeros((_HEIGHT, max(width, _NARROWEST), 3), dtype=np.float32)
    # The network was taught on blue, green, red.
    line[:, :width] = np.asarray(resized, dtype=np.float32)[:, :, ::-1] / 127.5 - 1.0
    return np.ascontiguousarray(line.transpose(2, 0, 1)[None])
