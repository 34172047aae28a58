"""The slice that stands for a series: which one shows most, and which ones are looked at."""

import numpy as np
import pytest

from pinboard.imaging.keyframe import Covers, entropy
from pinboard.imaging.series import middle_third


def body(size=128, part=0.5, levels=64, seed=1):
    """Draw a disc-less body: a square of noise in the middle of air."""
    picture = np.zeros((size, size), np.uint8)
    side = int(size * part**0.5)
    start = (size - side) // 2
    noise = np.random.default_rng(seed).integers(40, 40 + levels, (side, side), dtype=np.uint8)
    picture[start : start + side, start : start + side] = noise
    return picture


@pytest.mark.parametrize(("count", "frames"), [(1, [0]), (2, [0, 1]), (3, [1]), (9, [3, 4, 5]), (10, [3, 4, 5, 6])])
def test_the_middle_third(count, frames):
    assert list(middle_third(count)) == frames


def test_more_levels_and_more_body_show_more_and_air_shows_nothing():
    assert entropy(np.zeros((64, 64), np.uint8)) == 0
    assert entropy(np.full((64, 64), 200, np.uint8)) == 0
    assert entropy(body(levels=4)) < entropy(body(levels=64))
    assert entropy(body(part=0.1)) < entropy(body(part=0.6))
    speck = np.zeros((128, 128), np.uint8)
    speck[:8, :8] = np.arange(64, dtype=np.uint8).reshape(8, 8) + 100
    assert entropy(speck) == 0


def test_it_is_shannons_of_what_is_not_dark():
    halves = np.full((64, 64), 50, np.uint8)
    halves[:32] = 150
    assert entropy(halves) == pytest.approx(1.0)
    assert entropy(np.repeat(halves[..., None], 3, axis=2)) == pytest.approx(1.0)


def test_a_large_picture_is_measured_like_a_small_one():
    small = body(512)
    assert entropy(np.kron(small, np.ones((4, 4), np.uint8))) == pytest.approx(entropy(small), rel=0.02)


def test_the_best_of_the_middle_is_kept_and_a_wish_goes_before():
    pictures = [body(levels=levels) for levels in (90, 90, 8, 60, 30, 90, 90)]
    chosen, wanted = Covers(None, 7), Covers(2, 7)
    for number, picture in enumerate(pictures):
        chosen.look(number, picture)
        wanted.look(number, picture)
    assert (chosen.frame, wanted.frame) == (3, 2)
    assert chosen.best is pictures[3]
    assert wanted.entropy < chosen.entropy


def test_of_nothing_but_air_the_first_of_the_middle_is_kept():
    covers = Covers(None, 6)
    for number in range(6):
        covers.look(number, np.zeros((32, 32), np.uint8))
    assert (covers.frame, covers.entropy) == (2, 0)
    assert covers.best is not None
