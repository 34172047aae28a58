"""Codes, UIDs and shifts are keyed, stable and of the right form."""

from __future__ import annotations

import re
from datetime import date

import pytest

from pinboard.deid.profile import CHART_CODE
from pinboard.deid.pseudonym import (
    ALPHABET,
    MAX_SHIFT,
    Keys,
    chart_code,
    chart_code_of_study,
    device_code,
    fresh_uid,
    new_uid,
    normal_record,
    shift_days,
    shifted,
)

KEYS = Keys.derive(bytes(range(32)), "one")
OTHER = Keys.derive(bytes(32), "two")


def test_the_alphabet_has_no_letters_that_are_misread():
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_a_chart_code_is_stable_keyed_and_of_60_bits():
    code = chart_code(KEYS, "4711")
    assert re.fullmatch(CHART_CODE, code)
    assert len(code.replace("-", "")) == 13
    assert code == chart_code(KEYS, "4711") != chart_code(OTHER, "4711")
    assert code != chart_code_of_study(KEYS, "4711")
    assert len({chart_code(KEYS, str(number)) for number in range(5_000)}) == 5_000


def test_each_purpose_has_a_key_of_its_own_and_none_is_the_master():
    parts = {KEYS.pseudonym, KEYS.uid, KEYS.date, KEYS.device, bytes(range(32))}
    assert len(parts) == 5
    assert Keys.from_params(KEYS.as_params()) == KEYS
    assert KEYS.pseudonym.hex() not in repr(KEYS)


def test_a_device_is_known_by_all_that_shapes_its_pictures_and_only_under_the_key():
    device = ["GE  Healthcare", "LOGIQ 9", 480, 640, "RGB"]
    code = device_code(KEYS, device)
    assert re.fullmatch("[0-9a-f]{64}", code)
    assert code == device_code(KEYS, ["ge healthcare ", "Logiq 9", 480, 640, "RGB"]) != device_code(OTHER, device)
    others = (["GE Healthcare LOGIQ 9", "", 480, 640, "RGB"], ["GE Healthcare", "LOGIQ 9", 640, 480, "RGB"])
    assert code not in {device_code(KEYS, other) for other in others}


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="32 bytes"):
        Keys.derive(b"x" * length, "k")


@pytest.mark.parametrize(
    ("typed", "normal"),
    [(" ab 12 ", "AB12"), ("\uff41\uff42\uff11\uff12", "AB12"), ("Anonymous", ""), ("0000", ""), ("  ", "")],
)
def test_record_numbers_have_one_spelling(typed, normal):
    assert normal_record(typed) == normal


def test_uids_are_valid_and_keyed():
    uid = new_uid(KEYS, "1.2.3")
    assert re.fullmatch(r"2\.25\.[1-9][0-9]{0,38}", uid)
    assert len(uid) <= 64
    assert uid == new_uid(KEYS, "1.2.3") != new_uid(OTHER, "1.2.3")
    assert new_uid(KEYS, "") != new_uid(KEYS, "")
    assert fresh_uid() != fresh_uid()


def test_dates_move_back_by_a_keyed_number_of_days():
    shifts = {shift_days(KEYS, f"P-{number}") for number in range(3_000)}
    assert min(shifts) >= 1
    assert max(shifts) <= MAX_SHIFT
    assert len(shifts) > 1_500
    assert shift_days(KEYS, "P-1") != shift_days(OTHER, "P-1")
    assert shifted(date(2024, 3, 1), 1) == date(2024, 2, 29)
    assert shifted(date(1, 1, 5), 30) is None
