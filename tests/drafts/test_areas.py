"""Areas cross as lists of numbers; one that is blurred says so, and nothing else has a place there."""

import pytest
from werkzeug.datastructures import MultiDict

from pinboard.custody import Box
from pinboard.drafts import areas
from pinboard.intake.errors import IntakeError


def test_a_block_has_five_elements_and_a_blur_a_sixth():
    boxes = areas.parse('[[null, 1, 2, 30, 40], [3, 5, 6, 70, 80, "blur"]]')
    assert boxes == [Box(1, 2, 30, 40), Box(5, 6, 70, 80, 3, "blur")]
    assert [box.as_list() for box in boxes] == [[None, 1, 2, 30, 40], [3, 5, 6, 70, 80, "blur"]]


@pytest.mark.parametrize("end", ['"block"', '"Blur"', "1", "null", "[]", '["blur"]'])
def test_another_fill_is_refused(end):
    with pytest.raises(IntakeError, match="box-fill"):
        areas.parse(f"[[null, 1, 2, 30, 40, {end}]]")


def test_more_elements_are_refused():
    with pytest.raises(IntakeError, match="box-outside"):
        areas.parse('[[null, 1, 2, 30, 40, "blur", "blur"]]')


@pytest.mark.parametrize(("fill", "drawn"), [("blur", "blur"), ("block", "block"), ("", "block"), ("mosaic", "block")])
def test_an_area_by_its_numbers_is_a_block_unless_it_says_blur(fill, drawn):
    fields = MultiDict({"x": "1", "y": "2", "width": "29", "height": "38", "frame": "4", "fill": fill})
    assert areas.read(fields, []) == [Box(1, 2, 30, 40, 3, drawn)]
