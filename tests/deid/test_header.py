"""The header that comes out holds nothing that was not let in."""

from __future__ import annotations

import io
import zlib
from datetime import date

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit

from pinboard.deid.header import NotAllowed, rebuild, revalidate, reviewed
from pinboard.deid.pseudonym import Keys, chart_code
from pinboard.deid.reading import age_band
from pinboard.imaging import dicom
from pinboard.sandbox.jobs import JOBS
from tests import dicoms
from tests.dicoms import MARK, MARKED_DATE, MARKED_NUMBER, MARKED_UID, keys_params, make_dicom

KEYS = Keys.derive(b"k" * 32, "test")
TODAY = date(2026, 11, 24)
COLOUR = np.arange(40 * 32 * 3, dtype=np.uint8).reshape(40, 32, 3)


def scrubbed(data: bytes, **params):
    answer, parts = JOBS["scrub"]([data], keys_params() | params)
    return answer, parts[0]


def plain(*pixels, **elements):
    return make_dicom(*pixels, is_planted=False, **elements)


def opened(data: bytes):
    return pydicom.dcmread(io.BytesIO(data))


def forms(text: str):
    yield text.encode()
    yield text.encode("utf-16-le")
    yield text.lower().encode()


@pytest.mark.parametrize(
    ("pixels", "syntax"),
    [
        (None, ExplicitVRLittleEndian),
        (None, ImplicitVRLittleEndian),
        (COLOUR, ExplicitVRLittleEndian),
        (COLOUR, JPEGBaseline8Bit),
    ],
)
def test_no_planted_value_is_in_the_output(pixels, syntax):
    made = make_dicom(pixels, syntax=syntax)
    assert made.data.count(MARK.encode()) > 5_000
    answer, out = scrubbed(made.data)
    for text in (MARK, MARKED_UID, MARKED_NUMBER, MARKED_DATE, dicoms.BIRTH, dicoms.STUDY, "097Y", "112233"):
        assert any(form in made.data for form in forms(text))
        for form in forms(text):
            assert form not in out, text
            assert form not in repr(answer).encode(), text


def test_a_planted_value_is_in_no_deflated_output_either():
    plain = make_dicom().data
    start = 132 + 12 + int.from_bytes(plain[140:144], "little")
    packer = zlib.compressobj(wbits=-15)
    meta = plain[:start].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    meta = meta[:140] + (len(meta) - 144).to_bytes(4, "little") + meta[144:]
    at = meta.index(b"1.2.840.10008.1.2.1.99")
    meta = meta[: at - 2] + (22).to_bytes(2, "little") + meta[at:]
    answer, out = scrubbed(meta + packer.compress(plain[start:]) + packer.flush())
    assert answer["transfer_syntax"] == ExplicitVRLittleEndian
    assert MARK.encode() not in out


def test_what_showing_and_measuring_need_is_kept():
    out = opened(scrubbed(plain().data)[1])
    assert out.PixelSpacing == [0.7, 0.7]
    assert out.ImagePositionPatient == [-10, -20.5, 33]
    assert out.ImageOrientationPatient == [1, 0, 0, 0, 1, 0]
    assert (out.RescaleSlope, out.RescaleIntercept) == (1, -1024)
    assert (out.WindowCenter, out.WindowWidth) == ([40, 300], [400, 1500])
    assert (out.SeriesNumber, out.InstanceNumber, out.SliceThickness) == (2, 17, 3)
    assert (out.Modality, out.BodyPartExamined, out.PatientSex) == ("CT", "CHEST", "F")
    assert out.Manufacturer == "Siemens Healthineers"
    assert np.array_equal(out.pixel_array, np.arange(64 * 48, dtype=np.int16).reshape(64, 48))


