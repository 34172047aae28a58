"""A key image as PNG is the stored frame in its window, without loss; a cine as WebP has its frames and its time."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from sqlalchemy import select

from pinboard.imaging.window import to_display
from pinboard.models import Instance, Series
from tests.carry.conftest import published, slices
from tests.intake.files import ct


@pytest.fixture(scope="module")
def images(stores, case):
    with stores.reading() as session:
        return list(session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)))


def address(case, image, variant):
    return f"/c/{case.public_id}/download/{image.media_name}/{variant}"


def windowed(data, *, center, width):
    """Give a file that brings another window."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    dataset.WindowCenter, dataset.WindowWidth = center, width
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def opened(answer):
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.get_data()))


def stored(ada, case, image):
    data = ada.get(f"/c/{case.public_id}/images/{image.public_id}/dicom").get_data()
    return pydicom.dcmread(io.BytesIO(data)).pixel_array


def test_a_png_shows_the_frame_in_the_window_of_its_file(ada, case, images):
    one = images[0]
    shown = opened(ada.get(address(case, one, "f0.png")))
    assert (shown.format, shown.mode) == ("PNG", "L")
    assert not shown.info
    assert (np.asarray(shown) == to_display(stored(ada, case, one), one.header)).all()


def test_a_window_from_the_address_is_taken(ada, case, images):
    one = images[0]
    shown = opened(ada.get(address(case, one, "f0.png?center=40&width=80")))
    expected = to_display(stored(ada, case, one), one.header, window=(40.0, 80.0))
    assert (np.asarray(shown) == expected).all()
    plain = ada.get(address(case, one, "f0.png")).get_data()
    for half in ("center=40", "center=x&width=80", "center=nan&width=80", "center=40&width=0"):
        assert ada.get(address(case, one, f"f0.png?{half}")).get_data() == plain


def test_a_cine_has_every_frame(ada, case, images):
    cine = next(one for one in images if one.frame_count > 1)
    shown = opened(ada.get(address(case, cine, "cine.webp")))
    assert (shown.format, shown.n_frames) == ("WEBP", cine.frame_count)
    shown.seek(1)
    shown.load()
    assert shown.info["duration"] == round(cine.frame_time or 66)
    first = np.asarray(shown.convert("L"), dtype=int)
    assert first.std() > 5


def test_a_stack_of_slices_moves_too(ada, case, images):
    """The slices of a CT come one after another, in their order and all in one window."""
    stack = [one for one in images if one.series_id == images[0].series_id]
    shown = opened(ada.get(address(case, stack[0], "cine.webp")))
    assert (shown.format, shown.n_frames, len(stack)) == ("WEBP", 7, 7)
    for number, one in enumerate(stack):
        shown.seek(number)
        expected = to_display(stored(ada, case, one), one.header)
        assert np.abs(np.asarray(shown.convert("L"), dtype=int) - expected).mean() < 6


def test_a_stack_does_not_flicker_where_each_slice_has_a_window_of_its_own(stores, desk, ada):
    files = list(slices(3, study="1.2.3.4.88"))
    files[2] = windowed(files[2], center=2000, width=100)
    case = published(stores, desk, *files)
    with stores.reading() as session:
        found = list(session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.position)))
        key = session.get(Series, found[0].series_id).key_instance_id
    assert key != found[2].id
    shown = opened(ada.get(address(case, found[0], "cine.webp")))
    shown.seek(2)
    alike = np.asarray(shown.convert("L"), dtype=int)
    own = to_display(stored(ada, case, found[2]), found[2].header)
    plain = to_display(stored(ada, case, found[2]), next(one.header for one in found if one.id == key))
    assert np.abs(alike - plain).mean() < 6 < np.abs(alike - own).mean()


def test_a_long_stack_is_thinned_and_the_page_says_so(ada, case, images, monkeypatch):
    monkeypatch.setattr("pinboard.intake.stills.MOST_SLICES", 3)
    monkeypatch.setattr("pinboard.carry.answers.MOST_SLICES", 3)
    shown = opened(ada.get(address(case, images[0], "cine.webp")))
    page = ada.get(f"/c/{case.public_id}/download").text
    assert 2 <= shown.n_frames <= 3
    assert f"{shown.n_frames} of 7 images one after another, at most 640 pixels" in page


@pytest.mark.parametrize("place", [1, -1])
def test_neither_a_later_slice_nor_a_photo_moves(ada, case, images, place):
    assert ada.get(address(case, images[place], "cine.webp")).status_code == 404


@pytest.mark.parametrize("variant", ["f1.png", "f00.png", "f0.jpg", "w236", "f0.png/x", ".."])
def test_what_is_not_there_is_not_found(ada, case, images, variant):
    assert ada.get(address(case, images[0], variant)).status_code == 404


def test_another_case_s_picture_is_not_found_under_this_one(ada, case, desk, images):
    other = desk.published(ct())
    assert ada.get(address(other, images[0], "f0.png")).status_code == 404
