"""Stacks and pictures of every modality go out as they came: opened by dcmtk and gdcm, probed against their files."""

import io
import shutil
import subprocess
import zipfile

import numpy as np
import pydicom
import pytest
from PIL import Image
from sqlalchemy import select

from pinboard.models import Instance, InstanceState
from tests.carry.conftest import published, release
from tests.intake.test_export import expected
from tests.samples import ROOT, sample

MOST = 4
POINTS = 100
STACKS = {
    "CT": "ct-series/pancreas-ct/*.dcm",
    "CT from a disc": "dicomdir-cd/77654033/CT2/*",
    "MR": "mr-series/t1w-7t-head/*",
    "MR that lies oblique": "mr-series/oblique-orientation/*",
    "MR from a disc": "dicomdir-cd/98892003/MR700/*",
    "MR of many frames": "mr-series/enhanced-mr-multiframe.dcm",
    "US cine": "ultrasound/echo-palette-10f-jpegls-burned-in.dcm",
    "CR": "xray-mammo/chest-pa-cr-mono1-jpeg-baseline.dcm",
    "DX": "xray-mammo/dog-thorax-dx-mono1.dcm",
    "RF": "xray-mammo/shoulder-rf.dcm",
    "MG": "xray-mammo/mammo-biopsy-overlay-out-of-bounds.dcm",
}

GREY = [name for name in STACKS if name != "US cine"]  # colours have no window


@pytest.fixture(scope="module", params=STACKS)
def carried(request, stores, desk, author, door, tmp_path_factory):
    """Give what the person in the images took along, the files that it was made of, and their own browser."""
    pattern = STACKS[request.param]
    sample(pattern.split("/")[0])
    sources = [path.read_bytes() for path in sorted(ROOT.glob(pattern))[:MOST]]
    assert sources, pattern
    case = published(stores, desk, *sources)
    pat = door(release(stores, case, author, _given(stores, case)))
    folder = tmp_path_factory.mktemp("stack")
    answer = pat.get(f"/my/c/{case.public_id}/download/images.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        archive.extractall(folder)
    return case, sources, folder, pat


def _given(stores, case):
    with stores.reading() as session:
        there = (Instance.case_id == case.id, Instance.state == InstanceState.PUBLISHED)
        return list(session.scalars(select(Instance.id).where(*there).order_by(Instance.id)))


def files(folder):
    return sorted((folder / "DICOM").rglob("IM*"))


def source_of(dataset, sources):
    """Find the file that an instance was made of by its number and place; what comes alone needs neither."""
    if len(sources) == 1:
        return sources[0]
    read = {_place(pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)): data for data in sources}
    assert len(read) == len(sources)
    return read[_place(dataset)]


def _place(dataset):
    return int(dataset.InstanceNumber), tuple(round(float(one), 2) for one in dataset.ImagePositionPatient)


def in_units(pixels, dataset):
    return pixels * float(dataset.get("RescaleSlope") or 1) + float(dataset.get("RescaleIntercept") or 0)


@pytest.mark.parametrize("tool", ["dcmdump", "gdcminfo"])
def test_its_peers_open_every_file(carried, tool):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    paths = [*files(carried[2]), *([carried[2] / "DICOMDIR"] if tool == "dcmdump" else [])]
    for path in paths:
        done = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_hundred_points_of_each_frame_are_those_of_its_file(carried):
    _case, sources, folder, _pat = carried
    chance = np.random.default_rng(7)
    for path in files(folder):
        ours = pydicom.dcmread(path)
        before = expected(source_of(ours, sources))
        source = pydicom.dcmread(io.BytesIO(source_of(ours, sources)), stop_before_pixels=True)
        after = ours.pixel_array if int(ours.get("NumberOfFrames") or 1) > 1 else ours.pixel_array[None]
        assert after.shape == before.shape
        frame, row, column = (chance.integers(0, size, POINTS) for size in before.shape[:3])
        probed = in_units(after[frame, row, column].astype(float), ours)
        assert (probed == in_units(before[frame, row, column].astype(float), source)).all()
        assert np.ptp(after[frame, row, column]) > 0


@pytest.mark.parametrize("carried", GREY, indirect=True)
def test_the_picture_is_that_of_the_formula(carried, stores):
    """Within one grey level of a window that the reader chose, written out (PS3.3 section C.11.2.1.2.1)."""
    case, _sources, folder, pat = carried
    by_uid = {one.SOPInstanceUID: one for one in map(pydicom.dcmread, files(folder))}
    with stores.reading() as session:
        wanted = select(Instance).where(Instance.case_id == case.id, Instance.media_name.is_not(None))
        image = session.scalars(wanted.order_by(Instance.id)).first()
    ours = by_uid[image.uid]
    answer = pat.get(f"/my/c/{case.public_id}/download/{image.media_name}/f0.png?center=100&width=301")
    stored = ours.pixel_array if image.frame_count == 1 else ours.pixel_array[0]
    flat = _frame_values(ours)
    shown = np.asarray(Image.open(io.BytesIO(answer.get_data()))).astype(int)
    grey = np.clip(np.round(((in_units(stored.astype(float), flat) - 99.5) / 300 + 0.5) * 255), 0, 255)
    if ours.PhotometricInterpretation == "MONOCHROME1":
        grey = 255 - grey
    padding = ours.get("PixelPaddingValue")
    is_picture = np.ones(stored.shape, bool) if padding is None else stored != padding
    assert np.abs(shown - grey)[is_picture].max() <= 1


def _frame_values(dataset):
    """Give the rescale of the first frame, which enhanced objects keep in groups."""
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or [pydicom.Dataset()]
    return (groups[0].get("PixelValueTransformationSequence") or [dataset])[0]