def test_the_output_says_what_was_done():
    out = opened(scrubbed(plain().data)[1])
    assert out.PatientIdentityRemoved == "YES"
    assert out.DeidentificationMethod.startswith("Pinboard ")
    codes = [item.CodeValue for item in out.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113103", "113105", "113107", "113108"]
    assert out.LongitudinalTemporalInformationModified == "MODIFIED"
    assert "BurnedInAnnotation" not in out
    assert out.preamble == b"\0" * 128
    assert (out.StudyTime, out.AccessionNumber, out.PatientBirthDate) == ("", "", "")


def test_only_a_review_claims_clean_pixels():
    answer, _ = scrubbed(plain(BurnedInAnnotation="NO").data)
    assert answer["burned_in"] == "NO"
    after = revalidate(reviewed(answer["header"]))
    assert after["BurnedInAnnotation"] == "NO"
    assert {"CodeValue": "113101"} in after["DeidentificationMethodCodeSequence"]
    assert {"CodeValue": "113101"} not in answer["header"]["DeidentificationMethodCodeSequence"]


def test_one_patient_one_code_one_study_one_uid_and_days_between_stay():
    first = opened(scrubbed(plain(study_uid="1.2.3.1", study_date="20240101").data)[1])
    again = opened(scrubbed(plain(study_uid="1.2.3.1", study_date="20240101", InstanceNumber=4).data)[1])
    later = opened(scrubbed(plain(study_uid="1.2.3.9", study_date="20240214").data)[1])
    other = opened(scrubbed(plain(patient_id="somebody else", study_date="20240101").data)[1])
    assert first.PatientID == again.PatientID == later.PatientID != other.PatientID
    assert first.StudyInstanceUID == again.StudyInstanceUID != later.StudyInstanceUID
    assert first.FrameOfReferenceUID == again.FrameOfReferenceUID
    days = [date.fromisoformat(one.StudyDate) for one in (first, later)]
    assert (days[1] - days[0]).days == 44
    assert 1 <= (date(2024, 1, 1) - days[0]).days <= 3650
    assert first.StudyDate != other.StudyDate


def test_another_key_gives_other_names():
    one = scrubbed(plain().data)[0]["header"]
    two = scrubbed(plain().data, **keys_params(b"x" * 32))[0]["header"]
    for keyword in ("PatientID", "StudyInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID", "StudyDate"):
        assert one[keyword] != two[keyword]


def test_a_typed_record_number_counts_instead_of_the_files():
    answer, _ = scrubbed(plain(patient_id="A-1").data, chart_record=" b 2 ")
    assert answer["identifiers"]["patient"] == chart_code(KEYS, "B2")
    assert scrubbed(plain(patient_id="b2").data)[0]["identifiers"]["patient"] == chart_code(KEYS, "B2")


@pytest.mark.parametrize("nobody", ["", "ANONYMOUS", "0", None])
def test_a_file_that_names_nobody_meets_nobody(nobody):
    one, _ = scrubbed(plain(PatientID=nobody, study_uid="1.2.3.5").data)
    two, _ = scrubbed(plain(PatientID=nobody, study_uid="1.2.3.6").data)
    assert one["identifiers"]["has_patient_id"] is False
    assert one["identifiers"]["patient"] != two["identifiers"]["patient"]


@pytest.mark.parametrize(
    ("age", "band", "written"),
    [
        ("003D", "neonate", "001D"), ("027D", "neonate", "001D"), ("028D", "infant", "001M"),
        ("011M", "infant", "001M"),
        ("001Y", "1-4", "001Y"), ("004Y", "1-4", "001Y"), ("005Y", "5-9", "005Y"), ("017Y", "15-19", "015Y"),
        ("020Y", "20-29", "020Y"), ("089Y", "80-89", "080Y"), ("090Y", "90+", "090Y"), ("104Y", "90+", "090Y"),
    ],
)  # fmt: skip
def test_ages_are_banded(age, band, written):
    header = scrubbed(plain(PatientAge=age).data)[0]["header"]
    assert header["PatientAge"] == written
    assert age_band(written) == band


@pytest.mark.parametrize(
    ("age", "born", "written"), [("97 years", "19800301", "040Y"), ("", "19240301", "090Y"), ("", "", None)]
)
def test_an_age_without_form_is_counted_from_birth(age, born, written):
    header = scrubbed(plain(PatientAge=age, PatientBirthDate=born).data)[0]["header"]
    assert header.get("PatientAge") == written


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("BodyPartExamined", "MEIER"), ("Modality", "HANS"), ("Manufacturer", "Klinikum Meier"),
        ("PatientPosition", "MEIER"), ("ViewPosition", "MEIER"), ("PixelSpacing", [1e9, 1]), ("SeriesNumber", 20240117),
        ("SliceThickness", -3), ("RescaleType", "MEIER"), ("VOILUTFunction", "MEIER"), ("StudyDate", "99991231"),
        ("StudyDate", "2024MAI1"), ("RepetitionTime", 4711471147),
    ],
)  # fmt: skip
def test_a_value_outside_its_vocabulary_is_dropped(keyword, value):
    before = plain()
    header, out = scrubbed(plain(**{keyword: value}).data)
    assert header["header"].get(keyword) in {None, "OT"}
    text = str(value[0] if isinstance(value, list) else value).encode()
    assert text not in out
    assert before.data


