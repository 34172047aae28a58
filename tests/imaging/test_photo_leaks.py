"""Nothing of a photo's file but its pixels reaches anything Pinboard makes: seven formats in, five out."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pinboard.cli import main
from pinboard.imaging.photo import read_photo
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
from tests.imaging.photo_plants import FORMATS, MARK, PIXELS, is_here, photo, planted_places

LEAST = {"JPEG": 20, "MPO": 15, "PNG": 15, "WEBP": 14, "TIFF": 9, "AVIF": 14, "HEIF": 13}
"""So many places are planted in each format at least."""
OUTPUTS = ("renditions", "previews", "frames", "instance", "png")


def made(data, tmp_path):
    """Give everything that is made of a photo, by name."""
    shape, (pixels,) = JOBS["photo"]([data], {})
    summary, (scrubbed,) = JOBS["wrap_photo"]([pixels], keys_params() | shape)
    answer, parts = JOBS["develop"]([scrubbed], {"boxes": []})
    frames, previews, *renditions = parts
    wanted = {"header": answer["header"], "shape": answer["shape"], "dtype": answer["dtype"]}
    _, (exported,) = JOBS["export"]([frames], wanted | {"frames": answer["frames"]})
    (tmp_path / "photo").write_bytes(data)
    assert main(["deid", str(tmp_path / "photo"), str(tmp_path / "out")]) == 0
    png = next((tmp_path / "out").iterdir()).read_bytes()
    told = repr([summary, answer]).encode()
    return {
        "renditions": b"".join(renditions), "previews": previews, "frames": frames,
        "instance": exported + scrubbed + told, "png": png,
    }  # fmt: skip


@pytest.fixture(scope="module", params=FORMATS)
def pair(request, tmp_path_factory):
    if not is_here(request.param):
        pytest.skip("needs the extra heif")
    data = photo(request.param)
    return request.param, data, made(data, tmp_path_factory.mktemp("photo"))


@pytest.mark.parametrize("output", OUTPUTS)
def test_nothing_planted_survives(pair, output):
    form, data, out = pair
    assert len(planted_places(data)) >= LEAST[form]
    assert planted_places(out[output]) == set()
    assert out[output]


def test_what_is_shown_carries_no_metadata(pair):
    _, _, out = pair
    for name in ("png", "previews"):
        with Image.open(io.BytesIO(out[name])) as image:
            image.load()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert not dict(image.getexif())


def test_the_pixels_are_those_of_the_first_picture(pair):
    _, _, out = pair
    with Image.open(io.BytesIO(out["png"])) as image:
        assert np.abs(np.asarray(image).astype(int) - PIXELS).mean() < 8


def turned(orientation):
    """Give the pixels as a camera stores them that was held so (EXIF 2.3 section 4.6.4, tag 274)."""
    upright = PIXELS
    return {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1), 7: upright.transpose(1, 0, 2)[::-1, ::-1], 8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_ends_upright(form, orientation):
    if not is_here(form):
        pytest.skip("needs the extra heif")
    # libheif turns the picture when it is opened and Pillow's encoder of AVIF writes the turn itself.
    stored = np.ascontiguousarray(turned(orientation))
    ours = read_photo(photo(form, orientation=orientation, pixels=stored))
    assert ours.shape == PIXELS.shape
    assert np.abs(ours.astype(int) - PIXELS).mean() < 8


def test_the_search_sees_what_is_there():
    data = photo("JPEG")
    assert {f"{MARK}makernote", f"{MARK}credentials", f"{MARK}icctail", f"{MARK}tail"} <= planted_places(data)
    assert planted_places("nothing".encode("utf-16")) == set()
    assert planted_places(f"{MARK}wide".encode("utf-16-le")) == {f"{MARK}wide"}
