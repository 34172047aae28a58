"""Rectangles are drawn close to their letters and never into them; solid things are no letters."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pinboard.deid.detect.bars import find_bars, is_bar
from pinboard.deid.detect.boxes import Found
from pinboard.deid.detect.trim import is_solid, trimmed


def written(words, *, size=20, ink=255, ground=0, noise=0):
    image = Image.new("L", (400, 120), ground)
    ImageDraw.Draw(image).text((100, 50), words, fill=ink, font=ImageFont.load_default(size))
    grey = np.asarray(image).astype(float)
    letters = np.abs(grey - ground) > abs(ink - ground) / 2
    grey += np.random.default_rng(1).normal(0, noise, grey.shape)
    rows, columns = np.flatnonzero(letters.any(axis=1)), np.flatnonzero(letters.any(axis=0))
    tight = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return np.clip(grey, 0, 255).astype(np.uint8), tuple(map(int, tight))


def loose(tight, by=14):
    x0, y0, x1, y1 = tight
    return Found("text", 0.9, x0 - by, y0 - by, x1 + by, y1 + by)


@pytest.mark.parametrize("look", [{}, {"ink": 0, "ground": 255}, {"ink": 70, "ground": 40}, {"noise": 6}, {"size": 10}])
def test_a_loose_rectangle_comes_closer_and_keeps_every_letter(look):
    grey, tight = written("MILLER, Anna 1971", **look)
    close = trimmed(loose(tight), grey)
    assert close.area < loose(tight).area
    assert close.x0 <= tight[0]
    assert close.y0 <= tight[1]
    assert close.x1 >= tight[2]
    assert close.y1 >= tight[3]


def test_faint_letters_beside_clear_ones_are_not_cut_off_by_more_than_a_third():
    grey, tight = written("MILLER")
    found = Found("text", 0.9, tight[0] - 40, tight[1] - 5, tight[2], tight[3] + 5)
    assert tight[0] - trimmed(found, grey).x0 >= 40 - 0.35 * found.height - 1


def test_ground_without_any_edge_is_left_as_it_is():
    found = Found("text", 0.5, 10, 10, 60, 40)
    assert trimmed(found, np.full((80, 80), 90, np.uint8)) == found


@pytest.mark.parametrize("letter", list("RLABKMOT7SIX8QW"))
@pytest.mark.parametrize("size", [14, 24, 40])
def test_no_letter_is_taken_for_a_solid_thing(letter, size):
    grey, tight = written(letter, size=size)
    assert not is_solid(loose(tight, 6), grey)
    assert not is_solid(loose(tight, 6), 255 - grey)


@pytest.mark.parametrize("size", [(20, 16), (30, 30), (26, 40)])
def test_a_filled_thing_is_solid(size):
    grey = np.zeros((120, 120), np.uint8)
    grey[40 : 40 + size[0], 40 : 40 + size[1]] = 180
    assert is_solid(loose((40, 40, 40 + size[1], 40 + size[0]), 6), grey)


def bar(*, width=16, height=160):
    grey = np.zeros((240, 120), np.uint8)
    grey[30 : 30 + height, 50 : 50 + width] = np.linspace(250, 20, height).astype(np.uint8)[:, None]
    return grey


def test_a_graded_bar_is_found_upright_and_lying():
    (found,) = find_bars(bar())
    assert found.corners == (50, 30, 66, 190)
    (lying,) = find_bars(bar().T)
    assert lying.corners == (30, 50, 190, 66)
    assert is_bar(Found("text", 0.9, 44, 25, 72, 196), bar())


def test_a_bar_with_letters_in_it_is_none():
    image = Image.fromarray(bar(width=40))
    ImageDraw.Draw(image).text((54, 60), "DOE", fill=255, font=ImageFont.load_default(14))
    grey = np.asarray(image)
    assert find_bars(grey) == []
    assert not is_bar(Found("text", 0.9, 44, 25, 96, 196), grey)


def test_a_dark_header_with_a_name_is_no_bar():
    image = Image.new("L", (640, 200))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 639, 31), fill=40)
    draw.text((40, 8), "DOE, JOHN 12975", fill=230, font=ImageFont.load_default(14))
    assert find_bars(np.asarray(image)) == []
