"""Which of a header's values become keyed hashes, and that no other does."""

import io

import pydicom
import pytest
from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from pinboard.deid import identifiers as made
from pinboard.deid.freetext import findings
from pinboard.deid.identifiers import MOST, identifiers
from pinboard.deid.tokens import DIGEST_LENGTH
from tests.dicoms import MARK, make_dicom

KEY = bytes(range(32))


def header(**elements):
    dataset = Dataset()
    with config.disable_value_validation():
        for keyword, value in elements.items():
            setattr(dataset, keyword, value)
    return dataset


def phrases(dataset, text):
    return [text[one.start : one.end] for one in findings(text, identifiers(dataset, KEY), KEY) if one.kind == "own"]


@pytest.mark.parametrize(
    ("keyword", "value", "typed"),
    [
        ("PatientName", "Kowalski^Jan^Maria", "kowalski"),
        ("PatientName", "Kowalski^Jan^Maria", "Maria"),
        ("PatientName", "Yamada^Taro=山田^太郎=やまだ^たろう", "太郎"),
        ("OtherPatientNames", ["Nowak^J", "Wojcik^J"], "wojcik"),
        ("PatientBirthName", "Lewandowska", "Lewandowska"),
        ("PatientMotherBirthName", "Zielinska", "zielinska"),
        ("ReferringPhysicianName", "Okafor^Ben", "Okafor"),
        ("OperatorsName", "Featherstone", "featherstone"),
        ("PatientID", "0047110", "47110"),
        ("PatientID", "AB-12 34", "ab1234"),
        ("OtherPatientIDs", ["ZZ881", "YY882"], "YY882"),
        ("AccessionNumber", "A2023-4711", "a2023 4711"),
        ("StudyID", "S99182", "S99182"),
        ("PatientBirthDate", "19840312", "12.03.1984"),
        ("PatientBirthDate", "19840312", "03/12/84"),
        ("PatientBirthDate", "19840312", "19840312"),
        ("PatientBirthDate", "1984.03.12", "120384"),
        ("InstitutionName", "St. Mary's Hospital Springfield", "springfield"),
        ("InstitutionAddress", "Evergreen Terrace 742\nSpringfield 49007", "49007"),
        ("PatientAddress", "Baker Street 221b", "221b"),
        ("PatientTelephoneNumbers", "0171 2345678", "0171-2345678"),
    ],
)
def test_what_names_somebody_is_known_again(keyword, value, typed):
    assert phrases(header(**{keyword: value}), f"see {typed} there") == [typed]


@pytest.mark.parametrize(
    ("keyword", "value", "typed"),
    [
        ("PatientName", "ANONYMOUS^PATIENT", "the anonymous patient"),
        ("PatientName", "Left^Chest", "left chest"),
        ("PatientName", "TEST^PHANTOM", "a test of the phantom"),
        ("PatientName", "Li^Wu", "li and wu"),
        ("PatientName", "Long^Brown", "a long brown line"),
        (
            "InstitutionName",
            "General University Hospital, Dept. of Radiology",
            "general radiology at a university hospital",
        ),
        ("PatientID", "1", "1 of 2"),
        ("PatientID", "1234", "1234 HU"),
        ("PatientID", "00000000", "0000"),
        ("StudyDescription", "Thorax Kowalski", "kowalski"),
        ("StudyDate", "20210304", "in 2021"),
        ("PatientBirthDate", "19840312", "1984"),
        ("PatientBirthDate", "", "any"),
        ("Manufacturer", "SIEMENS", "siemens"),
        ("StationName", "CT0117", "CT0117"),
    ],
)
def test_what_names_nobody_is_left_out(keyword, value, typed):
    assert phrases(header(**{keyword: value}), typed) == []


def test_names_are_read_at_every_depth():
    inner, outer = header(PersonName="Okonkwo^Ada"), Dataset()
    outer.ReferencedStudySequence = Sequence([inner])
    dataset = header(PatientName="Kowalski^Jan")
    dataset.RequestAttributesSequence = Sequence([outer])
    assert phrases(dataset, "Okonkwo and Kowalski") == ["Okonkwo", "Kowalski"]


def test_a_file_full_of_markers_gives_hashes_and_no_marker():
    dataset = pydicom.dcmread(io.BytesIO(make_dicom().data))
    found = identifiers(dataset, KEY)
    assert 3 < len(found) <= MOST
    assert all(len(one) == DIGEST_LENGTH and set(one) <= set("0123456789abcdef") for one in found)
    assert MARK not in str(found)
    assert found == sorted(set(found))
    assert phrases(dataset, f"look, {MARK} is there") == [MARK]


def test_the_key_makes_the_hash():
    dataset = header(PatientName="Kowalski^Jan", PatientID="4711000")
    assert set(identifiers(dataset, KEY)).isdisjoint(identifiers(dataset, bytes(32)))


def test_a_crowd_in_a_header_is_bounded():
    dataset = header(
        OtherPatientNames=[f"Name{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(4_000)]
    )
    assert len(identifiers(dataset, KEY)) == MOST


def test_a_value_that_cannot_be_read_is_no_reason_to_refuse_a_file():
    dataset = header(PatientName="Kowalski^Jan", PatientBirthDate="not a date")
    broken = RawDataElement(Tag("AccessionNumber"), "SQ", 4, b"\xff\xff\xff\xff", 0, False, True)
    dataset[broken.tag] = broken
    assert phrases(dataset, "kowalski") == ["kowalski"]


def test_a_typed_record_number_is_hashed_like_one_of_a_header():
    assert made.of_record("0047110", KEY) == identifiers(header(PatientID="0047110"), KEY)
