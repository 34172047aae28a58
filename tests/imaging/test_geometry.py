"""How a frame lies in the patient and how large its pixels are, of real files, against tables made by hand."""

import math

import pytest

from pinboard.imaging.geometry import Spacing, direction, length, opposite, sides, spacing
from pinboard.imaging.groups import frame_header
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
from tests.samples import sample

CD = "dicomdir-cd/9889200"

# Right, below, left, above: read off the direction cosines, or the letters of the file where it has none.
SIDES = [
    ("ct-series/pancreas-ct/1-044.dcm", "L P R A"),
    (f"{CD}1/CT2N/6293", "A F P H"),  # 0 -1 0, 0 0 -1
    (f"{CD}1/CT2N/6924", "L F R H"),  # 1 0 0, 0 0 -1
    (f"{CD}3/MR1/15820", "P F A H"),  # 0 1 0, 0 0 -1
    (f"{CD}3/MR2/4981", "L P R A"),
    (f"{CD}3/MR700/4467", "PL F AR H"),  # .65 .76 .00: behind more than left
    (f"{CD}3/MR700/4528", "LP F RA H"),  # .96 .28 .00: 16 degrees
    (f"{CD}3/MR700/4558", "L F R H"),
    (f"{CD}3/MR700/4588", "LP F RA H"),  # .84 .54 .00
    (f"{CD}3/MR700/4618", "PL F AR H"),  # .41 .91 .01
    (f"{CD}3/MR700/4648", "P F A H"),  # -.14 .99 .01: 8 degrees
    ("mr-series/oblique-orientation/IM-0001-0001-0001 2.dcm", "P F A H"),  # .02 .99 .12, -.04 .12 -.99
    ("mr-series/oblique-orientation/IM-0001-0001-0001.dcm", "L P R A"),  # 1 -.01 -.04, .02 .97 .24: 14 degrees
    ("mr-series/t1w-7t-head/N2D_0096.dcm", "L P R A"),
    ("mr-series/lumbar-spine-j2k.dcm", "P F A H"),
    ("transfer-syntaxes/j2k-pixelrep-mismatch.dcm", "L PF R AH"),  # 1 0 0, 0 .93 -.37
    ("xray-mammo/mammo-mlo-12bit-jpeg-lossless.dcm", "P FL A HR"),
    ("xray-mammo/dog-thorax-dx-mono1.dcm", "L F R H"),
    ("xray-mammo/shoulder-rf.dcm", None),
]

SPACINGS = [
    ("ct-series/pancreas-ct/1-044.dcm", 1.07421875, 1.07421875, "patient"),
    (f"{CD}1/CT2N/6293", 0.545455, 0.596847, "patient"),
    ("mr-series/t1w-7t-head/N2D_0096.dcm", 0.666666686534882, 0.699987828731537, "patient"),
    ("transfer-syntaxes/j2k-pixelrep-mismatch.dcm", 0.431, 0.431, "patient"),
    ("xray-mammo/dental-opg-mono1-modality-lut.dcm", 0.15, 0.15, "detector"),
    ("xray-mammo/mammo-mlo-12bit-jpeg-lossless.dcm", 0.09409090909091, 0.09409090909091, "detector"),
    ("dicomdir-cd/77654033/CR1/6154", 0.1, 0.1, "detector"),
    ("ultrasound/elbow-ybr-full-422-uncompressed.dcm", 0.0616, 0.0616, "region"),
    ("ultrasound/paediatric-echo-34f-jpeg.dcm", 0.22857142857, 0.28571428571, "region"),
    ("ultrasound/cardiac-ybr-full-burned-in.dcm", None, None, "none"),
]


def header_of(name, frame=0):
    answer, _parts = JOBS["scrub"]([sample(name).read_bytes()], keys_params())
    return frame_header(answer["header"], frame)


@pytest.mark.parametrize(("name", "letters"), SIDES)
def test_the_letters_of_a_file(name, letters):
    assert sides(header_of(name)) == (letters.split() if letters else None)


@pytest.mark.parametrize(("name", "row", "column", "kind"), SPACINGS)
def test_the_spacing_of_a_file(name, row, column, kind):
    found = spacing(header_of(name))
    assert found.kind == kind
    assert (found.row, found.column) == (
        row and pytest.approx(row, rel=1e-6),
        column and pytest.approx(column, rel=1e-6),
    )


