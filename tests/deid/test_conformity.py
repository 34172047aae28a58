"""A file has no error, in the eyes of dciodvfy, that it did not have before `pinboard deid`."""

from __future__ import annotations

import re
import shutil
import subprocess

import pydicom
import pytest

from pinboard.imaging.errors import Refused
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
from tests.samples import ROOT, sample

DCIODVFY = shutil.which("dciodvfy")
FOLDERS = ("ct-series", "mr-series", "photos", "transfer-syntaxes", "ultrasound", "xray-mammo", "dicomdir-cd")
# What stands in brackets is the value that was found, which is another after pseudonyms were put in.
_VALUE = re.compile(r"= <[^<>]*>")


def dicom_files():
    """Give the samples that are DICOM, a few of each series: its slices differ in position alone."""
    by_folder: dict[object, list] = {}
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()):
        if path.read_bytes()[128:132] == b"DICM" or path.suffix == ".dcm":
            by_folder.setdefault(path.parent, []).append(path)
    return [path for paths in by_folder.values() for path in (paths if len(paths) < 20 else paths[::9])]


def errors(path):
    done = subprocess.run([DCIODVFY, "-new", str(path)], capture_output=True, text=True, errors="replace", check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return {_VALUE.sub("= <>", line) for line in lines if line.startswith("Error")}


def added(path, target):
    """Give the errors that de-identifying a file adds, None where it is refused."""
    try:
        _, parts = JOBS["scrub"]([path.read_bytes()], keys_params())
    except Refused:
        return None
    target.write_bytes(parts[0])
    return errors(target) - errors(path)


@pytest.fixture(autouse=True)
def needed():
    sample("ultrasound")
    if DCIODVFY is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")


def test_it_sees_what_is_wrong(tmp_path):
    path = sample("ct-series/pancreas-ct/1-044.dcm")
    dataset = pydicom.dcmread(path)
    del dataset.Modality
    dataset.save_as(tmp_path / "a.dcm")
    assert errors(tmp_path / "a.dcm") - errors(path)


def test_no_sample_gets_an_error_that_it_did_not_have(tmp_path):
    found = {path.name: added(path, tmp_path / "out.dcm") for path in dicom_files()}
    taken = {name: errors for name, errors in found.items() if errors is not None}
    assert len(taken) > 60
    assert {name: errors for name, errors in taken.items() if errors} == {}
