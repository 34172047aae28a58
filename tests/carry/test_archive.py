"""The archive opens in dcmtk, gdcm and pydicom, holds what was published without loss, and nothing that tells when."""

import io
import re
import shutil
import subprocess
import zipfile

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.fileset import FileSet
from sqlalchemy import select

from pinboard.intake import copying
from pinboard.models import Case, Instance
from tests.carry.conftest import PATIENT, TRUE_DAY, published, slices

NAME = re.compile(r"[A-Z0-9_]{1,8}(\.[A-Z]{1,3})?")


@pytest.fixture(scope="module")
def data(ada, case):
    answer = ada.get(f"/c/{case.public_id}/download/images.zip")
    assert answer.status_code == 200
    body = answer.get_data()
    assert answer.content_length == len(body)
    return body


@pytest.fixture(scope="module")
def folder(data, tmp_path_factory):
    place = tmp_path_factory.mktemp("copy")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(place)
    return place


@pytest.fixture(scope="module")
def instances(stores, case):
    with stores.reading() as session:
        return list(session.scalars(select(Instance).where(Instance.case_id == case.id)))


def run(tool, *arguments):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)


def files(folder):
    return sorted((folder / "DICOM").rglob("IM*"))


def test_names_are_those_of_the_old_discs(folder):
    parts = [part for path in folder.rglob("*") for part in path.relative_to(folder).parts]
    assert {"DICOMDIR", "INDEX.HTM", "README.TXT", "DICOM", "IHE_PDI"} <= set(parts)
    assert [part for part in parts if not NAME.fullmatch(part)] == []
    assert len(files(folder)) == 9


def test_pydicom_opens_every_file_of_the_directory(folder, instances):
    found = FileSet(folder / "DICOMDIR")
    assert {one.load().SOPInstanceUID for one in found} == {one.uid for one in instances}
    assert len(found) == len(instances)
    found._stage["t"].cleanup()


def test_dcmtk_reads_directory_and_files(folder):
    done = run("dcmdump", str(folder / "DICOMDIR"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("ReferencedFileID") == 9
    for path in files(folder):
        done = run("dcmdump", "+E", str(path))
        assert (done.returncode, done.stderr) == (0, "")


def test_dcmtk_shows_the_pictures(folder, tmp_path):
    for path in files(folder):
        done = run("dcmj2pnm", "--write-png", "--all-frames", str(path), str(tmp_path / path.parent.name))
        assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.iterdir())) >= 3


