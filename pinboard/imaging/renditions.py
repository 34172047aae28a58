"""Makes the small pictures that walls and pages show from one uint8 picture."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from PIL import Image

from pinboard.imaging.arrays import Display

WIDTHS: Final = (236, 474, 736, 1200)
QUALITY: Final = 70
PREVIEW_QUALITY: Final = 90


def ladder(display: Display) -> list[tuple[int, int, bytes]]:
    """Give WebP pictures in the widths of `WIDTHS` that the picture has, at least one.

    Parameters
    ----------
    display : ndarray
        uint8, H×W or H×W×3 RGB.

    Returns
    -------
    list of (width, height, bytes)
        Narrow to wide. Each is resized from the next wider one, which costs a third of resizing each from full.
    """
    image = Image.fromarray(np.ascontiguousarray(display))
    widths = [width for width in WIDTHS if width < image.width] + [min(image.width, WIDTHS[-1])]
    widths = sorted(set(widths))
    made: list[tuple[int, int, bytes]] = []
    for width in reversed(widths):
        height = max(1, round(display.shape[0] * width / display.shape[1]))
        if (width, height) != image.size:
            image = image.resize((width, height), Image.Resampling.LANCZOS)
        made.append((width, height, _webp(image)))
    return made[::-1]


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    # WebP's side limit; a strip that long is shown smaller.
    if max(image.size) > 16_383:
        image = image.copy()
        image.thumbnail((16_383, 16_383))
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def preview_jpeg(display: Display, *, longest: int | None = None) -> bytes:
    """Encode a picture as JPEG q90, without metadata; `longest` bounds its longer side in pixels."""
    image = Image.fromarray(np.ascontiguousarray(display))
    if longest and max(image.size) > longest:
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=PREVIEW_QUALITY)
    return out.getvalue()


def png(display: Display) -> bytes:
    """Encode a picture without loss and without metadata."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(display)).save(out, "PNG", compress_level=4)
    return out.getvalue()


def tone(display: Display) -> int:
    """Give the mean luminance in 16 steps, 0 (black) to 15, for the plate that stands in until the picture comes."""
    mean = display.mean(axis=(0, 1)) if display.ndim == 3 else np.repeat(display.mean(), 3)
    luminance = float(np.dot(mean, (0.299, 0.587, 0.114)))
    return min(15, round(luminance) // 16)
