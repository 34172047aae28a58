"""The allow list is consistent with the standard's dictionary and can be read without any decoder."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword

from pinboard.deid import vocabulary
from pinboard.deid.checks import Codes, Items, Named, Real, Whole, Word
from pinboard.deid.encode import encode
from pinboard.deid.profile import ALLOWED, describe
from pinboard.deid.required import required
from pinboard.imaging.kinds import PICTURES


def rows():
    for element in ALLOWED:
        yield element.keyword, element.vr
        if isinstance(element.check, Items):
            yield from inner(element.check)


def added():
    """List what is written beside a header, for a cine of every class."""
    found = set()
    for sop_class in vocabulary.SOP_CLASSES:
        header = {"SOPClassUID": sop_class, "NumberOfFrames": 2, "FrameTime": 40.0}
        found |= {(keyword, vr) for keyword, (vr, _) in required(header).items()}
    return sorted(found)


def inner(check):
    for keyword, (vr, below) in check.elements.items():
        yield keyword, vr
        if isinstance(below, Items):
            yield from inner(below)


@pytest.mark.parametrize(("keyword", "vr"), [*rows(), *added()])
def test_every_row_is_an_element_of_the_standard_with_its_vr(keyword, vr):
    assert tag_for_keyword(keyword) is not None
    assert vr in dictionary_VR(keyword).split(" or ")


def test_every_row_has_a_reason_and_says_what_passes():
    table = describe()
    assert len(table) == len({row["keyword"] for row in table}) == len(ALLOWED) > 80
    assert all(row["reason"] and row["passes"] for row in table)


def test_nothing_that_holds_free_text_or_a_person_is_copied():
    free = {"LO", "SH", "ST", "LT", "UT", "UC", "PN", "UN", "DT", "TM", "UI", "DA", "AS"}
    for element in ALLOWED:
        if element.origin == "kept" and element.vr in free:
            assert isinstance(element.check, (Word, Named)), element.keyword


def test_the_lists_of_picture_classes_are_the_same_on_both_sides():
    assert vocabulary.SOP_CLASSES == PICTURES


def test_the_web_process_can_revalidate_without_pydicom_and_numpy():
    code = (
        "import sys, pinboard.deid.header, pinboard.deid.profile, pinboard.imaging.sniff, pinboard.imaging.errors\n"
        "assert not {'pydicom', 'numpy', 'PIL'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_encoder_can_write_nothing_outside_the_list():
    with pytest.raises(KeyError):
        encode({"PatientBirthDate": "19270304"})


@pytest.mark.parametrize(
    ("check", "value", "clean"),
    [
        (Real(0, 10), "3.5 ", 3.5), (Real(0, 10), "nan", None), (Real(0, 10), "3,5", None), (Real(0, 10), 11, None),
        (Real(0, 10, 2), "1", None), (Real(0, 10, 2), ["1", "2"], [1.0, 2.0]), (Real(0, 10), None, None),
        (Real(0, 1), "0.12345678901234567", 0.123456789), (Real(0, 10), ["1", "2"], None),
        (Whole(0, 10), "7", 7), (Whole(0, 10), "7.5", None), (Whole(0, 10), "x", None), (Whole(0, 10), -1, None),
        (Word(frozenset({"CT"})), " ct ", "CT"), (Word(frozenset({"CT"})), "MEIER", None),
        (Word(frozenset({"CT"})), ["CT", "CT"], None), (Word(frozenset({"CT"})), b"CT", None),
        (Named((("siemens", "Siemens"),)), "SIEMENS Klinik Meier", "Siemens"), (Named(()), "Meier", None),
        (Codes("[0-9]{6}", ""), [{"CodeValue": "123456", "CodeMeaning": "Meier"}], [{"CodeValue": "123456"}]),
        (Codes("[0-9]{6}", ""), [{"CodeValue": "12345६"}], None),
    ],
)  # fmt: skip
def test_a_check_gives_a_value_of_its_own_or_nothing(check, value, clean):
    assert check.clean(value) == clean
