"""Painted boxes are constant, nothing else changes, and the check would notice if it were otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinboard.deid.pixels import Area, boxes_of, is_clean, is_painted, paint, unpainted
from pinboard.deid.rectangles import MARGIN, SNAP, grow

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
    assert boxes_of(boxes, 2) == [Area(1, 2, 3, 4), Area(5, 6, 7, 8)]
    assert boxes_of(boxes, 0) == [Area(1, 2, 3, 4)]
    assert boxes_of([[None, 1, 2, 3, 4, "blur"]], 7) == [Area(1, 2, 3, 4, "blur")]


@pytest.mark.parametrize("box", [[None, 1, 2, 3], [None, 1, 2, 3, 4, "mosaic"], [None, 1, 2, 3, 4, "blur", 1]])
def test_a_box_of_another_form_is_refused(box):
    with pytest.raises(ValueError, match=r"."):
        boxes_of([box], 0)


@pytest.mark.parametrize("frame", [FRAME, np.dstack([FRAME] * 3).astype(np.uint8), FRAME.astype(np.float32) / 0.7])
def test_painting_is_clean_and_leaves_the_original(frame):
    before = frame.copy()
    boxes = [Area(10, 20, 42, 50), Area(30, 40, 160, 120)]
    after = paint(frame, boxes, 0)
    assert np.array_equal(frame, before)
    assert is_clean(frame, after, boxes, 0)
    assert np.ptp(after[20:50, 10:42]) == 0


def test_the_check_notices_a_pixel_left_inside_and_one_changed_outside():
    boxes = [Area(10, 20, 42, 50)]
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
    assert is_clean(frame, paint(frame, [Area(2, 2, 10, 10)], 0), [Area(2, 2, 10, 10)], 0)


TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", "?"]


@st.composite
def painted_twice(draw):
    """Give a frame, the same one with other pixels in the areas, and the areas; few pixels, so that edges are met."""
    rows, columns = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    shape = (rows, columns, 3) if draw(st.booleans()) else (rows, columns)
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    spots = st.tuples(st.integers(0, columns - 1), st.integers(0, rows - 1), st.integers(1, 40), st.integers(1, 40))
    areas = [
        Area(x, y, min(x + width, columns), min(y + height, rows), draw(st.sampled_from(["blur", "blur", "block"])))
        for x, y, width, height in draw(st.lists(spots, min_size=1, max_size=5))
    ]
    # Any bit pattern is a pixel: the largest numbers, infinities and what is no number too.
    noise = np.random.default_rng(draw(st.integers(0, 2**32)))
    frames = [np.frombuffer(noise.bytes(int(np.prod(shape)) * dtype.itemsize), dtype).reshape(shape) for _ in "ab"]
    if dtype.kind == "b":
        frames = [frame.view("u1") % 2 == 1 for frame in frames]
    outside = unpainted(frames[0], areas)
    other = frames[1].copy()
    other[outside] = frames[0][outside]
    return frames[0], other, areas


@settings(deadline=None, max_examples=300)
@given(painted_twice())
@pytest.mark.filterwarnings("error")
def test_what_is_painted_does_not_depend_on_what_was_there(case):
    frame, other, areas = case
    painted = paint(frame, areas, 0)
    assert painted.dtype == frame.dtype
    assert painted.tobytes() == paint(other, areas, 0).tobytes()
    assert is_clean(frame, painted, areas, 0)
    assert is_clean(other, painted, areas, 0)


@settings(deadline=None)
@given(painted_twice())
def test_a_surface_lies_between_what_surrounds_it(case):
    frame, _, areas = case
    blurs = [area for area in areas if area.fill == "blur"]
    outside = frame[unpainted(frame, areas)]
    outside = outside[np.isfinite(outside)].astype(np.float64)
    if not blurs or not outside.size:
        return
    painted = paint(frame, areas, float(outside[0]))
    low, high = min(outside.min(), outside[0]), max(outside.max(), outside[0])
    slack = 1e-6 * max(abs(low), abs(high))
    for x0, y0, x1, y1, _ in blurs:
        inside = painted[y0:y1, x0:x1].astype(np.float64)
        assert inside.min() >= low - slack
        assert inside.max() <= high + slack


def test_a_surface_is_smooth_and_meets_its_surroundings():
    slope = np.add.outer(np.arange(200) * 40, np.arange(300) * 20).astype(np.uint16)
    area = Area(60, 50, 180, 150, "blur")
    lettered = slope.copy()
    lettered[90:110:3, 80:160:2] = 65_535
    painted = paint(lettered, [area], 0)
    inside = painted[50:150, 60:180].astype(np.int64)
    assert np.abs(np.diff(inside, axis=0)).max() < 400
    assert np.abs(np.diff(inside, axis=1)).max() < 400
    assert np.abs(inside - slope[50:150, 60:180]).max() < 1_500
    assert is_clean(lettered, painted, [area], 0)


def test_letters_beside_one_area_are_no_source_where_another_covers_them():
    frame = np.full((100, 200), 50, np.uint8)
    frame[40:60, 20:180] = 255
    areas = [Area(10, 30, 110, 70, "blur"), Area(90, 30, 190, 70, "blur")]
    assert paint(frame, areas, 0).max() == 50
    assert paint(frame, [areas[0], Area(90, 30, 190, 70)], 0)[:, :90].max() == 50


def test_a_block_wins_where_a_blur_overlaps_it():
    areas = [Area(10, 10, 60, 60), Area(30, 30, 100, 100, "blur")]
    painted = paint(FRAME, areas, 7)
    assert np.ptp(painted[10:60, 10:60]) == 0
    assert painted.tobytes() == paint(FRAME, areas[::-1], 7).tobytes()


def test_an_area_of_the_whole_picture_is_constant_whatever_its_fill():
    assert np.all(paint(FRAME, [Area(0, 0, 160, 120, "blur")], 9) == 9)


def test_the_check_notices_a_surface_that_holds_something():
    area = Area(10, 20, 90, 100, "blur")
    painted = paint(FRAME, [area], 0)
    assert is_painted(painted, [area], 0)
    painted[60, 50] += 1
    assert not is_painted(painted, [area], 0)
    assert not is_clean(FRAME, painted, [area], 0)
    assert not is_clean(FRAME, FRAME.copy(), [area], 0)
