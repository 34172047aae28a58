"""The same picture is found again when it was scaled or written anew, and a different one is not taken for it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pinboard.imaging.likeness import Fingerprint, dhash
from tests.samples import sample


def photo(name="photos/face-grace-hopper.jpg"):
    return Image.open(sample(name)).convert("RGB")


def distance(one, two):
    return (int(one, 16) ^ int(two, 16)).bit_count()


def test_it_is_64_bits_in_hex():
    assert len(dhash(np.asarray(photo()))) == 16


@pytest.mark.parametrize("side", [120, 300, 900])
def test_a_scaled_and_compressed_copy_is_nearly_the_same(side):
    picture = photo()
    file = io.BytesIO()
    picture.resize((side, side * picture.height // picture.width)).save(file, "JPEG", quality=60)
    assert distance(dhash(np.asarray(picture)), dhash(np.asarray(Image.open(file)))) <= 4


def test_another_picture_is_far_away():
    assert distance(dhash(np.asarray(photo())), dhash(np.asarray(photo("photos/fundus-retina.jpg")))) > 12


def test_grey_and_colour_of_one_picture_are_alike():
    assert dhash(np.asarray(photo())) == dhash(np.asarray(photo().convert("L")))


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_is_like_no_other(level):
    assert dhash(np.full((200, 300), level, np.uint8)) is None


def test_the_same_pixels_have_one_fingerprint_and_another_shape_type_or_order_has_not():
    frame = np.arange(600, dtype=np.uint16).reshape(20, 30)

    def of(*frames):
        marks = Fingerprint()
        for one in frames:
            marks.add(one)
        return marks.hex()

    assert of(frame) == of(frame.astype(">u2")) == of(np.asfortranarray(frame))
    others = [
        of(frame.T),
        of(frame.view(np.int16)),
        of(frame.reshape(30, 20)),
        of(frame, frame),
        of(frame[:10], frame[10:]),
    ]
    assert len({of(frame), *others}) == 6
