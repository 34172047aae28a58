"""Chooses the slice that stands for a series: the one in its middle third that shows the most of the body."""

from __future__ import annotations

from typing import Final

import numpy as np

from pinboard.imaging.arrays import Display
from pinboard.imaging.series import middle_third

_DARK: Final = 16
"""Grey levels up to which a pixel is air around the body, or nothing."""
_LEAST: Final = 0.02
_FINEST: Final = 262_144
"""Pixels that are looked at; of a larger picture every second, third … in both directions."""


def entropy(display: Display) -> float:
    """Measure how much a picture shows inside the body.

    Parameters
    ----------
    display : ndarray
        uint8, H×W or H×W×3, in the window in which it is shown.

    Returns
    -------
    float
        Shannon entropy in bits, 0 to 8, of the grey levels that are not dark, by the part of the picture that they
        fill, so that a few bright pixels in the air do not win over a body; 0 where hardly anything is there.
    """
    step = max(1, int(np.ceil(np.sqrt(display.shape[0] * display.shape[1] / _FINEST))))
    small = display[::step, ::step]
    grey = small[..., 1] if small.ndim == 3 else small
    counts = np.bincount(grey.reshape(-1), minlength=256)[_DARK:].astype(np.float64)
    seen = float(counts.sum())
    if seen < _LEAST * grey.size:
        return 0.0
    parts = counts[counts > 0] / seen
    return float(-(parts * np.log2(parts)).sum() * np.sqrt(seen / grey.size))


class Covers:
    """Keeps the frame to show of those that come by one at a time: the one asked for, else that of highest entropy."""

    def __init__(self, wanted: int | None, count: int) -> None:
        self.frames = range(wanted, wanted + 1) if wanted is not None else middle_third(count)
        self.best: Display | None = None
        self.frame = self.frames.start
        self.entropy = 0.0

    def look(self, frame: int, display: Display) -> None:
        """Take a frame into account; the first of equals stays."""
        if frame not in self.frames:
            return
        found = entropy(display)
        if self.best is None or found > self.entropy:
            self.best, self.frame, self.entropy = display, frame, found
