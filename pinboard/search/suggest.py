"""Suggestions while somebody types: filters and their values, people, boards, tags and cases, all of them seeable."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import String, literal, select, union_all
from sqlalchemy.orm import Session

from pinboard import vocabulary
from pinboard.models import AccountState, Board, Case, User
from pinboard.models.tokens import bare, plain, slug
from pinboard.policy import Reader, may_board, newest
from pinboard.search import queries
from pinboard.search.facets import NAMES, choices
from pinboard.search.grammar import read
from pinboard.search.resolve import MEMBERS
from pinboard.web.text import _
from pinboard.web.titles import said

EACH, MOST_CASES = 3, 4
LOOKED_AT = 300
"""Newest cases whose tags are offered; they are the reader's own view, so no tag of a hidden case is among them."""
_LAST = re.compile(r'(?:^|\s)(-?(?:[A-Za-z-]+:)?(?:"[^"]*|[^\s"]*))$')
_CLOSED = ("modality", "is", "sex", "age", "has")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line: what it says, what kind of thing it is, and either the whole text it makes or the case it leads to."""

    label: str
    kind: str
    text: str = ""
    href: str = ""


def suggest(session: Session, reader: Reader, text: str) -> list[Suggestion]:
    """Offer what the last word of a text may become, and cases that answer it as it stands."""
    found = _LAST.search(text)
    piece = found[1] if found else ""
    before, sign = text[: len(text) - len(piece)], "-" if piece.startswith("-") else ""
    key, colon, wanted = piece.removeprefix("-").rpartition(":")
    wanted = " ".join(plain(wanted.strip('"').replace("-", " ")).split())
    offered: list[tuple[str, str, str]] = []
    if len(wanted) >= 2 or colon:
        offered = _closed(key, wanted) + _tags(session, reader, key, wanted) + _named(session, reader, key, wanted)
    lines = [Suggestion(label, str(NAMES[kind]), f"{before}{sign}{kind}:{value} ") for label, kind, value in offered]
    return lines + ([] if colon or len(wanted) < 2 else _cases(session, reader, text))


def _closed(key: str, wanted: str) -> list[tuple[str, str, str]]:
    kinds = [kind for kind in _CLOSED if not key or kind == key]
    most = 24 if key else EACH
    found: list[tuple[str, str, str]] = []
    for kind in kinds:
        fits = [one for one in choices(kind) if _begins(wanted, str(one.shown)) or slug(one.written).startswith(wanted)]
        unique: dict[str, str] = {}
        for one in fits:
            unique.setdefault(str(one.shown), one.written)
        found += [(shown, kind, written) for shown, written in unique.items()]
    found = found[:most]
    if key in {"", "body"}:
        parts = vocabulary.suggest_body_parts(wanted, most, say=_)
        found += [(_(part.meaning), "body", slug(part.meaning)) for part in parts if wanted or key]
    return found


def _named(session: Session, reader: Reader, key: str, wanted: str) -> list[tuple[str, str, str]]:
    """Find members, as the list of people shows them, and boards that may be seen."""
    if key not in {"", "by", "board", "specialty"}:
        return []
    shown = (User.role.in_(MEMBERS), User.state == AccountState.ACTIVE)
    people = select(literal("by", String), User.name, literal("", String)).where(*shown)
    boards = select(literal("board", String), Board.title, Board.slug).where(may_board(reader, "see"))
    rows = session.execute(union_all(people, boards.where(Board.archived_at.is_(None)))).all()
    found: Counter[str] = Counter()
    offered = []
    named = [(kind, said(value, given), value) for kind, given, value in rows]
    for kind, name, value in sorted(named, key=lambda one: bare(one[1])):
        if (not key or kind == key.replace("specialty", "board")) and found[kind] < EACH and _begins(wanted, name):
            found[kind] += 1
            offered.append((name, kind, value or slug(name)))
    return offered


def _tags(session: Session, reader: Reader, key: str, wanted: str) -> list[tuple[str, str, str]]:
    if key not in {"", "tag"}:
        return []
    seen = newest(reader, limit=LOOKED_AT).subquery()
    used: Counter[str] = Counter()
    for tags in session.scalars(select(Case.tags).join(seen, seen.c.case_id == Case.id)):
        used.update(str(tag) for tag in tags if _begins(wanted, str(tag)))
    return [(tag, "tag", slug(tag)) for tag, _count in used.most_common(8 if key else EACH)]


def _cases(session: Session, reader: Reader, text: str) -> list[Suggestion]:
    hits = queries.find(session, reader, read(text), None).hits[:MOST_CASES]
    return [Suggestion(hit.card.title, _("Case"), href=f"/c/{hit.card.id}") for hit in hits]


def _begins(wanted: str, name: str) -> bool:
    known = " ".join(plain(name.replace("-", " ")).split())
    return known.startswith(wanted) or f" {wanted}" in known
