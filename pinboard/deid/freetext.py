"""Finds in what somebody typed the phrases that might identify a person; pure, and quick enough for every save.

It marks and never changes a word: whether a phrase identifies anybody is for the person to say who wrote it.
"""

from __future__ import annotations

from collections.abc import Collection

from pinboard.deid import tokens
from pinboard.deid.days import ages, dates
from pinboard.deid.names import names
from pinboard.deid.numbers import addresses, masked, numbers
from pinboard.deid.spans import KINDS, Finding, merged

__all__ = ["KINDS", "Finding", "findings"]


def findings(text: str, digests: Collection[str] = frozenset(), key: bytes = b"") -> list[Finding]:
    """Find phrases that might identify somebody.

    Parameters
    ----------
    text : str
        As it was typed; English, German, Spanish or French.
    digests : collection of str, optional
        Keyed hashes of the identifiers in a draft's files, as `identifiers.identifiers` makes them.
    key : bytes, optional
        The draft's key, under which the hashes were made.

    Returns
    -------
    list[Finding]
        In order, without overlap; `start` and `end` count letters of `text`, `kind` is one of `KINDS`.

    Notes
    -----
    45 CFR 164.514(b)(2): names, all elements of dates but the year, telephone, e-mail, record and account numbers,
    URLs, ages over 89. Codes, measurements, doses and eponyms pass; `tests/deid/words.csv` is the table.
    """
    days = list(dates(text)) if _has_digit(text) else []
    found = [*names(text), *addresses(text), *ages(text), *(finding for finding, _meant in days)]
    if _has_digit(text):
        found += numbers(masked(text))
    if digests:
        found += _own(text, frozenset(digests), key)
        found += [Finding(one.start, one.end, "own") for one, meant in days if _is_known(meant, digests, key)]
    return merged(found)


def _own(text: str, known: frozenset[str], key: bytes) -> list[Finding]:
    """Find the draft's own identifiers; a word that stands often is hashed once."""
    places: dict[str, list[Finding]] = {}
    for start, end, token in tokens.in_text(text):
        places.setdefault(token, []).append(Finding(start, end, "own"))
    return [place for token, found in places.items() if _is_known((token,), known, key) for place in found]


def _is_known(spelt: Collection[str], known: Collection[str], key: bytes) -> bool:
    return any(tokens.digest(key, token) in known for token in spelt)


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
