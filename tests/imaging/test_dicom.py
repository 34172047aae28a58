"""Frames are pydicom's own pixels, and no file costs more than it may."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_color_lut
from pydicom.uid import ExplicitVRLittleEndian

from pinboard.imaging import dicom
from pinboard.imaging.errors import Refused
from tests.dicoms import make_dicom
from tests.samples import ROOT, sample, samples

UNREADABLE = {
    # No decoder is installed by default for these.
    "JPEGProcess10_12_1.2.840.10008.1.2.4.55.dcm", "JPEGProcess6_8_1.2.840.10008.1.2.4.53.dcm", "echo-27f-jpegxl.dcm",
    "video-mpeg4-h264-echo-65f.dcm", "JPEGProcess2_4_1.2.840.10008.1.2.4.51.dcm", "hip-cr-jpeg-extended-12bit.dcm",
    "jpeg-2frame-fragmented-no-bot.dcm",
}  # fmt: skip
FOLDERS = ("ultrasound", "xray-mammo", "mr-series", "transfer-syntaxes", "photos", "ct-series", "dicomdir-cd")


def readable() -> list[str]:
    found = []
    for path in [path for folder in FOLDERS for path in samples(f"{folder}/**/*")]:
        is_dicom = path.suffix == ".dcm" or not path.suffix
        if is_dicom and path.name not in UNREADABLE and "DICOMDIR" not in path.name:
            found.append(str(path.relative_to(ROOT)))
    # One of each long series is enough.
    return [name for name in found if not any(f"{n:02}" in name.rsplit("-", 1)[-1] for n in range(45, 100))]


def reference(path):
    """Give pydicom's own picture of a file."""
    dataset = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset, dataset.pixel_array


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", readable())
def test_a_frame_is_what_pydicom_gives(name):
    path = sample(name)
    dataset = dicom.read(path.read_bytes())
    dicom.check(dataset)
    if name.endswith("no-part10.dcm"):
        expected = np.frombuffer(dataset.PixelData, "<u2")[: 440 * 440].reshape(440, 440) & 0x3FF
        assert np.array_equal(dicom.frame(dataset, 0), expected)
        return
    theirs, pixels = reference(path)
    count = dicom.frame_count(dataset)
    pixels = pixels if count > 1 else pixels[np.newaxis]
    if theirs.PhotometricInterpretation == "PALETTE COLOR":
        colours = apply_color_lut(pixels, theirs)
        pixels = (colours >> 8 if colours.max() > 255 else colours).astype(np.uint8)
    for index in {0, count // 2, count - 1}:
        ours = dicom.frame(dataset, index)
        assert ours.dtype == pixels.dtype.newbyteorder("=")
        assert np.array_equal(ours, pixels[index], equal_nan=ours.dtype.kind == "f")


@pytest.mark.parametrize(
    "name",
    ["elbow-ybr-full-422-uncompressed", "cardiac-ybr-full-burned-in", "thyroid-ybr-full-rle-DOE_JOHN",
     "follicle-ybr-full-rle-planar1", "thyroid-ybr-ict-j2k-burned-in", "echo-cine-65f-jpeg-burned-in"],
)  # fmt: skip
def test_ultrasound_is_grey_and_not_green(name):
    frame = dicom.frame(dicom.read(sample(f"ultrasound/{name}.dcm").read_bytes()), 0).astype(int)
    red, green, blue = (frame[..., channel].mean() for channel in range(3))
    assert abs(green - red) < 3 + 0.15 * red
    assert abs(green - blue) < 3 + 0.25 * blue


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_what_no_decoder_reads_is_refused_before_it_is_taken(name):
    folder = next((str(path.relative_to(ROOT)) for path in samples(f"**/{name}")), f"transfer-syntaxes/{name}")
    with pytest.raises(Refused) as refusal:
        dicom.check(dicom.read(sample(folder).read_bytes()))
    assert refusal.value.code == "unsupported-syntax"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("documents/encapsulated-pdf.dcm", "pdf"), ("documents/sr-basic-text.dcm", "unsupported-kind"),
        ("documents/rtstruct.dcm", "unsupported-kind"), ("documents/seg-liver.dcm", "unsupported-kind"),
        ("dicomdir-cd/DICOMDIR", "unsupported-kind"), ("hostile/dicom/huge-dims-65535.dcm", "too-large"),
        ("hostile/dicom/deeply-nested-sequence.dcm", "damaged"), ("hostile/dicom/xss-in-tags.dcm", "no-pixels"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_by_its_kind(name, code):
    with pytest.raises(Refused) as refusal:
        dicom.check(dicom.read(sample(name).read_bytes()))
    assert refusal.value.code == code


def test_a_recording_of_pydicoms_own_is_no_picture_but_something_to_draw():
    with pytest.raises(Refused) as refusal:
        dicom.check(dicom.read(Path(get_testdata_file("waveform_ecg.dcm")).read_bytes()))
    assert refusal.value.code == "tracing"


def bare(data: bytes) -> bytes:
    """Give the data set without preamble and file meta."""
    return data[144 + struct.unpack("<I", data[140:144])[0] :]


def test_a_file_without_preamble_and_meta_reads_alike():
    data = make_dicom(is_planted=False).data
    dataset = dicom.read(bare(data))
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert np.array_equal(dicom.frame(dataset, 0), dicom.frame(dicom.read(data), 0))


def test_an_implicit_data_set_without_meta_reads_alike():
    data = make_dicom(is_planted=False, syntax="1.2.840.10008.1.2").data
    assert dicom.frame(dicom.read(bare(data)), 0).shape == (64, 48)


def deflated(data: bytes, body: bytes) -> bytes:
    old = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
    new = b"\x02\x00\x10\x00UI\x16\x001.2.840.10008.1.2.1.99"
    length = struct.unpack("<I", data[140:144])[0]
    meta = data[: 144 + length].replace(old, new)
    packer = zlib.compressobj(9, wbits=-15)
    return meta[:140] + struct.pack("<I", length + 2) + meta[144:] + packer.compress(body) + packer.flush()


def test_a_deflated_file_reads_alike():
    data = make_dicom(is_planted=False).data
    dataset = dicom.read(deflated(data, bare(data)))
    assert np.array_equal(dicom.frame(dataset, 0), dicom.frame(dicom.read(data), 0))


def test_a_deflated_bomb_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(dicom, "MAX_INFLATED", 1 << 20)
    data = make_dicom(is_planted=False).data
    bomb = deflated(data, bare(data) + bytes(8 << 20))
    assert len(bomb) < 40_000
    with pytest.raises(Refused) as refusal:
        dicom.read(bomb)
    assert refusal.value.code == "bomb"


def test_too_many_elements_are_refused(monkeypatch):
    monkeypatch.setattr(dicom, "MAX_ELEMENTS", 40)
    with pytest.raises(Refused):
        dicom.read(make_dicom().data)


@pytest.mark.parametrize("length", [0, 1, 7, 100, 131, 133, 150, 250, 400])
def test_a_cut_file_is_refused(length):
    data = make_dicom(is_planted=False).data[:length]
    with pytest.raises(Refused):
        dicom.check(dicom.read(data))


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ({"NumberOfFrames": 2_001}, "too-large"), ({"NumberOfFrames": -1}, "damaged"), ({"Rows": 0}, "damaged"),
        ({"Rows": 20_000, "Columns": 20_000}, "too-large"), ({"Rows": None}, "damaged"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.4"}, "unsupported-kind"),
        ({"SOPClassUID": "1.2.3"}, "unsupported-kind"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.481.1"}, "unsupported-kind"),
    ],
)  # fmt: skip
def test_sizes_and_kinds_out_of_bounds_are_refused(elements, code):
    dataset = dicom.read(make_dicom(is_planted=False).data)
    for keyword, value in elements.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    with pytest.raises(Refused) as refusal:
        dicom.check(dataset)
    assert refusal.value.code == code


def test_a_frame_beyond_the_last_is_refused():
    cine = np.arange(3 * 20 * 30, dtype=np.uint16).reshape(3, 20, 30)
    dataset = dicom.read(make_dicom(cine, is_planted=False).data)
    assert np.array_equal(dicom.frame(dataset, 2), cine[2])
    with pytest.raises(Refused):
        dicom.frame(dataset, 3)


def test_reading_leaves_no_line_in_the_log(caplog, capfd):
    dicom.read(make_dicom().data + b"garbage")
    with pytest.raises(Refused):
        dicom.read(io.BytesIO(b"\x08\x00\x05\x00CS").getvalue())
    assert not caplog.records
    assert capfd.readouterr() == ("", "")
