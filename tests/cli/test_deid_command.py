"""`pinboard deid IN OUT`, as an operator runs it."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pydicom
import pytest
from PIL import Image

from pinboard.cli import main
from tests.dicoms import MARK, make_dicom
from tests.samples import sample


def outputs(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_of_dicom_and_photos(tmp_path, capsys):
    source = tmp_path / f"{MARK}_in"
    (source / "deep").mkdir(parents=True)
    (source / f"{MARK}.dcm").write_bytes(make_dicom().data)
    (source / "deep" / "b").write_bytes(make_dicom(study_uid="1.2.3").data)
    (source / "c.jpg").write_bytes(sample("photos/exif-gps-minimal.jpg").read_bytes())
    (source / "notes.txt").write_text("hello")
    (source / "report.pdf").write_bytes(b"%PDF-1.7")
    assert main(["deid", str(source), str(tmp_path / "out")]) == 0
    assert outputs(tmp_path / "out") == ["img-0001.dcm", "img-0002.png", "img-0003.dcm"]
    said = capsys.readouterr()
    assert "3 written, 2 refused." in said.out
    assert "refused (pdf)" in said.err
    assert "refused (not-an-image)" in said.err
    for path in (tmp_path / "out").iterdir():
        assert MARK.encode() not in path.read_bytes()
    one, two = (pydicom.dcmread(tmp_path / "out" / name) for name in ("img-0001.dcm", "img-0003.dcm"))
    assert one.PatientID == two.PatientID
    assert one.StudyInstanceUID != two.StudyInstanceUID


def test_a_locked_member_of_a_zip_is_called_locked_and_the_rest_is_done(tmp_path, capsys):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("locked.dcm", make_dicom().data)
        archive.writestr("open.dcm", make_dicom().data)
    data = bytearray(held.getvalue())
    for header, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flag] |= 1
    (tmp_path / "cd.zip").write_bytes(data)
    assert main(["deid", str(tmp_path / "cd.zip"), str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert "1 written, 1 refused." in said.out
    assert "refused (encrypted) locked.dcm: This file is locked with a password." in said.err


def test_a_zip_is_read_in_memory_and_its_names_are_no_paths(tmp_path, capsys):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("x.dcm", make_dicom().data)
    with zipfile.ZipFile(tmp_path / "cd.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.dcm", make_dicom().data)
        archive.writestr("\x1b[31mred.txt", b"text")
        archive.writestr("inner.zip", inner.getvalue())
    assert main(["deid", str(tmp_path / "cd.zip"), str(tmp_path / "out")]) == 0
    assert outputs(tmp_path / "out") == ["img-0001.dcm"]
    assert not list(tmp_path.parent.glob("evil*"))
    said = capsys.readouterr().err
    assert "refused (archive) inner.zip" in said
    assert "\x1b" not in said


def test_one_file_and_a_key_that_repeats(tmp_path):
    (tmp_path / "a.dcm").write_bytes(make_dicom().data)
    (tmp_path / "key").write_bytes(bytes(range(32)))
    names = []
    for target in ("one", "two"):
        assert main(["deid", str(tmp_path / "a.dcm"), str(tmp_path / target), "--key", str(tmp_path / "key")]) == 0
        names.append(pydicom.dcmread(tmp_path / target / "img-0001.dcm").PatientID)
    assert main(["deid", str(tmp_path / "a.dcm"), str(tmp_path / "three")]) == 0
    assert names[0] == names[1] != pydicom.dcmread(tmp_path / "three" / "img-0001.dcm").PatientID


def test_a_photo_comes_out_as_its_pixels(tmp_path):
    assert main(["deid", str(sample("photos/exif.png")), str(tmp_path)]) == 0
    out = Image.open(tmp_path / "img-0001.png")
    assert np.array_equal(np.asarray(out), np.asarray(Image.open(sample("photos/exif.png"))))
    assert not {"exif", "icc_profile"} & set(out.info)


@pytest.mark.parametrize(
    "arguments", [["nowhere", "out"], ["a.dcm", "out", "--key", "nokey"], ["a.dcm", "out", "--key", "a.dcm"]]
)
def test_what_cannot_start_says_so(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.dcm").write_bytes(make_dicom(is_planted=False).data)
    assert main(["deid", *arguments]) == 2
    assert capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_out_inside_in_is_not_taken_again(tmp_path):
    (tmp_path / "a.dcm").write_bytes(make_dicom(is_planted=False).data)
    for _ in range(2):
        assert main(["deid", str(tmp_path), str(tmp_path / "out")]) == 0
    assert outputs(tmp_path / "out") == ["img-0001.dcm"]
