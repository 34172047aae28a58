"""Finds cases by their words, newest first, among those that the reader may see."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.cases.queries import CARD, Card, card
from pinboard.models import Case
from pinboard.models.fulltext import match, terms
from pinboard.policy import Reader, newest
from pinboard.web.paging import Cursor

PAGE = 20
SNIPPET = 160

Marked = list[tuple[str, bool]]
"""A text in pieces, each with whether it is what was looked for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One case that was found, with its words marked."""

    card: Card
    title: Marked
    snippet: Marked


def find(session: Session, reader: Reader, text: str, after: Cursor | None) -> tuple[list[Hit], Cursor | None]:
    """Give one page of the cases whose words begin with every word of a text."""
    words = terms(text)
    if not words:
        return [], None
    before = int(after.keys[0]) if after else None
    within = select(Case.id).where(match(text))
    places = newest(reader, after=before, limit=PAGE + 1, within=within).subquery()
    rows = session.execute(
        select(*CARD, places.c.seq, Case.question, Case.findings, Case.history)
        .join(places, places.c.case_id == Case.id)
        .order_by(places.c.seq.desc()),
    ).all()
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\w*" for word in words), re.IGNORECASE)
    hits = [
        Hit(card(row), mark(row.title, pattern), snippet((row.question, row.findings, row.history), pattern))
        for row in rows[:PAGE]
    ]
    return hits, Cursor((rows[PAGE - 1].seq,)) if len(rows) > PAGE else None


def mark(text: str, pattern: re.Pattern[str]) -> Marked:
    """Cut a text where a hit begins and ends."""
    pieces: Marked = []
    end = 0
    for hit in pattern.finditer(text):
        pieces += [(text[end : hit.start()], False), (hit[0], True)]
        end = hit.end()
    pieces.append((text[end:], False))
    return [piece for piece in pieces if piece[0]]


def snippet(texts: tuple[str, ...], pattern: re.Pattern[str]) -> Marked:
    """Give the surroundings of the first hit in the longer texts of a case."""
    for text in texts:
        hit = pattern.search(text)
        if hit:
            start = max(0, hit.start() - SNIPPET // 3)
            part = text[start : start + SNIPPET]
            return mark(("… " if start else "") + part + (" …" if start + SNIPPET < len(text) else ""), pattern)
    return []
