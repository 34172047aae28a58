"""Finds cases by words and filters, newest first, among those that the reader may see: flat at any size.

Two plans, both bounded. Where few cases can answer, the index gives them all and the audience sorts out. Where many
can, the newest cases that the reader may see are looked at one by one, which is all there is for a reader of twenty;
then follows a walk along all cases, or a longer look where most are not for this reader. A search that stops at its
bound says so and goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable, Select, false, func, or_, select
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
MOST_LOOKED_AT = 2_000
MOST_WALKED = 5_000
LOOKED_AT_FIRST = 300
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
    looked = places(session, reader, made, before=int(after.keys[0]) if after else None)
    marker = Marker(made.marks, made.phrases)
    hits = [_hit(row, marker) for row in looked.rows[:PAGE]]
    is_full = len(looked.rows) > PAGE
    following = hits[-1].seq if is_full else looked.low if looked.looked_at else 0
    return Found(hits, Cursor((following,)) if following else None, 0 if is_full else looked.looked_at, made.cut)


@dataclass(slots=True)
class Looked:
    """Rows of cases that answer, and where the look stopped when that was before the end."""

    rows: list[Any]
    looked_at: int = 0
    low: int = 0
    high: int = 0

    @property
    def is_dense(self) -> bool:
        """Tell whether this reader sees most of what there is, so that walking along all cases is no detour."""
        return self.looked_at * 4 >= self.high - self.low + 1


def places(session: Session, reader: Reader, made: Plan, *, before: int | None, limit: int = PAGE + 1) -> Looked:
    """Find cases that answer: all of them where they are few, otherwise the newest within a bound."""
    dialect = session.get_bind().dialect.name
    if made.rarest <= FEW:
        return Looked(list(session.execute(_by_index(reader, made, (before, None), limit, dialect=dialect))))
    first = _look(session, reader, made, (before, LOOKED_AT_FIRST, limit))
    if len(first.rows) >= limit or not first.looked_at:
        return first
    rest = limit - len(first.rows)
    if not first.is_dense:
        second = _look(session, reader, made, (first.low, MOST_LOOKED_AT, rest))
    else:
        end = first.low - MOST_WALKED
        walk = _by_row(reader, made, (first.low, end), rest)
        if dialect == "sqlite":
            # Its index hands out the newest first and can be held within a span, which that of PostgreSQL cannot.
            walk = _by_index(reader, made, (first.low, end), rest, dialect=dialect)
        rows = session.execute(walk).all()
        second = Looked(list(rows), MOST_WALKED, end) if end > 1 else Looked(list(rows))
    is_cut = len(second.rows) < rest and second.looked_at
    return Looked(first.rows + second.rows, first.looked_at + second.looked_at if is_cut else 0, second.low)


def _look(session: Session, reader: Reader, made: Plan, at: tuple[int | None, int, int]) -> Looked:
    """Look at so many of the newest cases that a reader may see, from some place on."""
    before, bound, limit = at
    rows = session.execute(_by_audience(reader, made, before, (bound, limit))).all()
    hits = [row for row in rows if row.is_hit]
    if not rows or rows[0].looked_at < bound:
        return Looked(hits)
    return Looked(hits, rows[0].looked_at, rows[0].low, rows[0].high)


def _by_index(
    reader: Reader, made: Plan, span: tuple[int | None, int | None], limit: int, *, dialect: str
) -> Executable:
    """Let the index find and the audience sort out."""
    found = found_by(made.expression, dialect)
    if dialect == "postgresql":
        once = found.cte("found").prefix_with("MATERIALIZED")
        found = select(once.c.seq, once.c.case_id)
    return _sorted_out(reader, found, span, limit)


def _by_row(reader: Reader, made: Plan, span: tuple[int, int], limit: int) -> Executable:
    """Walk along the cases of a span, newest first, until there are enough."""
    return _sorted_out(reader, select(DOCUMENT.c.seq, DOCUMENT.c.case_id).where(holds(made.expression)), span, limit)


def _sorted_out(reader: Reader, found: Select[Any, Any], span: tuple[int | None, int | None], limit: int) -> Executable:
    seq: Any = found.selected_columns.seq
    before, end = span
    top = found.where(visible(reader, found.selected_columns.case_id)).order_by(seq.desc()).limit(limit)
    top = top if before is None else top.where(seq < before)
    first = (top if end is None else top.where(seq >= end)).subquery()
    return select(*CARD, first.c.seq, *TEXTS).join(first, first.c.case_id == Case.id).order_by(first.c.seq.desc())


def _by_audience(reader: Reader, made: Plan, before: int | None, bounds: tuple[int, int]) -> Executable:
    """Look at the newest cases that a reader may see; the last one comes along, to say how far the look went."""
    bound, limit = bounds
    seen = newest(reader, after=before, limit=bound).cte("seen")
    low = select(func.min(seen.c.seq)).scalar_subquery()
    high = select(func.max(seen.c.seq)).scalar_subquery()
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
        select(*CARD, first.c.seq, *TEXTS, first.c.is_hit)
        .add_columns(low.label("low"), high.label("high"), looked_at.label("looked_at"))
        .join(first, first.c.case_id == Case.id)
        .order_by(first.c.seq.desc())
    )


def _hit(row: Any, marker: Marker) -> Hit:
    texts = (row.question, row.findings, row.history, row.outcome)
    return Hit(card(row), marker.mark(row.title), marker.snippet(texts), row.seq)
