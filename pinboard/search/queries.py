"""Finds cases by words and filters, newest first, among those that the reader may see: flat at any size.

Two plans, both bounded. Where few cases can answer, the index gives them all and the audience sorts out. Where many
can, the newest cases that the reader may see are looked at one by one, as many as a page is likely to need; that is
also what makes a reader of twenty cases fast. A search that stops at the bound says so and goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable, false, func, or_, select
from sqlalchemy.orm import Session

from pinboard.cases.queries import CARD, Card, card
from pinboard.models import Case
from pinboard.models.fulltext import DOCUMENT, found_by, holds
from pinboard.policy import Reader, newest, visible
from pinboard.search.grammar import Query
from pinboard.search.marks import Marked, Marker
from pinboard.search.plan import Lexicon, Plan, plan
from pinboard.web.paging import Cursor

PAGE = 20
FEW = 2_000
"""Answers that the index may give to sort out by audience."""
MOST_LOOKED_AT = 5_000
_LEAST_LOOKED_AT = 200
_MARGIN = 1.5
TEXTS = (Case.question, Case.findings, Case.history, Case.outcome)


@dataclass(frozen=True, slots=True)
class Hit:
    """One case that was found, with its words marked."""

    card: Card
    title: Marked
    snippet: Marked
    seq: int


@dataclass(slots=True)
class Found:
    """One page of answers."""

    hits: list[Hit] = field(default_factory=list)
    next: Cursor | None = None
    looked_at: int = 0
    """How many cases were looked at where the search stopped before the end; 0 when it saw everything."""
    cut: list[str] = field(default_factory=list)


def find(session: Session, reader: Reader, query: Query, after: Cursor | None) -> Found:
    """Give one page of the cases that answer a question."""
    if not query.parts:
        return Found()
    made = plan(query, Lexicon.load(session, [query]))
    if not made.rarest:
        return Found(cut=made.cut)
    rows, looked_at, low = places(session, reader, made, before=int(after.keys[0]) if after else None)
    marker = Marker(made.marks, made.phrases)
    hits = [_hit(row, marker) for row in rows[:PAGE]]
    following = hits[-1].seq if len(rows) > PAGE else low
    return Found(hits, Cursor((following,)) if following else None, looked_at if len(rows) <= PAGE else 0, made.cut)


def places(
    session: Session, reader: Reader, made: Plan, *, before: int | None, limit: int = PAGE + 1
) -> tuple[Sequence[Any], int, int]:
    """Give rows of cases that answer, how many were looked at if that was not all, and where to go on from there."""
    if made.rarest <= FEW:
        return (
            session.execute(_by_index(reader, made, before, limit, dialect=session.get_bind().dialect.name)).all(),
            0,
            0,
        )
    wanted = int(_MARGIN * limit / max(made.likely, 1e-6))
    for bound in sorted({min(MOST_LOOKED_AT, max(_LEAST_LOOKED_AT, wanted)), MOST_LOOKED_AT}):
        rows = session.execute(_by_audience(reader, made, before, (bound, limit))).all()
        hits = [row for row in rows if row.is_hit]
        looked_at, low = (rows[0].looked_at, rows[0].low) if rows else (0, 0)
        if len(hits) >= limit or looked_at < bound:
            return hits, 0, 0
    return hits, looked_at, low


def _by_index(reader: Reader, made: Plan, before: int | None, limit: int, *, dialect: str) -> Executable:
    """Let the index find and the audience sort out."""
    every = found_by(made.expression, dialect)
    seq: Any
    case_id: Any
    if dialect == "postgresql":
        found = every.cte("found").prefix_with("MATERIALIZED")
        seq, case_id, top = found.c.seq, found.c.case_id, select(found.c.seq, found.c.case_id)
    else:
        seq, case_id, top = every.selected_columns.seq, every.selected_columns.case_id, every
    top = top.where(visible(reader, case_id)).order_by(seq.desc()).limit(limit)
    first = (top if before is None else top.where(seq < before)).subquery()
    return select(*CARD, first.c.seq, *TEXTS).join(first, first.c.case_id == Case.id).order_by(first.c.seq.desc())


def _by_audience(reader: Reader, made: Plan, before: int | None, bounds: tuple[int, int]) -> Executable:
    """Look at the newest cases that a reader may see; the last one comes along, to say how far the look went."""
    bound, limit = bounds
    seen = newest(reader, after=before, limit=bound).cte("seen")
    low = select(func.min(seen.c.seq)).scalar_subquery()
    looked_at = select(func.count()).select_from(seen).scalar_subquery()
    is_hit = func.coalesce(holds(made.expression), false())
    judged = (
        select(seen.c.seq, seen.c.case_id, is_hit.label("is_hit"))
        .select_from(seen)
        .outerjoin(DOCUMENT, DOCUMENT.c.seq == seen.c.seq)
        .cte("judged")
        .prefix_with("MATERIALIZED")
    )
    hits = select(judged).where(or_(judged.c.is_hit, judged.c.seq == low))
    first = hits.order_by(judged.c.is_hit.desc(), judged.c.seq.desc()).limit(limit).subquery()
    return (
        select(*CARD, first.c.seq, *TEXTS, first.c.is_hit, low.label("low"), looked_at.label("looked_at"))
        .join(first, first.c.case_id == Case.id)
        .order_by(first.c.seq.desc())
    )


def _hit(row: Any, marker: Marker) -> Hit:
    texts = (row.question, row.findings, row.history, row.outcome)
    return Hit(card(row), marker.mark(row.title), marker.snippet(texts), row.seq)
