"""Small pictures have the promised widths and carry nothing but pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pinboard.imaging.renditions import WIDTHS, ladder, png, preview_jpeg, tone

WIDE = np.tile(np.linspace(0, 255, 1600, dtype=np.uint8), (900, 1))


def test_a_wide_picture_has_every_width():
    made = ladder(np.dstack([WIDE] * 3))
    assert tuple(width for width, _, _ in made) == WIDTHS
    for width, height, webp in made:
        image = Image.open(io.BytesIO(webp))
        assert image.format == "WEBP"
        assert image.size == (width, height) == (width, round(900 * width / 1600))
        assert not {"exif", "icc_profile", "xmp"} & set(image.info)


@pytest.mark.parametrize(
    ("width", "widths"), [(5, [5]), (236, [236]), (300, [236, 300]), (900, [236, 474, 736, 900]), (1200, list(WIDTHS))]
)
def test_a_narrow_picture_is_never_enlarged(width, widths):
    assert [made for made, _, _ in ladder(WIDE[:10, :width])] == widths


def test_a_strip_beyond_webps_limit_is_made_all_the_same():
    made = ladder(np.zeros((20_000, 40), np.uint8))
    assert Image.open(io.BytesIO(made[0][2])).height <= 16_383


def test_a_preview_is_close_and_bounded():
    image = np.asarray(Image.open(io.BytesIO(preview_jpeg(WIDE))))
    assert image.shape == WIDE.shape
    assert np.abs(image.astype(int) - WIDE).max() < 12
    assert Image.open(io.BytesIO(preview_jpeg(WIDE, longest=400))).size == (400, 225)


def test_png_is_lossless():
    colour = np.random.default_rng(1).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(colour)))), colour)


@pytest.mark.parametrize(("grey", "step"), [(0, 0), (15, 0), (16, 1), (128, 8), (255, 15)])
def test_tone_has_sixteen_steps(grey, step):
    assert tone(np.full((4, 4), grey, np.uint8)) == step
    assert tone(np.full((4, 4, 3), grey, np.uint8)) == step
