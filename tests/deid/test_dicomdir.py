"""A directory is read by pydicom, dcmtk and dicom3tools as the files are, and its links lead from record to record."""

import io
import shutil
import subprocess

import pydicom
import pytest
from pydicom.fileset import FileSet

from pinboard.deid.dicomdir import Filed, directory
from pinboard.deid.encode import EXPLICIT
from pinboard.deid.instance import Pixels, write

CODE = "P-7Q3K-9V2M-4D8T"
DCMDUMP, DCIODVFY = shutil.which("dcmdump"), shutil.which("dciodvfy")


def header(study, series, number, **more):
    return {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
        "SOPInstanceUID": f"2.25.{study}{series}{number}",
        "StudyInstanceUID": f"2.25.{study}",
        "SeriesInstanceUID": f"2.25.{study}{series}",
        "PatientID": CODE,
        "PatientName": CODE,
        "Modality": "CT",
        "InstanceNumber": number,
        "Rows": 2,
        "Columns": 2,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        **more,
    }


HEADERS = [
    header(7, 1, 1, StudyDate="20010203", SeriesNumber=4),
    header(8, 1, 1),
    header(7, 2, 1, StudyDate="20010203"),
    header(7, 1, 2, StudyDate="20010203", SeriesNumber=4),
]


@pytest.fixture
def place(tmp_path):
    """Write a directory and its files where peers can look."""
    filed = []
    (tmp_path / "DICOM").mkdir()
    for number, one in enumerate(HEADERS):
        name = ("DICOM", f"IM{number:06}")
        (tmp_path / name[0] / name[1]).write_bytes(write(one, Pixels(EXPLICIT, (b"\1\2\3\4",))))
        filed.append(Filed(one, name))
    (tmp_path / "DICOMDIR").write_bytes(directory(filed))
    return tmp_path


def test_pydicom_finds_every_file_under_its_study_and_series(place):
    found = FileSet(place / "DICOMDIR")
    assert found.find_values("PatientID") == [CODE]
    assert sorted(found.find_values("StudyInstanceUID")) == ["2.25.7", "2.25.8"]
    assert len(found) == len(HEADERS)
    for one in found:
        assert one.load().SOPInstanceUID == one.SOPInstanceUID
    assert {one.InstanceNumber for one in found.find(SeriesInstanceUID="2.25.71")} == {1, 2}
    assert found.find(StudyInstanceUID="2.25.7")[0].StudyDate == "20010203"
    found._stage["t"].cleanup()


def test_the_links_lead_over_all_records():
    dataset = pydicom.dcmread(io.BytesIO(directory([Filed(one, ("A", str(n))) for n, one in enumerate(HEADERS)])))
    kinds = [record.DirectoryRecordType for record in dataset.DirectoryRecordSequence]
    assert kinds == ["PATIENT", "STUDY", "SERIES", "IMAGE", "IMAGE", "SERIES", "IMAGE", "STUDY", "SERIES", "IMAGE"]
    at = {record.seq_item_tell: record for record in dataset.DirectoryRecordSequence}
    seen = []

    def follow(offset):
        while offset:
            record = at[offset]
            seen.append(record.DirectoryRecordType)
            follow(record.OffsetOfReferencedLowerLevelDirectoryEntity)
            offset = record.OffsetOfTheNextDirectoryRecord

    follow(dataset.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity)
    assert seen == kinds


@pytest.mark.skipif(DCMDUMP is None, reason="dcmtk is not installed")
def test_dcmtk_reads_it_without_a_word(place):
    done = subprocess.run([DCMDUMP, place / "DICOMDIR"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("ReferencedFileID") == len(HEADERS)


@pytest.mark.skipif(DCMDUMP is None, reason="dcmtk is not installed")
def test_dcmtk_writes_the_same_records_of_the_same_files(place):
    """Its own directory of these files has the same records with the same values, whatever their order."""
    ours = pydicom.dcmread(place / "DICOMDIR")
    mine = records(ours)
    (place / "DICOMDIR").unlink()
    command = [
        "dcmmkdir",
        "--recurse",
        "--invent",
        "--input-directory",
        place,
        "--output-file",
        place / "PEER",
        "DICOM",
    ]
    subprocess.run(command, check=True, capture_output=True)
    assert records(pydicom.dcmread(place / "PEER")) >= mine


def records(dataset):
    kept = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "Modality", "ReferencedFileID", "InstanceNumber")
    kept += ("ReferencedSOPClassUIDInFile", "ReferencedSOPInstanceUIDInFile", "ReferencedTransferSyntaxUIDInFile")
    return {
        (record.DirectoryRecordType, *(str(record.get(keyword)) for keyword in kept))
        for record in dataset.DirectoryRecordSequence
    }


@pytest.mark.skipif(DCIODVFY is None, reason="dciodvfy (dicom3tools) is not installed")
def test_dciodvfy_finds_no_error(place):
    done = subprocess.run([DCIODVFY, place / "DICOMDIR"], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if line.startswith("Error")] == []
