"""Shares and borders of rectangles agree with counting pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinboard.deid.rectangles import area, common, covered, grow, likeness, tight, union, without

SPOTS = st.builds(
    lambda x, y, width, height: (x, y, x + width, y + height),
    st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.integers(1, 20),
)  # fmt: skip


def mask(*boxes):
    out = np.zeros((60, 60), bool)
    for x0, y0, x1, y1 in boxes:
        out[y0:y1, x0:x1] = True
    return out


@given(SPOTS, st.lists(SPOTS, max_size=6))
def test_the_covered_share_is_what_counting_gives(box, others):
    assert covered(box, others) == pytest.approx((mask(box) & mask(*others)).sum() / mask(box).sum())


@given(SPOTS, SPOTS)
def test_likeness_and_common_part_are_what_counting_gives(one, other):
    both, either = (mask(one) & mask(other)).sum(), (mask(one) | mask(other)).sum()
    assert likeness(one, other) == likeness(other, one) == pytest.approx(both / either)
    assert area(common(one, other)) == both
    assert covered(one, [union(one, other)]) == covered(other, [union(one, other)]) == 1


@given(st.integers(0, 500), st.integers(0, 400), st.integers(6, 640), st.integers(6, 480))
def test_what_is_drawn_tightly_covers_all_when_painted_and_little_more(x, y, width, height):
    box = (min(x, 634), min(y, 474), min(x + width, 640), min(y + height, 480))
    drawn = tight(box, rows=480, columns=640)
    painted = grow(drawn, rows=480, columns=640)
    assert union(painted, box) == painted
    assert union(drawn, box) == box
    loose = grow(box, rows=480, columns=640)
    assert area(painted) <= area(loose)
    if min(box[2] - box[0], box[3] - box[1]) > 32:
        assert painted[3] - painted[1] - (box[3] - box[1]) <= 2
        assert painted[2] - painted[0] - (box[2] - box[0]) <= 17


def test_a_banner_above_an_image_is_painted_to_its_border_and_no_further():
    assert grow(tight((0, 0, 640, 60), rows=480, columns=640), rows=480, columns=640) == (0, 0, 640, 60)


@given(SPOTS, st.lists(SPOTS, max_size=4))
def test_what_is_cut_out_is_gone_and_nothing_else_is(box, holes):
    pieces = without([box], holes)
    assert np.array_equal(mask(*pieces), mask(box) & ~mask(*holes))
    assert sum(area(piece) for piece in pieces) == mask(*pieces).sum()
