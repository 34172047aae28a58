"""On an ultrasound, measurements and their labels are kept, and nothing beside them is."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pinboard.deid.detect.boxes import Found
from pinboard.deid.detect.picture import View, detect
from pinboard.deid.detect.reading import Reader
from pinboard.deid.detect.sorting import Sorter


def screen(*lines):
    image = Image.new("L", (500, 300))
    for x, y, words in lines:
        ImageDraw.Draw(image).text((x, y), words, fill=240, font=ImageFont.load_default(18))
    return np.asarray(image)


def line(x0, y0, x1, y1):
    return Found("text", 0.9, x0, y0, x1, y1)


def sort(lines):
    """Sort rectangles whose words are given, with a reader that reads them."""
    by_size = {(found.width, found.height): words for found, words in lines}
    plane = np.zeros((300, 500), np.uint8)
    letters = ("", *sorted({letter for _, words in lines for letter in words}))

    class Known(Reader):
        def _read(self, crop):
            return by_size[crop.shape[1], crop.shape[0]], 0.95

    sorter = Sorter(Known(lambda _: [], letters))
    sorter.take(plane, [found for found, _ in lines])
    return sorter.sorted()


def test_a_value_and_its_label_are_one_area_and_a_name_is_not_part_of_it():
    label, value, name = line(20, 200, 120, 220), line(140, 200, 201, 220), line(20, 20, 122, 40)
    doubtful, kept = sort([(label, "Endometrium"), (value, "1.05 cm"), (name, "DOE, JOHN")])
    assert doubtful == [name]
    assert [area.corners for area in kept] == [(20, 200, 201, 220)]
    assert kept[0].kind == "kept"


def test_an_area_does_not_grow_over_doubtful_text():
    label, value, name = line(20, 200, 100, 220), line(140, 200, 201, 220), line(104, 200, 136, 221)
    doubtful, kept = sort([(label, "Endometrium"), (value, "1.05 cm"), (name, "Doe")])
    assert doubtful == [name]
    assert not any(area.x0 < name.x1 and name.x0 < area.x1 for area in kept)


def test_the_area_of_a_measurement_ends_where_a_doubtful_line_begins():
    value, name = line(140, 200, 201, 230), line(140, 190, 300, 212)
    doubtful, kept = sort([(value, "1.05 cm"), (name, "Doe, John")])
    assert all(area.y0 >= doubtful[0].y1 for area in kept)


def test_a_scale_far_from_any_measurement_is_neither_suggested_nor_kept():
    assert sort([(line(400, 100, 420, 118), "10")]) == ([], [])


@pytest.mark.parametrize("words", ["DOE, JOHN", "12975", "17 Oct 16"])
def test_the_networks_agree(networks, words):
    plane = screen((30, 20, words), (30, 240, "Dist 1.43 cm"))
    found = detect([View(plane)], networks)
    assert [one.kind for one in found if one.y1 < 80] == ["text"]
    assert [one.kind for one in found if one.y0 > 200] == ["kept"]


def test_without_a_reader_everything_is_suggested(networks):
    from dataclasses import replace

    found = detect([View(screen((30, 240, "Dist 1.43 cm")))], replace(networks, reader=None))
    assert {one.kind for one in found} == {"text"}


def test_text_that_changes_at_one_place_is_read_in_every_view(networks):
    measured, named = (View(screen((30, 240, words))) for words in ("Dist 1.43 cm", "DOE, JOHN 7"))
    found = detect([measured, named], networks)
    assert "text" in {one.kind for one in found}
