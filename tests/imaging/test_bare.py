"""A stored picture that carries anything but pixels is noticed."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from pinboard.imaging.bare import is_bare_jpeg, is_bare_webp
from pinboard.imaging.renditions import ladder, preview_jpeg

rng = np.random.default_rng(3)
COLOUR = rng.integers(0, 256, (90, 300, 3), dtype=np.uint8)
PICTURES = [COLOUR, COLOUR[..., 0], np.zeros((3, 3), np.uint8), np.full((70, 61, 3), 255, np.uint8)]
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(form, **options):
    out = io.BytesIO()
    Image.fromarray(COLOUR).save(out, form, **options)
    return out.getvalue()


def exif():
    made = Image.Exif()
    made[0x010E] = "a description"
    return made.tobytes()


@pytest.mark.parametrize("pixels", PICTURES, ids=lambda pixels: str(pixels.shape))
def test_what_pinboard_makes_is_bare(pixels):
    assert is_bare_jpeg(preview_jpeg(pixels))
    assert all(is_bare_webp(webp) for _, _, webp in ladder(pixels))


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


JPEG = preview_jpeg(COLOUR)
WEBP = ladder(COLOUR)[-1][2]


@pytest.mark.parametrize(
    "data",
    [
        saved("JPEG", exif=exif()), saved("JPEG", comment=b"hello"), saved("JPEG", icc_profile=PROFILE),
        saved("JPEG", dpi=(300, 300)), saved("JPEG", xmp=b"<x/>"), JPEG + b"tail",
        JPEG[:2] + segment(0xED, b"Photoshop 3.0") + JPEG[2:], JPEG[:2] + segment(0xFE, b"") + JPEG[2:], JPEG[:-2],
        JPEG + JPEG, JPEG[:400], b"", b"\xff\xd8\xff\xd9", b"\xff\xd8", WEBP,
    ],
)  # fmt: skip
def test_more_than_pixels_in_a_jpeg_is_noticed(data):
    assert not is_bare_jpeg(data)


@pytest.mark.parametrize(
    "data",
    [
        saved("WEBP", exif=exif()), saved("WEBP", icc_profile=PROFILE), saved("WEBP", xmp=b"<x/>"), WEBP + b"tail",
        WEBP[:-1], WEBP[:12], b"", JPEG, b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        WEBP[:4] + struct.pack("<I", len(WEBP) + 4) + WEBP[8:] + b"EXIF" + struct.pack("<I", 0),
    ],
)  # fmt: skip
def test_more_than_pixels_in_a_webp_is_noticed(data):
    assert not is_bare_webp(data)