def test_dcmtk_makes_a_directory_of_the_same_files(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    ours = pydicom.dcmread(copy / "DICOMDIR")
    (copy / "DICOMDIR").unlink()
    done = run("dcmmkdir", "-Nxc", "+r", "+I", "+id", str(copy), "+D", str(tmp_path / "PEER"), "DICOM")
    assert done.returncode == 0, done.stderr
    peer = pydicom.dcmread(tmp_path / "PEER")
    assert images(ours) == images(peer)


def images(dataset):
    records = [one for one in dataset.DirectoryRecordSequence if one.DirectoryRecordType == "IMAGE"]
    return {("\\".join(one.ReferencedFileID), one.ReferencedSOPInstanceUIDInFile) for one in records}


def test_gdcm_reads_the_files(folder):
    for path in files(folder):
        done = run("gdcminfo", str(path))
        assert done.returncode == 0, done.stderr
        assert "TransferSyntax is 1.2.840.10008.1.2.1" in done.stdout


def test_dciodvfy_finds_no_error_in_the_directory(folder):
    done = run("dciodvfy", str(folder / "DICOMDIR"))
    assert [line for line in done.stderr.splitlines() if line.startswith("Error")] == []


def test_pixels_are_those_that_were_published(folder, instances, ada, case):
    by_uid = {pydicom.dcmread(path).SOPInstanceUID: path for path in files(folder)}
    for one in instances:
        alone = ada.get(f"/c/{case.public_id}/images/{one.public_id}/dicom").get_data()
        assert by_uid[one.uid].read_bytes() == alone
        assert np.ptp(pydicom.dcmread(by_uid[one.uid]).pixel_array) > 0


def test_no_true_day_and_no_patient_is_in_any_byte(data, folder):
    for told in (TRUE_DAY, "2024-02-19", "19.02.2024", PATIENT):
        assert told.encode() not in data
    for path in files(folder):
        assert pydicom.dcmread(path).get("StudyDate", "") != TRUE_DAY


def test_previews_are_one_for_each_frame(folder, instances):
    pictures = sorted((folder / "IHE_PDI").rglob("*.JPG"))
    assert len(pictures) == sum(one.frame_count for one in instances)
    for path in pictures:
        with Image.open(path) as image:
            image.load()


def test_missing_slices_are_stated(folder):
    sentence = "of the slices 1 to 9, 7 are here and 2 are missing"
    assert sentence in (folder / "README.TXT").read_text()
    assert sentence in (folder / "INDEX.HTM").read_text()


def test_one_series_alone_is_an_archive_of_it(ada, case):
    answer = ada.get(f"/c/{case.public_id}/download/images.zip?series=2")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.testzip() is None
        found = {name.split("/")[1] for name in archive.namelist() if name.startswith("DICOM/")}
    assert found == {"SE000002"}
    assert answer.headers["Content-Disposition"] == 'attachment; filename="series-2.zip"'
    assert ada.get(f"/c/{case.public_id}/download/images.zip?series=9").status_code == 404


# ---- what broke off goes on ------------------------------------------------------------------------------------------


def part(browser, case, asked, **more):
    return browser.get(f"/c/{case.public_id}/download/images.zip", headers={"Range": asked, **more})


def test_the_rest_of_an_archive_joins_what_came(ada, case, data):
    whole = ada.head(f"/c/{case.public_id}/download/images.zip")
    assert (whole.headers["Accept-Ranges"], whole.content_length) == ("bytes", len(data))
    for begin in (1, len(data) // 2, len(data) - 1):
        rest = part(ada, case, f"bytes={begin}-", **{"If-Range": whole.headers["ETag"]})
        assert (rest.status_code, rest.headers["ETag"]) == (206, whole.headers["ETag"])
        assert rest.headers["Content-Range"] == f"bytes {begin}-{len(data) - 1}/{len(data)}"
        assert data[:begin] + rest.get_data() == data
    assert part(ada, case, "bytes=100-299").get_data() == data[100:300]


def test_what_is_another_archive_by_now_begins_anew(stores, desk, ada):
    case = published(stores, desk, *slices(3, study="1.2.3.4.91"))
    path = f"/c/{case.public_id}/download/images.zip"
    before = ada.get(path)
    assert ada.get(path).headers["ETag"] == before.headers["ETag"]
    with stores.writing() as session:
        session.get_one(Case, case.id).findings = "OTHERWORDS" + "x" * (len("FINDINGWORDS") - len("OTHERWORDS"))
    again = part(ada, case, "bytes=1000-", **{"If-Range": before.headers["ETag"]})
    assert (again.status_code, again.content_length) == (200, before.content_length)
    assert again.headers["ETag"] != before.headers["ETag"]
    assert b"OTHERWORDS" in again.get_data()


def test_a_part_that_is_not_there_is_refused_and_keeps_no_place(ada, case, data):
    for _one in range(4):
        assert part(ada, case, f"bytes={len(data)}-").status_code == 416
    assert ada.get(f"/c/{case.public_id}/download/images.zip").status_code == 200


def test_many_small_files_are_made_together_and_a_large_one_alone():
    sizes = [3, 3, 3, 20, 1, *[0] * 40]
    made = list(copying._batches([(None, "", size << 20) for size in sizes]))
    assert [one[-1] >> 20 for batch in made for one in batch] == sizes
    assert [len(batch) for batch in made] == [2, 1, 1, 32, 9]
