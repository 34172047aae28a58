"""Searches that a member keeps: their names, and how much each has found since it was last opened."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import String, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.ids import public_id
from pinboard.models import SavedSearch
from pinboard.models.fulltext import DOCUMENT, holds
from pinboard.policy import NotFound, Reader, newest
from pinboard.search.grammar import read
from pinboard.search.plan import Lexicon, plan
from pinboard.search.resolve import resolve_all

MOST = 30
"""Searches that one member keeps; all of them are asked in one statement."""
LOOKED_AT = 200
"""Newest cases among which new answers are counted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept search as the list shows it."""

    id: str
    name: str
    query: str
    new: int
    is_more: bool
    """There may be more than were counted."""


def kept(session: Session, reader: Reader) -> list[Kept]:
    """Give the searches of a member by name, each with what is new; four statements, however many there are."""
    mine = select(SavedSearch).where(SavedSearch.user_id == reader.user_id)
    rows = list(session.scalars(mine.order_by(func.lower(SavedSearch.name), SavedSearch.id).limit(MOST)))
    if not rows:
        return []
    queries = resolve_all(session, reader, [read(row.query) for row in rows])
    lexicon = Lexicon.load(session, queries)
    plans = [plan(query, lexicon) for query in queries]
    seen = newest(reader, limit=LOOKED_AT).cte("seen")
    counts = [
        select(literal(row.public_id, String).label("id"), func.count().label("new"))
        .select_from(seen)
        .join(DOCUMENT, DOCUMENT.c.seq == seen.c.seq)
        .where(seen.c.seq > row.seen_seq, holds(made.expression))
        for row, made in zip(rows, plans, strict=True)
        if made.rarest
    ]
    is_full = func.count() == LOOKED_AT
    lowest = select(
        literal("", String).label("id"), case((is_full, func.min(seen.c.seq)), else_=0).label("new")
    ).select_from(seen)
    found = {row.id: row.new for row in session.execute(union_all(lowest, *counts))}
    return [
        Kept(row.public_id, row.name, row.query, found.get(row.public_id, 0), row.seen_seq < found[""]) for row in rows
    ]


def keep(session: Session, reader: Reader, name: str, query: str) -> SavedSearch | None:
    """Keep a search under a name, in the place of an older one of that name; nothing when there are too many."""
    mine = (SavedSearch.user_id == reader.user_id,)
    old = session.scalar(select(SavedSearch).where(*mine, SavedSearch.name == name))
    if old is not None:
        old.query, old.seen_seq = query, newest_seq(session, reader)
        return old
    if (session.scalar(select(func.count()).select_from(SavedSearch).where(*mine)) or 0) >= MOST:
        return None
    made = SavedSearch(
        public_id=public_id(),
        user_id=reader.user_id,
        name=name,
        query=query,
        seen_seq=newest_seq(session, reader),
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def own(session: Session, reader: Reader, saved: str) -> SavedSearch:
    """Give a search of this member, or answer as if it were not there."""
    mine = (SavedSearch.user_id == reader.user_id, SavedSearch.public_id == saved)
    found = session.scalar(select(SavedSearch).where(*mine))
    if found is None:
        raise NotFound
    return found


def rename(session: Session, row: SavedSearch, name: str) -> bool:
    """Give a search another name, unless its owner has one of that name."""
    other = (SavedSearch.user_id == row.user_id, SavedSearch.name == name, SavedSearch.id != row.id)
    if session.scalar(select(SavedSearch.id).where(*other)) is not None:
        return False
    row.name = name
    session.flush()
    return True


def open_again(session: Session, reader: Reader, row: SavedSearch) -> int:
    """Note that a search was opened, and give how far its answers were seen before."""
    before, row.seen_seq = row.seen_seq, newest_seq(session, reader)
    session.flush()
    return before


def newest_seq(session: Session, reader: Reader) -> int:
    """Give the place of the newest case that a reader may see."""
    top = newest(reader, limit=1).subquery()
    return session.scalar(select(func.max(top.c.seq))) or 0
