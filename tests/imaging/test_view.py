"""What the viewer is told, applied to the frames it is given, gives the values that pydicom reads from the file."""

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_modality_lut

from pinboard.deid.header import extract
from pinboard.imaging import dicom
from pinboard.imaging.errors import Refused
from pinboard.imaging.frames import decode_frame
from pinboard.imaging.view import slice_gap, views_of, windows
from pinboard.imaging.window import SHOWING, to_display
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
from tests.samples import samples

POINTS = 100
EACH = 2
"""Files of one folder that are read in the same way; the rest would say the same again."""


def chosen():
    """Take every sample picture, but few of each long series."""
    found, count = [], {}
    for path in samples("**/*"):
        if "hostile" in path.parts or path.suffix in {".md", ".zip", ".pdf", ".jpg", ".png", ".webp", ".heic", ".tif"}:
            continue
        if b"DICM" not in path.read_bytes()[:132]:
            continue
        folder = path.parent
        is_long = folder.name in {"pancreas-ct", "t1w-7t-head", "CT2", "CT5N", "MR1", "MR2"}
        count[folder] = count.get(folder, 0) + 1
        if not is_long or count[folder] <= EACH:
            found.append(path)
    return found


def viewed(view, stored):
    """Do what the viewer does: look up, or slope and intercept."""
    if view["modality_lut"]:
        lut = view["modality_lut"]
        return np.asarray(lut["data"], float)[np.clip(stored - lut["first"], 0, len(lut["data"]) - 1).astype(int)]
    return stored * view["slope"] + view["intercept"]


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, of files that are wrong on purpose
@pytest.mark.parametrize("path", chosen(), ids=lambda path: path.name)
def test_a_hundred_points_have_pydicoms_value(path):
    try:
        _said, parts = JOBS["scrub"]([path.read_bytes()], keys_params())
        answer, (pack, *_rest) = JOBS["develop"]([parts[0]], {})
    except Refused:
        return  # what is refused is tested where it is refused
    said = views_of(answer["header"], dtype=answer["dtype"], samples=answer["header"]["SamplesPerPixel"])
    if said["views"][0]["samples"] != 1:
        assert "slope" not in said["views"][0]
        return
    dataset = pydicom.dcmread(path, force=True)
    kinds = [kind for count, kind in said["runs"] for _ in range(count)]
    points = np.random.default_rng(3)
    for frame in {0, len(kinds) - 1}:
        at = answer["frames"][frame]
        packed = bytes(pack[at["offset"] : at["offset"] + at["length"]])
        stored = decode_frame(packed, tuple(answer["shape"]), answer["dtype"]).astype(float)
        pixels = pydicom.pixels.pixel_array(dataset, index=frame)
        truth = truth_of(dataset, pixels, frame)
        rows, columns = (points.integers(0, side, POINTS) for side in stored.shape[:2])
        mine = viewed(said["views"][kinds[frame]], stored[rows, columns])
        assert np.allclose(mine, truth[rows, columns], rtol=1e-6, atol=1e-6)

    # A preview reads of the header no more than showing takes, and shows the same.
    whole, few = (extract(dicom.read(parts[0]), derived=True, only=only) for only in (None, SHOWING))
    assert np.array_equal(*(to_display(dicom.frame(dicom.read(parts[0]), 0), header) for header in (whole, few)))


def truth_of(dataset, pixels, frame):
    """Give modality units by pydicom, with the line of the frame where an enhanced object has one."""
    groups = dataset.get("PerFrameFunctionalGroupsSequence")
    group = groups[frame].get("PixelValueTransformationSequence") if groups else None
    if group:
        return pixels * float(group[0].RescaleSlope) + float(group[0].RescaleIntercept)
    return np.asarray(apply_modality_lut(pixels, dataset), float)


def test_pairs_that_are_not_whole_and_widths_of_nothing_are_no_windows():
    header = {"WindowCenter": [40, 50, 60], "WindowWidth": [400, 0], "VOILUTFunction": "SIGMOID"}
    assert windows(header) == [{"center": 40.0, "width": 400.0, "function": "SIGMOID", "label": ""}]
    assert windows({"WindowCenter": 40.0}) == []


def test_padding_is_a_value_or_the_range_of_it():
    def padding(**header):
        return views_of(header, dtype="<i2", samples=1)["views"][0]["padding"]

    assert padding() is None
    assert padding(PixelPaddingValue=-2000) == -2000
    assert padding(PixelPaddingValue=-1000, PixelPaddingRangeLimit=-2000) == [-2000, -1000]


def test_colour_has_no_grey_values():
    (view,) = views_of({"PhotometricInterpretation": "RGB", "RescaleSlope": 2.0}, dtype="|u1", samples=3)["views"]
    assert "slope" not in view
    assert view["photometric"] == "RGB"


AXIAL = [1, 0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("heights", "gap"),
    [([0, 5, 10, 15], 5.0), ([15, 10, 5], 5.0), ([0, 5, 10, 30], 5.0), ([3], None), ([2, 2], None), ([], None)],
)
def test_the_gap_between_slices(heights, gap):
    assert slice_gap([[0, 0, height] for height in heights], AXIAL) == gap
    assert slice_gap([[0, 0, height] for height in heights], None) is None
