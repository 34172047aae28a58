"""What was published comes out again with the pixels it came with, outside the boxes; compared with pydicom alone."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.pixels import apply_color_lut
from sqlalchemy import select

from pinboard.deid.pixels import boxes_of, is_painted
from pinboard.intake import export
from pinboard.intake.errors import IntakeError
from pinboard.models import Receipt
from tests.intake.files import ct, photo, wheel
from tests.samples import sample

BOX = (10, 10, 60, 30)


def exported(stores, desk, case):
    (one,) = desk.instances(case)
    with stores.reading() as session:
        data = export.instance_bytes(stores, session, one)
        painted = session.scalars(select(Receipt.boxes).where(Receipt.case_id == case.id)).one()
    return pydicom.dcmread(io.BytesIO(data)), painted


def expected(data):
    """Give all frames as pydicom shows them, colours as RGB."""
    dataset = pydicom.dcmread(io.BytesIO(data), force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:
        # Written before Part 10 was; such files are implicit little endian.
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    pixels = dataset.pixel_array
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, dataset)
        pixels = pixels >> 8 if pixels.dtype == np.uint16 else pixels
    frames = int(dataset.get("NumberOfFrames") or 1)
    return pixels if frames > 1 else pixels[None]


def mask(shape, painted):
    inside = np.zeros(shape[:3], bool)
    for frame, x0, y0, x1, y1 in painted:
        inside[slice(None) if frame is None else frame, y0:y1, x0:x1] = True
    return inside


@pytest.mark.parametrize(
    "name",
    [
        "CT_small.dcm",
        "MR_small_RLE.dcm",
        "examples_palette.dcm",
        "examples_ybr_color.dcm",
        "J2K_pixelrep_mismatch.dcm",
        "SC_rgb_jpeg_dcmtk.dcm",
        "ultrasound/echo-cine-65f-jpeg-burned-in.dcm",
        "ultrasound/pancreas-mono-jpegls-burned-in.dcm",
        "xray-mammo/dental-opg-mono1-modality-lut.dcm",
        "xray-mammo/chest-mono1-acr-nema-no-part10.dcm",
        "photos/xc-photo-with-icon.dcm",
        "transfer-syntaxes/signed16-full-range.dcm",
        "transfer-syntaxes/jpegls-rgb-ilv0.dcm",
    ],
)
def test_pixels_equal_those_of_the_source_outside_the_boxes(stores, desk, name):
    data = sample(name).read_bytes() if "/" in name else wheel(name)
    case = desk.published(data, boxes={0: [BOX]})
    out, painted = exported(stores, desk, case)
    before = expected(data)
    after = out.pixel_array if int(out.get("NumberOfFrames") or 1) > 1 else out.pixel_array[None]
    assert after.shape == before.shape
    inside = mask(before.shape, painted)
    assert inside[:, BOX[1] : BOX[3], BOX[0] : BOX[2]].all()
    assert inside.mean() < 0.9
    assert (after[~inside] == before[~inside]).all()
    for frame, where in zip(after, inside, strict=True):
        assert len(np.unique(frame[where].reshape(where.sum(), -1), axis=0)) == 1


def test_a_box_of_one_frame_leaves_the_others(stores, desk):
    data = wheel("examples_ybr_color.dcm")
    case = desk.published(data, boxes={0: [(*BOX, 3)]})
    out, painted = exported(stores, desk, case)
    assert [box[0] for box in painted] == [3]
    changed = [(one != other).any() for one, other in zip(out.pixel_array, expected(data), strict=True)]
    assert changed == [index == 3 for index in range(30)]


@pytest.mark.parametrize("name", ["CT_small.dcm", "examples_palette.dcm", "examples_ybr_color.dcm"])
def test_a_blur_holds_what_surrounds_it_and_comes_back_the_same_when_it_is_uploaded_again(stores, desk, name):
    data = wheel(name)
    case = desk.published(data, boxes={0: [(*BOX, None, "blur")]})
    out, painted = exported(stores, desk, case)
    assert [box[5:] for box in painted] == [["blur"]]
    frames = out.pixel_array if int(out.get("NumberOfFrames") or 1) > 1 else out.pixel_array[None]
    before = expected(data)
    inside = mask(before.shape, [box[:5] for box in painted])
    assert (frames[~inside] == before[~inside]).all()
    assert (frames[inside] != before[inside]).any()
    for frame in frames:
        assert is_painted(frame, boxes_of(painted, 0), 0)
    again = io.BytesIO()
    out.save_as(again)
    second, _painted = exported(stores, desk, desk.published(again.getvalue()))
    assert second.PixelData == out.PixelData


def test_a_photo_keeps_its_pixels_and_becomes_an_instance(stores, desk):
    data = photo("PNG", size=(64, 48))
    case = desk.published(data)
    out, _painted = exported(stores, desk, case)
    assert (out.pixel_array == np.asarray(Image.open(io.BytesIO(data)))).all()
    assert (out.Modality, out.SOPClassUID.name) == ("XC", "VL Photographic Image Storage")


def test_the_exported_header_is_ours_and_valid_part_10(stores, desk):
    case = desk.published(ct(PatientName="Zebra^Quagga", InstitutionName="Okapi hospital"))
    out, _painted = exported(stores, desk, case)
    assert out.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    assert out.PatientIdentityRemoved == "YES"
    assert out.BurnedInAnnotation == "NO"
    assert str(out.PatientName) == str(out.PatientID)
    assert str(out.PatientID).startswith("P-")
    assert "InstitutionName" not in out
    assert out.preamble == bytes(128)


def test_what_is_not_published_is_not_exported(stores, desk):
    case = desk.draft()
    desk.upload(case, ct())
    with stores.reading() as session, pytest.raises(IntakeError, match="not-published"):
        export.instance_bytes(stores, session, desk.instances(case)[0])
