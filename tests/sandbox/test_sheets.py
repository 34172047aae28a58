"""The job that shows many slices at once: every tile in its place, as it would be published, and none hides another."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pinboard.imaging.errors import Refused
from pinboard.imaging.neighbours import GRID
from pinboard.sandbox.jobs import JOBS, PIXEL_JOBS
from tests.dicoms import keys_params, make_dicom

TILE = 64
PLAIN = {"RescaleSlope": 1, "RescaleIntercept": 0, "WindowCenter": 128, "WindowWidth": 256}


def slice_of(level, *, rows=100, columns=100, colour=False, frames=1):
    """Give a scrubbed instance whose pixels all have one grey level, or grow with the number of the frame."""
    shape = (rows, columns, 3) if colour else (rows, columns)
    if frames > 1:
        pixels = np.stack([np.full(shape, level + 20 * frame, np.uint8) for frame in range(frames)])
    else:
        pixels = np.full(shape, level, np.uint8)
    made = make_dicom(pixels, is_planted=False, **PLAIN).data
    return JOBS["scrub"]([made], keys_params())[1][0]


def sheet(parts, cells, *, boxes=None, tile=TILE, length=8):
    params = {"cells": cells, "boxes": boxes or [[] for _ in parts], "tile": tile, "length": length}
    answer, out = JOBS["sheet"](parts, params)
    return answer, np.asarray(Image.open(io.BytesIO(out[0]))).astype(int) if out else None


def middle(picture, place):
    """Give the grey level in the middle of one tile."""
    return float(picture[TILE // 2, place * TILE + TILE // 2].mean())


def test_it_decodes_and_holds_no_key():
    assert "sheet" in PIXEL_JOBS


def test_every_slice_has_its_tile():
    answer, picture = sheet([slice_of(50), slice_of(120), slice_of(200)], [[2, 0], [0, 0], [1, 0]])
    assert picture.shape == (TILE, 8 * TILE)
    assert (answer["width"], answer["height"]) == (8 * TILE, TILE)
    shown = [middle(picture, place) for place in range(8)]
    assert shown == pytest.approx([200, 50, 120, 0, 0, 0, 0, 0], abs=3)
    assert [cell["mean"] for cell in answer["cells"]] == pytest.approx([200, 50, 120], abs=1)


def test_frames_of_one_instance_are_told_apart():
    _, picture = sheet([slice_of(40, frames=4)], [[0, 0], [0, 3], [0, 1]])
    assert [middle(picture, place) for place in range(3)] == pytest.approx([40, 100, 60], abs=3)


def test_areas_are_shown_painted_on_the_frames_they_name():
    parts, box = [slice_of(200), slice_of(200, frames=2)], [None, 30, 30, 70, 70]
    answer, picture = sheet(parts, [[0, 0], [1, 0], [1, 1]], boxes=[[box], [[1, *box[1:]]]])
    # What a slice looks like is told of its pixels, so that painting one makes no oddity of its neighbours.
    assert [cell["mean"] for cell in answer["cells"]] == pytest.approx([200, 200, 220], abs=1)
    assert middle(picture, 0) < 10
    assert middle(picture, 1) == pytest.approx(200, abs=3)
    assert middle(picture, 2) < 10


def test_a_slice_that_is_no_square_lies_whole_in_its_tile():
    _, picture = sheet([slice_of(200, rows=50, columns=100)], [[0, 0]])
    column = picture[:, TILE // 2]
    assert column[:14].max() < 20
    assert column[20:44].min() > 180
    assert column[50:].max() < 20


def test_colour_and_grey_share_a_sheet():
    _, picture = sheet([slice_of(200), slice_of(90, colour=True)], [[0, 0], [1, 0]])
    assert picture.shape == (TILE, 8 * TILE, 3)
    assert [middle(picture, place) for place in range(2)] == pytest.approx([200, 90], abs=4)


def test_what_cannot_be_decoded_says_so_and_hides_no_other():
    whole = slice_of(200)
    answer, picture = sheet([whole[: len(whole) // 2], b"no dicom", whole], [[0, 0], [1, 0], [2, 0], [2, 7]])
    assert ["refused" in cell for cell in answer["cells"]] == [True, True, False, True]
    assert [middle(picture, place) for place in range(4)] == pytest.approx([0, 0, 200, 0], abs=3)


def test_the_grid_keeps_what_is_small_and_bright():
    pixels = np.full((256, 256), 20, np.uint8)
    pixels[5, 250] = 255
    made = make_dicom(pixels, is_planted=False, **PLAIN).data
    answer, _ = sheet([JOBS["scrub"]([made], keys_params())[1][0]], [[0, 0]], tile=0)
    grid = np.frombuffer(bytes.fromhex(answer["cells"][0]["brightest"]), np.uint8).reshape(GRID, GRID)
    assert grid[0, GRID - 1] > 240
    assert np.delete(grid.ravel(), GRID - 1).max() < 40


@pytest.mark.parametrize("shape", [(3, 100), (100, 3), (1, 1)])
def test_the_smallest_slice_has_a_look(shape):
    rows, columns = shape
    answer, picture = sheet([slice_of(90, rows=rows, columns=columns)], [[0, 0]])
    assert len(bytes.fromhex(answer["cells"][0]["brightest"])) == GRID * GRID
    assert picture is not None


def test_without_a_tile_there_is_no_picture():
    answer, picture = sheet([slice_of(90)], [[0, 0]], tile=0)
    assert picture is None
    assert answer["cells"][0]["mean"] == pytest.approx(90, abs=1)


@pytest.mark.parametrize("params", [{"cells": [[0, 0]] * 25}, {"length": 25}, {"tile": 1025}, {"tile": -1}])
def test_more_than_one_sheet_holds_is_refused(params):
    with pytest.raises(Refused):
        sheet([slice_of(90)], **{"cells": [[0, 0]], **params})
