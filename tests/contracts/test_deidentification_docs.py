"""Keeps docs/deidentification.md, the profile and the table of the standard the same."""

from __future__ import annotations

import importlib.util
from collections import Counter

from pydicom.datadict import dictionary_VR, tag_for_keyword

from pinboard.deid import vocabulary
from pinboard.deid.profile import describe
from tests.contracts.code import ROOT

_SPEC = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
build = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(build)

TABLE = build.rows()
PAGE = build.TARGET.read_text(encoding="utf-8")
STRICTER = {"X": {"X"}, "Z": {"X", "Z", "D"}, "D": {"X", "Z", "D"}, "U": {"X", "U"}}
"""What satisfies each action: to remove is always more than what was asked for."""


def test_the_page_is_what_the_code_says():
    assert build.page() == PAGE, "run `make docs`"


def test_every_row_of_the_profile_is_on_the_page():
    assert len(describe()) > 100
    for row in describe():
        assert f"| `{row['keyword']}` | {row['vr']} | {row['passes'].replace('|', chr(92) + '|')} | " in PAGE


def test_the_table_of_the_standard_is_whole():
    assert len(TABLE) == len({row["tag"] for row in TABLE}) == 655
    actions = Counter(row["basic_profile"] for row in TABLE)
    assert set(actions) == {"X", "Z", "D", "U", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*"}
    vrs = Counter(row["vr"] for row in TABLE)
    assert (vrs["LO"], vrs["PN"], vrs["UI"]) > (100, 25, 50)


def test_its_facts_agree_with_the_dictionary():
    spoken = [row for row in TABLE if row["keyword"]]
    assert len(spoken) > 600
    assert [row for row in spoken if (row["tag"], row["vr"]) != facts(row["keyword"])] == []


def facts(keyword):
    tag = tag_for_keyword(keyword)
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})", dictionary_VR(tag)


def test_pinboard_does_what_the_profile_asks_or_more():
    asked = {row["tag"]: (row["name"], row["basic_profile"], build.action(row["keyword"])) for row in TABLE}
    assert len(asked) == 655
    assert [asked[row["tag"]] for row in TABLE if not satisfies(row)] == []


def satisfies(row):
    """Tell whether what happens to an element is what its row asks for, or stricter."""
    ours = build.action(row["keyword"])
    if row["keyword"] in build.BY_OPTION:
        return ours.startswith("C (") and build.BY_OPTION[row["keyword"]] in vocabulary.METHOD_CODES
    return any(ours in STRICTER[one] for one in row["basic_profile"].replace("*", "").split("/"))


def test_an_element_that_is_kept_against_the_profile_is_seen(monkeypatch):
    row = next(row for row in TABLE if row["basic_profile"] == "X" and row["keyword"] not in build.BY_OPTION)
    assert satisfies(row)
    monkeypatch.setattr(build, "action", lambda _keyword: "K")
    assert not satisfies(row)


def test_every_option_is_claimed_or_not_with_a_reason():
    assert sorted(build.REASONS) == [str(code) for code in range(113100, 113113)]
    for code, reason in build.REASONS.items():
        is_claimed = code in vocabulary.METHOD_CODES
        assert reason.startswith("Not claimed") is not is_claimed
        assert f"| {code} | " in PAGE
        assert build._options().count(f"| {code} | ") == 1


def test_a_change_of_the_profile_is_noticed(monkeypatch):
    monkeypatch.setattr(build, "PROFILE_VERSION", "99")
    assert build.page() != PAGE
