"""The points of a mark: what a browser may send, and what is made of it."""

import pytest

from pinboard.marks import shapes
from pinboard.models import MarkKind

TWO = [kind for kind in MarkKind if kind is not MarkKind.TEXT]


@pytest.mark.parametrize("kind", TWO)
def test_a_shape_has_two_points(kind):
    assert shapes.read("[[1, 2.345], [-3, 4]]", kind) == [[1.0, 2.35], [-3.0, 4.0]]
    assert shapes.read("[[1, 2]]", kind) is None


def test_words_begin_at_one_point():
    assert shapes.read("[[1.5, 2]]", MarkKind.TEXT) == [[1.5, 2.0]]
    assert shapes.read("[[1, 2], [3, 4]]", MarkKind.TEXT) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", None, "[", "{}", "12", '"ab"', "[1, 2]", "[[1], [2]]", "[[1, 2, 3], [4, 5, 6]]", '[["1", 2], [3, 4]]'),
        *("[[true, 2], [3, 4]]", "[[NaN, 2], [3, 4]]", "[[Infinity, 2], [3, 4]]", "[[1e400, 2], [3, 4]]"),
        *("[[1000001, 2], [3, 4]]", "[" * 300, "[[1, 2], [3, 4]" + " " * 500 + "]", "[[null, 2], [3, 4]]"),
    ],
)
def test_what_is_no_shape_is_nothing(text):
    assert shapes.read(text, MarkKind.ARROW) is None


def test_what_hangs_over_the_edge_is_moved_onto_it():
    assert shapes.inside([[-4.0, 5.0], [700.0, 600.5]], 512, 600) == [[0.0, 5.0], [512.0, 600.0]]


@pytest.mark.parametrize("kind", TWO)
def test_a_slip_of_the_finger_is_no_shape(kind):
    assert not shapes.is_drawn([[5.0, 5.0], [5.3, 5.4]], kind)
    assert shapes.is_drawn([[5.0, 5.0], [7.0, 8.0]], kind)


def test_an_arrow_may_be_level_and_a_box_may_not():
    level = [[5.0, 5.0], [50.0, 5.0]]
    assert shapes.is_drawn(level, MarkKind.ARROW)
    assert shapes.is_drawn(level, MarkKind.LENGTH)
    assert not shapes.is_drawn(level, MarkKind.BOX)
    assert not shapes.is_drawn(level, MarkKind.ELLIPSE)
