"""A key image as PNG is the stored frame in its window, without loss; a cine as WebP has its frames and its time."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from sqlalchemy import select

from pinboard.imaging.window import to_display
from pinboard.models import Instance
from tests.intake.files import ct


@pytest.fixture(scope="module")
def images(stores, case):
    with stores.reading() as session:
        return list(session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)))


def address(case, image, variant):
    return f"/c/{case.public_id}/download/{image.media_name}/{variant}"


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


@pytest.mark.parametrize("variant", ["cine.webp", "f1.png", "f00.png", "f0.jpg", "w236", "f0.png/x", ".."])
def test_what_is_not_there_is_not_found(ada, case, images, variant):
    assert ada.get(address(case, images[0], variant)).status_code == 404


def test_another_case_s_picture_is_not_found_under_this_one(ada, case, desk, images):
    other = desk.published(ct())
    assert ada.get(address(other, images[0], "f0.png")).status_code == 404
