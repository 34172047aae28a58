"""Photos come out upright, in sRGB, and without anything but pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from pinboard.imaging.errors import Refused
from pinboard.imaging.photo import HAS_HEIF, read_photo
from tests.dicoms import MARK
from tests.samples import sample

ORIENTATIONS = range(1, 9)


def difference(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - two.astype(int)).mean())


def photo(name: str) -> np.ndarray:
    return read_photo(sample(f"photos/{name}").read_bytes())


@pytest.mark.parametrize("number", ORIENTATIONS)
def test_every_orientation_ends_upright(number):
    upright = photo("orientation/hopper_orientation_1.jpg")
    turned = photo(f"orientation/hopper_orientation_{number}.jpg")
    assert turned.shape == upright.shape
    assert difference(turned, upright) < 12
    assert difference(np.rot90(turned), upright) > 30


def test_webp_and_avif_end_upright():
    upright = photo("orientation/hopper_orientation_1.jpg")
    assert difference(photo("orientation/hopper_orientation_6.webp"), upright) < 12
    raw = np.asarray(Image.open(sample("photos/orientation/xmp_tags_orientation.avif")).convert("RGB"))
    turned = photo("orientation/xmp_tags_orientation.avif")
    # Its colours change, because its profile is applied.
    assert difference(turned, np.rot90(raw, 2)) < 20 < difference(turned, raw)


@pytest.mark.skipif(not HAS_HEIF, reason="needs the extra heif")
@pytest.mark.parametrize("tag", [1, 3, 6, 8])
def test_heic_is_not_turned_twice(tag):
    import pillow_heif

    picture = np.zeros((64, 128, 3), np.uint8)
    picture[:32, :64] = 255
    exif = Image.Exif()
    exif[0x0112] = tag
    out = io.BytesIO()
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/" tiff:Orientation="{tag}"/>'.encode()
    pillow_heif.from_pillow(Image.fromarray(picture)).save(out, quality=90, exif=exif.tobytes(), xmp=xmp)
    reference = pillow_heif.open_heif(out.getvalue()).to_pillow()
    ours = read_photo(out.getvalue())
    assert ours.shape[:2] == reference.size[::-1]
    assert difference(ours, np.asarray(reference.convert("RGB"))) < 2


def test_the_phones_heic_is_portrait():
    if not HAS_HEIF:
        pytest.skip("needs the extra heif")
    rows, columns = photo("iphone11-gps.heic").shape[:2]
    assert rows == 2048
    assert abs(rows / columns - 3313 / 2566) < 0.01


def test_the_longest_side_is_bounded():
    assert max(photo("jolla-phone-exif.jpg").shape) == 2048
    assert max(read_photo(sample("photos/jolla-phone-exif.jpg").read_bytes(), longest=500).shape) == 500


def test_sixteen_bit_grey_spans_the_scale():
    grey = photo("gray-16bit.tif")
    assert grey.ndim == 2
    assert grey.max() > 120
    assert np.ptp(grey) > 40


def test_cmyk_is_not_inverted():
    ours = photo("cmyk.jpg")
    plain = np.asarray(Image.open(sample("photos/cmyk.jpg")).convert("RGB"))
    assert ours.shape[-1] == 3
    assert difference(ours, plain) < 25


def test_a_profile_is_applied():
    colour = np.full((16, 16, 3), (200, 40, 40), np.uint8)
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert difference(read_photo(encoded(colour, "PNG", icc_profile=lab_like)), colour) < 2
    assert photo("icc-profile-big.jpg").shape == (250, 425, 3)
    assert difference(read_photo(encoded(colour, "PNG", icc_profile=MARK.encode() * 20)), colour) < 1


def encoded(pixels: np.ndarray, form: str, **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "F"])
def test_every_mode_becomes_grey_or_rgb(mode):
    source = Image.fromarray(np.tile(np.arange(0, 250, 5, dtype=np.uint8), (30, 1)))
    out = io.BytesIO()
    picture = Image.fromarray(np.asarray(source).astype(np.uint16) * 257) if mode == "I;16" else source.convert(mode)
    picture.save(out, "TIFF" if mode == "F" else "PNG")
    ours = read_photo(out.getvalue())
    assert ours.dtype == np.uint8
    assert ours.shape in {(30, 50), (30, 50, 3)}
    assert int(ours.reshape(30, 50, -1)[0, -1, 0]) > 200


def test_transparency_is_white():
    clear = np.zeros((8, 8, 4), np.uint8)
    assert read_photo(encoded(clear, "PNG")).min() == 255


def test_a_second_picture_in_the_file_is_not_taken():
    first, second = Image.new("L", (20, 10), 10), Image.new("L", (20, 10), 250)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second])
    assert read_photo(out.getvalue()).max() == 10


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_no_metadata_is_in_the_array(form):
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = f"{MARK} description", f"{MARK} artist"
    options = {"exif": exif.tobytes()} if form != "TIFF" else {"description": MARK}
    data = encoded(np.full((40, 40, 3), 7, np.uint8), form, **options) + MARK.encode()
    assert MARK.encode() in data
    ours = read_photo(data)
    assert MARK.encode() not in ours.tobytes()
    assert type(ours) is np.ndarray
    assert ours.base is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("hostile/images/bomb-10000x10000-gray.png", "too-large"), ("hostile/images/bomb-20000x20000-gray.png", "bomb"),
        ("hostile/images/truncated_jpeg.jpg", "damaged"), ("hostile/images/truncated_image.png", "damaged"),
        ("hostile/images/broken.png", "damaged"), ("hostile/images/decompression_bomb.gif", "gif"),
        ("hostile/svg/entityTest.svg", "svg"), ("hostile/images/html-named.jpg", "not-an-image"),
        ("documents/encapsulated-pdf.dcm", "not-an-image"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_code(name, code):
    with pytest.raises(Refused) as refusal:
        read_photo(sample(name).read_bytes())
    assert refusal.value.code == code


def test_unreadable_exif_is_no_reason_to_refuse():
    assert read_photo(sample("hostile/images/hopper_bad_exif.jpg").read_bytes()).shape[0] == 500
