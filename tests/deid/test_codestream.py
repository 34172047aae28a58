"""Compressed frames lose their comments and keep their pixels."""

from __future__ import annotations

import io
import struct

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import JPEG2000Lossless, RLELossless

from pinboard.deid.codestream import Malformed, strip, strip_jpeg, strip_jpeg_2000, strip_rle
from tests.dicoms import MARK, marked_jpeg, segment
from tests.samples import sample

MARKER = MARK.encode()
PICTURE = np.random.default_rng(1).integers(0, 255, (40, 56, 3), dtype=np.uint8)


def decoded(frame: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(frame)))


@pytest.mark.parametrize("pixels", [PICTURE, PICTURE[..., 0]])
def test_jpeg_loses_its_comments_and_decodes_alike(pixels):
    frame = marked_jpeg(pixels)
    out = strip_jpeg(frame)
    assert frame.count(MARKER) == 3
    assert MARKER not in out
    assert out.endswith(b"\xff\xd9")
    assert np.array_equal(decoded(out), decoded(frame))


def test_jpeg_keeps_adobes_word_on_colour_and_not_its_tail():
    file = io.BytesIO()
    Image.fromarray(PICTURE).convert("CMYK").save(file, "JPEG")
    plain = file.getvalue()
    at = plain.index(b"Adobe")
    length = struct.unpack(">H", plain[at - 2 : at])[0]
    adobe = plain[at : at + length - 2] + MARKER
    frame = plain[: at - 4] + segment(0xEE, adobe) + plain[at - 2 + length :]
    out = strip_jpeg(frame)
    assert b"Adobe" in out
    assert MARKER not in out
    assert np.array_equal(decoded(out), decoded(plain))


def test_progressive_jpeg_keeps_every_scan():
    file = io.BytesIO()
    Image.fromarray(PICTURE).save(file, "JPEG", progressive=True, comment=MARK)
    out = strip_jpeg(file.getvalue())
    assert MARKER not in out
    assert np.array_equal(decoded(out), decoded(file.getvalue()))


def test_jpeg_thumbnail_in_jfif_goes():
    plain = marked_jpeg(PICTURE)
    at = plain.index(b"JFIF")
    end = at - 2 + struct.unpack(">H", plain[at - 2 : at])[0]
    frame = plain[: at - 4] + segment(0xE0, plain[at:end] + MARKER) + plain[end:]
    out = strip_jpeg(frame)
    assert MARKER not in out
    assert np.array_equal(decoded(out), decoded(plain))


def j2k() -> bytes:
    file = io.BytesIO()
    Image.fromarray(PICTURE).save(file, "JPEG2000", irreversible=False, no_jp2=True)
    return file.getvalue()


def commented(codestream: bytes) -> bytes:
    """Add comments to the main and the tile header, and a tail."""
    comment = segment(0x64, b"\0\1" + MARKER)
    siz = 4 + struct.unpack(">H", codestream[4:6])[0]
    tile = codestream.index(b"\xff\x90")
    total = struct.unpack(">I", codestream[tile + 6 : tile + 10])[0]
    part = codestream[tile : tile + 6] + struct.pack(">I", total + len(comment) if total else 0)
    part += codestream[tile + 10 : tile + 12] + comment + codestream[tile + 12 :]
    return codestream[:siz] + comment + codestream[siz:tile] + part + MARKER


def test_jpeg_2000_loses_its_comments_and_decodes_alike():
    plain = j2k()
    out = strip_jpeg_2000(commented(plain))
    assert commented(plain).count(MARKER) == 3
    assert MARKER not in out
    assert np.array_equal(decoded(out), PICTURE)


def test_jp2_wrapper_goes_with_its_boxes():
    wrapped = io.BytesIO()
    Image.fromarray(PICTURE).save(wrapped, "JPEG2000", irreversible=False)
    box = struct.pack(">I4s", 8 + 16 + len(MARKER), b"uuid") + b"u" * 16 + MARKER
    at = wrapped.getvalue().index(b"jp2c") - 4
    frame = wrapped.getvalue()[:at] + box + wrapped.getvalue()[at:] + box
    out = strip_jpeg_2000(frame)
    assert out.startswith(b"\xff\x4f\xff\x51")
    assert MARKER not in out
    assert np.array_equal(decoded(out), PICTURE)


def rle(pixels: np.ndarray) -> bytes:
    rows, columns = pixels.shape
    return RLELosslessEncoder.encode(
        pixels, rows=rows, columns=columns, bits_allocated=16, bits_stored=16, samples_per_pixel=1, number_of_frames=1,
        pixel_representation=0, photometric_interpretation="MONOCHROME2",
    )  # fmt: skip


def test_rle_is_cut_behind_its_last_pixel():
    pixels = PICTURE[..., 0].astype(np.uint16) * 7
    plain = rle(pixels)
    offsets = struct.unpack("<16I", plain[:64])
    between = plain[64 : offsets[2]] + MARKER + b"x" + plain[offsets[2] :] + MARKER
    header = struct.pack("<16I", 2, 64, offsets[2] + len(MARKER) + 1, *[0] * 12, 0x4D4D4D4D)
    out = strip_rle(header + between, pixels.size)
    assert MARKER not in out
    assert b"MMMM" not in out[:64]
    assert out == plain


@pytest.mark.parametrize(
    "name",
    ["JPEG2000LosslessOnly_1.2.840.10008.1.2.4.90", "JPEGLSLossless_1.2.840.10008.1.2.4.80",
     "JPEGProcess14SV1_1.2.840.10008.1.2.4.70", "RLELossless_1.2.840.10008.1.2.5"],
)  # fmt: skip
def test_a_stripped_frame_is_no_longer_than_it_was(name):
    dataset = pydicom.dcmread(sample(f"transfer-syntaxes/ct-chest/{name}.dcm"))
    frame = next(generate_frames(dataset.PixelData, number_of_frames=1))
    out = strip(frame, str(dataset.file_meta.TransferSyntaxUID), segment_length=dataset.Rows * dataset.Columns)
    assert 0 <= len(frame) - len(out) < 200


@pytest.mark.parametrize("cut", [0, 1, 3, 20, 70, 200])
@pytest.mark.parametrize("syntax", [JPEG2000Lossless, RLELossless, "1.2.840.10008.1.2.4.50", "1.2.3"])
def test_what_is_no_such_frame_is_malformed(syntax, cut):
    noise = np.random.default_rng(cut).integers(0, 255, 300, dtype=np.uint8).tobytes()
    with pytest.raises(Malformed):
        strip(noise[:cut], syntax, segment_length=1_000)


@pytest.mark.parametrize("length", range(2, 120, 7))
def test_a_cut_frame_is_malformed_or_shorter_but_never_an_error_of_another_type(length):
    for frame, syntax in ((marked_jpeg(PICTURE), "1.2.840.10008.1.2.4.50"), (j2k(), JPEG2000Lossless)):
        try:
            out = strip(frame[:length], syntax, segment_length=1)
        except Malformed:
            continue
        assert MARKER not in out
