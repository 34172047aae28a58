"""What is found in typed text and what is not, line by line of `words.csv`; and that it is quick and never hangs."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinboard.deid import tokens
from pinboard.deid.freetext import KINDS, Finding, findings

TABLE = list(csv.DictReader((Path(__file__).parent / "words.csv").read_text(encoding="utf-8").splitlines()))
KEY = bytes(range(32))


def shown(text, **own):
    return [f"{one.kind}:{text[one.start : one.end]}" for one in findings(text, **own)]


def test_the_table_is_large_enough_and_holds_both_kinds_of_lines():
    hits = [row for row in TABLE if row["found"]]
    assert len(TABLE) >= 200
    assert len(hits) >= 100
    assert len(TABLE) - len(hits) >= 100
    assert {row["language"] for row in TABLE} >= {"en", "de", "es"}
    assert len({row["text"] for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["text"])
def test_every_line_of_the_table_is_found_as_it_says(row):
    assert shown(row["text"]) == [part for part in row["found"].split("|") if part]


def own(*names, numbers=(), key=KEY):
    found = set().union(*(tokens.of_name(name) for name in names), *(tokens.of_number(number) for number in numbers))
    return {"digests": frozenset(tokens.digests(key, found)), "key": key}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("müller came", ["own:müller"]),
        ("Mueller came", ["own:Mueller"]),
        ("MÜLLER’s film", ["own:MÜLLER’s"]),
        ("a muller lesion", ["own:muller"]),
        ("Ask Dr Müller", ["own:Dr Müller"]),
        ("as seen by Brown and others", ["own:Brown"]),
        ("a brown lesion", []),
        ("Brown. Brown lesion", []),
        ("O'Neill or ONeill", ["own:O'Neill", "own:ONeill"]),
        ("山田さん", ["own:山田"]),
        ("code AB 1234", ["own:AB 1234"]),
        ("code ab-12-34", ["own:ab-12-34"]),
        ("12345 and 0012345 and 12 345", ["own:12345", "own:0012345", "own:12 345"]),
        ("123456", ["number:123456"]),
        ("Left chest of an anonymous patient", []),
    ],
)
def test_a_drafts_own_identifiers_are_found_however_they_are_written(text, found):
    mine = own("MÜLLER^HANS", "Brown^Left", "O'Neill", "山田^太郎", "ANONYMOUS^PATIENT", numbers=["AB1234", "0012345"])
    assert shown(text, **mine) == found


def test_hashes_of_another_draft_say_nothing():
    mine = own("Kowalski^Jan")
    assert shown("Kowalski came", **mine) == ["own:Kowalski"]
    assert shown("Kowalski came", **(mine | {"key": bytes(32)})) == []
    assert shown("Kowalski came", **own("Kowalski^Jan", key=bytes(32)) | {"key": KEY}) == []


@pytest.mark.parametrize("text", ["12.3.84", "3/12/1984", "12 March 1984", "1984-03-12", "12. März 1984", "120384"])
def test_a_birth_date_is_the_drafts_own_in_every_form(text):
    digests = frozenset(tokens.digests(KEY, {"19840312", "120384"}))
    assert shown(f"born {text}", digests=digests, key=KEY) == [f"own:{text}"]
    assert "own:" not in str(shown("born 13.3.84", digests=digests, key=KEY))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_has_findings_in_order_inside_it_and_apart(text):
    found = findings(text, frozenset({"0" * 32}), KEY)
    ends = [0]
    for one in found:
        assert isinstance(one, Finding)
        assert ends[-1] <= one.start < one.end <= len(text)
        assert one.kind in KINDS
        ends.append(one.end)


@given(before=st.text("ab ,.;\n", max_size=40), after=st.text("ab ,;\n", max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_phrase_is_found_wherever_it_stands(before, after):
    found = shown(f"{before} jane.doe@example.org {after}")
    assert "email:jane.doe@example.org" in found


PROSE = (
    "A 54-year-old woman with right upper quadrant pain for 3 weeks; CRP 234 mg/l, bilirubin 1.2. CT in March 2022 "
    "shows a 2.3 x 1.8 cm lesion in segment VI, T2 bright, arterial rim enhancement, HU 45 to 90. Would you biopsy "
    "it, or follow up in 6 months? The older film from outside is of poor quality, and nothing of the spleen or the"
    " left kidney is seen on it. "
)


def test_two_thousand_letters_take_less_than_five_milliseconds():
    text = (PROSE * 6)[:1960] + " Thanks to Dr Rao, 3 March 1984."
    mine = own(*(f"Name{number}^Other{number}" for number in range(100)))
    findings(text, **mine)
    spent = []
    for _try in range(15):
        begun = time.process_time()
        assert len(findings(text, **mine)) == 2
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.005


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "1 ",
        "1.",
        "Dr ",
        "patient named ",
        "@",
        "a.",
        "A^",
        "3 ",
        "Dr A. ",
        "id ",
        "call ",
        "(1",
        "12/03/",
        "山",
        "é",
    ],
)
def test_no_text_makes_it_hang(piece):
    """Twice the text takes about twice the time; ten times as much would be a square."""
    text = piece * (20_000 // len(piece))
    begun = time.process_time()
    findings(text, frozenset({"0" * 32}), KEY)
    assert time.process_time() - begun < 3
