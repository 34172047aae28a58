"""Text planted on clean pictures is suggested, and clean pictures are left alone; bench/burned_in.py tells more."""

import subprocess
import sys

import numpy as np
import pytest

from bench import burned_in
from bench.planted import PICTURE_KINDS, TEXT_KINDS, clean_set, planted_set
from bench.planted.score import Score, mean, score
from pinboard.deid.detect.picture import View, detect
from pinboard.deid.detect.text import find_text
from tests.samples import sample


@pytest.fixture(autouse=True)
def with_samples():
    for folder in ("ultrasound", "xray-mammo", "ct-series", "photos"):
        sample(folder)


def test_the_same_seed_plants_the_same_text_and_another_does_not():
    one, again, other = (next(planted_set(seed, per_kind=1)) for seed in (5, 5, 6))
    assert np.array_equal(one.pixels, again.pixels)
    assert one.pixels.shape != other.pixels.shape or not np.array_equal(one.pixels, other.pixels)


def test_a_set_has_every_kind_of_picture_and_text_and_its_glyphs_are_where_they_are_said_to_be():
    pictures = list(planted_set(3, per_kind=3))
    assert {picture.kind for picture in pictures} == set(PICTURE_KINDS)
    assert len(PICTURE_KINDS) == 5
    assert {item.kind for picture in pictures for item in picture.items} == {kind.name for kind in TEXT_KINDS}
    assert len(TEXT_KINDS) == 17
    for picture in pictures:
        for item in picture.items:
            rows, columns = item.glyphs.shape
            part = picture.pixels[item.top : item.top + rows, item.left : item.left + columns]
            assert part.shape[:2] == item.glyphs.shape
            grey = part if part.ndim == 2 else part @ np.array([0.3, 0.59, 0.11])
            assert abs(grey[item.glyphs].mean() - np.median(grey[~item.glyphs])) > 12, (picture.name, item.kind)


def test_nearly_all_text_of_a_few_pictures_is_found_and_little_else(networks):
    def find(pixels):
        return [found.corners for found in find_text(pixels, networks.text)]

    result = score(planted_set(3, per_kind=1), clean_set(3, per_kind=1), find)
    assert result.item_recall >= 0.9, result.missed
    assert result.glyph_recall >= 0.97
    assert mean(result.wrong) <= 0.01
    assert mean(result.clean_wrong) <= 0.002


def test_nothing_is_found_where_nothing_is(networks):
    assert detect([View(np.zeros((300, 400), np.uint8))], networks) == []
    assert detect([View(np.full((64, 64, 3), 200, np.uint8))], networks) == []


@pytest.mark.slow
def test_the_floors_hold_on_the_whole_set_that_no_threshold_has_seen(has_networks):
    """In a process of its own, because the largest child counts, and this one has had others.

    Of the other set a few pictures are looked at above, and `python -m bench.burned_in` measures both.
    """
    command = [sys.executable, "-m", "bench.burned_in", "--seed", str(burned_in.SEEDS[-1]), "--misses"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("met   ") == len(burned_in.floors(Score(), megabytes=0, seconds=0))
