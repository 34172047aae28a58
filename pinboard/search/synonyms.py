"""Knows which words of medicine mean the same, from a file that clinicians can read and mend."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pinboard.models.tokens import tokens

Words = tuple[str, ...]
LONGEST = 5
"""Words in one term, at most."""


@cache
def groups() -> tuple[tuple[Words, ...], ...]:
    """Give each group as terms, each term as its tokens."""
    lines = files("pinboard").joinpath("data", "synonyms.txt").read_text(encoding="utf-8").splitlines()
    return tuple(_group(line) for line in lines if line.strip() and not line.startswith("#"))


def others(words: Words) -> tuple[Words, ...]:
    """Give every term that means the same as these words, without the words themselves."""
    return tuple(term for term in _index().get(words, ()) if term != words)


def _group(line: str) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(tuple(tokens(term)) for term in line.split("=")))


@cache
def _index() -> dict[Words, tuple[Words, ...]]:
    found: dict[Words, tuple[Words, ...]] = {}
    for group in groups():
        for term in group:
            found[term] = tuple(dict.fromkeys((*found.get(term, ()), *group)))
    return found