def test_an_unknown_image_type_becomes_a_neutral_word():
    header = scrubbed(plain(ImageType=["ORIGINAL", "PRIMARY", "MEIER"]).data)[0]["header"]
    assert header["ImageType"] == ["ORIGINAL", "PRIMARY", "OTHER"]


def test_anatomy_is_kept_by_code_and_its_meaning_written_anew():
    region = pydicom.Dataset()
    region.CodeValue, region.CodingSchemeDesignator, region.CodeMeaning = "54735007", "SCT", f"{MARK} sacrum"
    unknown = pydicom.Dataset()
    unknown.CodeValue, unknown.CodingSchemeDesignator, unknown.CodeMeaning = "47114711", "SCT", "x"
    out = opened(scrubbed(plain(AnatomicRegionSequence=[region]).data)[1])
    assert out.AnatomicRegionSequence[0].CodeValue == "54735007"
    assert out.AnatomicRegionSequence[0].CodeMeaning.lower() == "sacrum"
    assert "AnatomicRegionSequence" not in opened(scrubbed(plain(AnatomicRegionSequence=[unknown]).data)[1])


def test_ultrasound_regions_keep_their_numbers_and_nothing_else():
    region = pydicom.Dataset()
    for keyword, value in {
        "RegionSpatialFormat": 1, "RegionDataType": 1, "RegionFlags": 0, "RegionLocationMinX0": 4,
        "RegionLocationMinY0": 5, "RegionLocationMaxX1": 30, "RegionLocationMaxY1": 31, "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3, "PhysicalDeltaX": 0.0123, "PhysicalDeltaY": 0.0123,
    }.items():  # fmt: skip
        setattr(region, keyword, value)
    region.PatientName = f"{MARK}^REGION"
    out = opened(scrubbed(plain(COLOUR, SequenceOfUltrasoundRegions=[region]).data)[1])
    kept = out.SequenceOfUltrasoundRegions[0]
    assert (kept.RegionLocationMinX0, kept.PhysicalDeltaX) == (4, 0.0123)
    assert "PatientName" not in kept


def test_counts_name_kinds_and_no_values():
    report = scrubbed(make_dicom().data)[0]["report"]
    assert report["removed"] == sum(report["removed_by_kind"].values()) > 3_000
    assert set(report["removed_by_kind"]) == {
        "date", "other", "overlay", "person", "private", "sequence", "text", "uid",
    }  # fmt: skip
    assert report["stripped_bytes"] > 0


@pytest.mark.parametrize(
    "keyword", ["Rows", "Columns", "BitsAllocated", "PhotometricInterpretation", "SamplesPerPixel"]
)
def test_a_header_without_a_picture_is_not_rebuilt(keyword):
    dataset = dicom.read(plain().data)
    del dataset[keyword]
    with pytest.raises(NotAllowed):
        rebuild(dataset, KEYS, today=TODAY)


def test_revalidation_takes_what_a_child_made_and_nothing_more():
    header = scrubbed(plain().data)[0]["header"]
    assert revalidate(header) == header
    for change in (
        {"PatientName": "Meier^Hans"}, {"PatientBirthDate": "19270304"}, {"StudyInstanceUID": "1.2.3"},
        {"PatientAge": "097Y1"}, {"Rows": "64"}, {"Rows": True},
        {"BodyPartExamined": "chest"}, {"WindowCenter": [40.0, "x"]},
        {"Manufacturer": "Siemens"}, {"PatientIdentityRemoved": "NO"}, {"InstanceNumber": float("nan")},
        {"DeidentificationMethodCodeSequence": [{"CodeValue": "113100", "CodeMeaning": "Meier"}]},
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            revalidate(header | change)
    with pytest.raises(NotAllowed):
        revalidate({key: value for key, value in header.items() if key != "PatientID"})
