"""Files are told by their content."""

from __future__ import annotations

import pytest

from pinboard.imaging.errors import REFUSALS
from pinboard.imaging.sniff import HEAD, PHOTOS, REFUSED_KINDS, Kind, sniff
from tests.dicoms import make_dicom
from tests.samples import sample

DICM = bytes(128) + b"DICM"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", Kind.EMPTY),
        (b"hello, this is text\n", Kind.TEXT),
        ("Grüße, мир".encode(), Kind.TEXT),
        (b"<html><script>", Kind.TEXT),
        (b'<?xml version="1.0"?><svg xmlns="">', Kind.SVG),
        (b"  <SVG>", Kind.SVG),
        (b"%PDF-1.7", Kind.PDF),
        (b"PK\x03\x04....", Kind.ZIP),
        (b"GIF89a", Kind.GIF),
        (b"RIFF\0\0\0\0AVI LIST", Kind.VIDEO),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Kind.VIDEO),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Kind.AVIF),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind.HEIC),
        (b"MZ".ljust(128, b"\0") + b"DICM", Kind.DICOM),
        (b"II*\0".ljust(128, b"\0") + b"DICM", Kind.DICOM),
        (b"\x7fELF\x02\x01\x01\0\xff", Kind.UNKNOWN),
        (b"\x08\x00", Kind.UNKNOWN),
    ],
)
def test_a_start_tells_the_kind(head, kind):
    assert sniff(head, len(head)) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("photos/fundus-retina.jpg", Kind.JPEG),
        ("photos/exif.png", Kind.PNG),
        ("photos/gray-16bit.tif", Kind.TIFF),
        ("photos/iphone11-gps.heic", Kind.HEIC),
        ("photos/hopper.heif", Kind.HEIC),
        ("photos/orientation/xmp_tags_orientation.avif", Kind.AVIF),
        ("photos/orientation/hopper_orientation_6.webp", Kind.WEBP),
        ("xray-mammo/chest-mono1-acr-nema-no-part10.dcm", Kind.DICOM),
        ("hostile/dicom/polyglot-html-preamble.dcm", Kind.DICOM),
        ("hostile/images/html-named.jpg", Kind.TEXT),
        ("hostile/images/polyglot-jpeg-zip.jpg", Kind.JPEG),
    ],
)
def test_a_sample_is_what_it_is_whatever_its_name(name, kind):
    data = sample(name).read_bytes()
    assert sniff(data[:HEAD], len(data)) is kind


def test_a_data_set_without_preamble_is_dicom():
    data = make_dicom(is_planted=False).data
    assert sniff(data[132:], len(data) - 132) is Kind.DICOM


def test_every_kind_is_taken_or_has_a_sentence():
    for kind in Kind:
        assert (kind in PHOTOS or kind is Kind.DICOM) != (kind in REFUSED_KINDS)
    assert all(REFUSALS[code].endswith(".") for code in REFUSED_KINDS.values())