def test_an_enhanced_object_says_it_for_each_frame():
    headers = [header_of("mr-series/enhanced-mr-multiframe.dcm", frame) for frame in (0, 7)]
    assert [sides(header) for header in headers] == [sides(headers[0])] * 2 != [None] * 2
    assert headers[0]["ImagePositionPatient"] != headers[1]["ImagePositionPatient"]
    assert {spacing(header).kind for header in headers} == {"patient"}


@pytest.mark.parametrize(
    ("way", "letters"),
    [
        ((1, 0, 0), "L"), ((-1, 0, 0), "R"), ((0, 1, 0), "P"), ((0, -1, 0), "A"), ((0, 0, 1), "H"), ((0, 0, -1), "F"),
        ((math.cos(math.radians(14)), math.sin(math.radians(14)), 0), "L"),
        ((math.cos(math.radians(16)), -math.sin(math.radians(16)), 0), "LA"),
        ((-0.6, 0.5, -0.62), "FRP"),
    ],
)  # fmt: skip
def test_a_direction(way, letters):
    assert direction(way) == letters


def test_the_other_way():
    assert [opposite(letters) for letters in ("L", "PF", "HRA")] == ["R", "AH", "FLP"]


@pytest.mark.parametrize(
    "name", ["ct-series/pancreas-ct/1-044.dcm", f"{CD}1/CT2N/6293", "mr-series/t1w-7t-head/N2D_0096.dcm"]
)
def test_a_length_is_that_between_the_same_points_of_the_patient(name):
    header = header_of(name)
    cosines, at, (down, right) = (
        header["ImageOrientationPatient"],
        header["ImagePositionPatient"],
        header["PixelSpacing"],
    )

    def placed(x, y):  # PS3.3 section C.7.6.2.1.1
        return [at[axis] + cosines[axis] * right * x + cosines[axis + 3] * down * y for axis in range(3)]

    one, other = (31.5, 200.0), (180.0, 12.25)
    truth = math.dist(placed(*one), placed(*other))
    assert length(one, other, spacing(header)) == pytest.approx(truth, rel=1e-4)


def test_no_length_without_a_spacing():
    assert length((0, 0), (3, 4), Spacing()) is None
    assert length((0, 0), (3, 4), Spacing(2.0, 1.0, "patient")) == pytest.approx(math.hypot(3, 8))


REGION = {
    "RegionSpatialFormat": 1, "PhysicalUnitsXDirection": 3, "PhysicalUnitsYDirection": 3, "PhysicalDeltaX": 0.02,
    "PhysicalDeltaY": 0.03, "RegionLocationMinX0": 10, "RegionLocationMinY0": 20, "RegionLocationMaxX1": 300,
    "RegionLocationMaxY1": 400,
}  # fmt: skip


@pytest.mark.parametrize(
    ("regions", "kind"),
    [
        ([REGION], "region"), ([REGION, REGION | {"RegionSpatialFormat": 3}], "region"),
        ([REGION, REGION | {"PhysicalDeltaX": 0.05}], "none"), ([REGION | {"PhysicalUnitsXDirection": 4}], "none"),
        ([REGION | {"PhysicalDeltaY": 0.0}], "none"), ([], "none"),
    ],
)  # fmt: skip
def test_regions_of_ultrasound_count_where_they_are_flat_and_agree(regions, kind):
    found = spacing({"SequenceOfUltrasoundRegions": regions})
    assert found.kind == kind
    if kind == "region":
        assert (found.row, found.column, found.regions) == (0.3, 0.2, ((10, 20, 300, 400),))


def test_a_calibrated_spacing_goes_before_that_of_the_imager_and_an_uncalibrated_one_is_none():
    imager = {"ImagerPixelSpacing": [0.15, 0.15]}
    assert spacing(imager | {"PixelSpacing": [0.12, 0.12]}).kind == "patient"
    assert spacing(imager | {"PixelSpacing": [0.15, 0.15]}).kind == "detector"
    same = imager | {"PixelSpacing": [0.15, 0.15], "PixelSpacingCalibrationType": "GEOMETRY"}
    assert spacing(same).kind == "patient"
    assert spacing({"NominalScannedPixelSpacing": [0.1, 0.1]}).kind == "detector"
