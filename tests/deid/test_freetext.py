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
