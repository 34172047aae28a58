"""Painted boxes are constant, nothing else changes, and the check would notice if it were otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinboard.deid.pixels import MARGIN, SNAP, boxes_of, grow, is_clean, paint

FRAME = np.random.default_rng(2).integers(0, 4000, (120, 160), dtype=np.uint16)


def test_a_box_grows_by_its_margin_and_to_a_width_in_steps():
    x0, y0, x1, y1 = grow((50, 40, 90, 60), rows=480, columns=640)
    assert (y0, y1) == (40 - MARGIN, 60 + MARGIN)
    assert x0 <= 50 - MARGIN
    assert x1 >= 90 + MARGIN
    assert (x1 - x0) % SNAP == 0


def test_a_large_box_grows_by_its_share():
    _, y0, _, y1 = grow((100, 100, 300, 200), rows=480, columns=640)
    assert (y0, y1) == (85, 215)


@pytest.mark.parametrize("box", [(-50, 10, -3, 20), (10, 700, 20, 720), (30, 30, 30, 50), (640, 0, 700, 9)])
def test_a_box_outside_the_picture_is_none(box):
    assert grow(box, rows=480, columns=640) is None


def test_corners_may_come_in_any_order():
    assert grow((90, 60, 50, 40), rows=480, columns=640) == grow((50, 40, 90, 60), rows=480, columns=640)


@given(st.tuples(*[st.integers(-100, 900)] * 4), st.integers(1, 700), st.integers(1, 700))
def test_a_grown_box_covers_what_was_drawn_and_stays_inside(box, rows, columns):
    grown = grow(box, rows=rows, columns=columns)
    if grown is None:
        return
    x0, y0, x1, y1 = grown
    assert 0 <= x0 < x1 <= columns
    assert 0 <= y0 < y1 <= rows
    assert x0 <= max(min(box[0], box[2]), 0)
    assert x1 >= min(max(box[0], box[2]), columns)
    assert y0 <= max(min(box[1], box[3]), 0)
    assert y1 >= min(max(box[1], box[3]), rows)


def test_boxes_of_a_frame_are_its_own_and_those_of_every_frame():
    boxes = [[None, 1, 2, 3, 4], [2, 5, 6, 7, 8], [3, 0, 0, 9, 9]]
    assert boxes_of(boxes, 2) == [(1, 2, 3, 4), (5, 6, 7, 8)]
    assert boxes_of(boxes, 0) == [(1, 2, 3, 4)]


@pytest.mark.parametrize("frame", [FRAME, np.dstack([FRAME] * 3).astype(np.uint8), FRAME.astype(np.float32) / 0.7])
def test_painting_is_clean_and_leaves_the_original(frame):
    before = frame.copy()
    boxes = [(10, 20, 42, 50), (30, 40, 160, 120)]
    after = paint(frame, boxes, 0)
    assert np.array_equal(frame, before)
    assert is_clean(frame, after, boxes, 0)
    assert np.ptp(after[20:50, 10:42]) == 0


def test_the_check_notices_a_pixel_left_inside_and_one_changed_outside():
    boxes = [(10, 20, 42, 50)]
    left = paint(FRAME, boxes, 0)
    left[49, 41] = 1
    assert not is_clean(FRAME, left, boxes, 0)
    changed = paint(FRAME, boxes, 0)
    changed[0, 0] ^= 1
    assert not is_clean(FRAME, changed, boxes, 0)
    assert not is_clean(FRAME, paint(FRAME, boxes, 0)[:-1], boxes, 0)
    assert not is_clean(FRAME, paint(FRAME, boxes, 0).astype(np.int16), boxes, 0)


def test_nan_outside_a_box_is_no_change():
    frame = np.full((20, 40), np.nan, np.float32)
    assert is_clean(frame, paint(frame, [(2, 2, 10, 10)], 0), [(2, 2, 10, 10)], 0)
