"""The coded words are DICOM's own, each once, and found as people type them."""

import re

import pytest

from pinboard import vocabulary


def test_specialties_have_addresses_and_codes():
    slugs = [one.slug for one in vocabulary.specialties()]
    assert len(slugs) == len(set(slugs)) == 33
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in slugs)
    assert {one.scheme for one in vocabulary.specialties()} == {"SCT", "DCM", "99PINBOARD"}


def test_no_body_part_stands_twice():
    parts = vocabulary.body_parts()
    assert len(parts) > 500
    assert len({part.code for part in parts}) == len({part.meaning.casefold() for part in parts}) == len(parts)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("chest", "Chest"), ("KNE", "Knee"), ("lumbar", "Lumbar spine"), ("  wrist ", "Wrist joint"), ("hand", "Hand")],
)
def test_a_typed_beginning_finds_the_common_part_first(typed, first):
    assert vocabulary.suggest_body_parts(typed)[0].meaning == first


def test_words_stand_before_middles():
    names = [part.meaning.casefold() for part in vocabulary.suggest_body_parts("ear", limit=200)]
    begins = [bool(re.search(r"(^|[ \-(/])ear", name)) for name in names]
    assert begins == sorted(begins, reverse=True)
    assert "heart" in names
    assert True in begins


def test_suggestions_are_few_and_nothing_comes_of_nonsense():
    assert len(vocabulary.suggest_body_parts("skin")) == 8
    assert vocabulary.suggest_body_parts("qqq") == []
    assert len(vocabulary.suggest_body_parts("")) == 8


def test_codes_have_words():
    assert vocabulary.meaning("7771000") == "Left"
    assert vocabulary.meaning("816094009") == "Chest"
    assert vocabulary.meaning("309915006") == "Cardiology"
    assert vocabulary.meaning("nonsense") == vocabulary.meaning(None) == ""
    assert [side.meaning for side in vocabulary.laterality()] == ["Left", "Right", "Bilateral", "Unilateral"]


@pytest.mark.parametrize(
    ("code", "word"), [("US", "Ultrasound"), ("CR", "X-ray"), ("XC", "Photo"), ("QQ", "QQ"), (None, "")]
)
def test_modalities_show_words(code, word):
    assert vocabulary.modality(code) == word


def test_ages_end_at_ninety():
    assert vocabulary.AGE_BANDS[-1] == "90+"


def test_the_lists_agree_with_dicom_itself():
    from pydicom.sr._concepts_dict import concepts

    for word in (*vocabulary.specialties(), *vocabulary.body_parts(), *vocabulary.laterality()):
        if word.scheme != "99PINBOARD":
            assert any(word.code in codes for codes in concepts[word.scheme].values()), word
