"""Finds cases by words and filters, newest first, among those that the reader may see: flat at any size.

Two plans, both bounded. Where few cases can answer, the index gives them all and the audience sorts out. Where many
can, a reader of most cases has the newest walked along in the index; for any other, those that the reader may see are
looked at one by one, which is all there is for a reader of twenty. A search that stops at its bound says so and goes on
from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Executable, Select, false, func, or_, select
from sqlalchemy.orm import Session

from pinboard.cases.queries import CARD, Card, card
from pinboard.models import Case
from pinboard.models.engine import read
from pinboard.models.fulltext import DOCUMENT, found_by, found_within, holds_prepared, holds_values, within_values
from pinboard.policy import Reader, newest_prepared, newest_values, visible, visible_prepared
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


def places(session: Session, reader: Reader, made: Plan, *, before: int | None, limit: int = PAGE + 1) -> Looked:
    """Find cases that answer: all of them where they are few, otherwise the newest within a bound."""
    dialect = session.get_bind().dialect.name
    if made.rarest <= FEW:
        return Looked(list(session.execute(_by_index(reader, made, (before, limit), dialect))))
    sight = _sight(session, reader, before)
    if sight.is_dense:
        return _walk(session, reader, made, (sight.high + 1, limit))
    first = _look(session, reader, made, (before, LOOKED_AT_FIRST, limit))
    if len(first.rows) >= limit or not first.looked_at:
        return first
    rest = limit - len(first.rows)
    second = _look(session, reader, made, (first.low, MOST_LOOKED_AT, rest))
    is_cut = len(second.rows) < rest and second.looked_at
    return Looked(first.rows + second.rows, first.looked_at + second.looked_at if is_cut else 0, second.low)


@dataclass(frozen=True, slots=True)
class Sight:
    """How close together the newest cases lie that a reader may see."""

    low: int
    high: int
    count: int

    @property
    def is_dense(self) -> bool:
        """Tell whether this reader sees most of what there is, so that walking along all cases is no detour."""
        return self.count == LOOKED_AT_FIRST and self.count * 4 >= self.high - self.low + 1


def _sight(session: Session, reader: Reader, before: int | None) -> Sight:
    asked = _newest_span(len(reader.principals), LOOKED_AT_FIRST, is_later=before is not None)
    low, high, count = tuple(read(session, asked, newest_values(reader, before)).one())
    return Sight(low or 0, high or 0, count)


@cache
def _newest_span(principals: int, bound: int, *, is_later: bool) -> Select[*tuple[Any, ...]]:
    seen = newest_prepared(principals, bound, is_later=is_later).subquery()
    return select(func.min(seen.c.seq), func.max(seen.c.seq), func.count())


def _walk(session: Session, reader: Reader, made: Plan, at: tuple[int, int]) -> Looked:
    """Walk along the newest cases, whoever may see them, until there are enough or the bound is reached."""
    start, limit = at
    end, dialect = start - MOST_WALKED, session.get_bind().dialect.name
    question = within_values(made.expression, dialect)
    asked = _along(len(reader.principals), limit, dialect, len(question))
    rows = list(read(session, asked, {**newest_values(reader, None), **question, "start": start, "end": end}))
    return Looked(rows, MOST_WALKED, end) if end > 1 and len(rows) < limit else Looked(rows)


@cache
def _along(principals: int, limit: int, dialect: str, parts: int) -> Select[*tuple[Any, ...]]:
    found = found_within(dialect, parts)
    seq, case_id = found.selected_columns
    return _with_cards(found.where(visible_prepared(principals, case_id)).order_by(seq.desc()).limit(limit))


def _look(session: Session, reader: Reader, made: Plan, at: tuple[int | None, int, int]) -> Looked:
    """Look at so many of the newest cases that a reader may see, from some place on."""
    before, bound, limit = at
    asked = _by_audience(len(reader.principals), bound, limit, is_later=before is not None)
    rows = read(session, asked, {**newest_values(reader, before), **holds_values(made.expression)}).all()
    hits = [row for row in rows if row.is_hit]
    if not rows or rows[0].looked_at < bound:
        return Looked(hits)
    return Looked(hits, rows[0].looked_at, rows[0].low)


def _by_index(reader: Reader, made: Plan, at: tuple[int | None, int], dialect: str) -> Executable:
    """Let the index find all there is and the audience sort out."""
    before, limit = at
    found = found_by(made.expression, dialect)
    if dialect == "postgresql":
        once = found.cte("found").prefix_with("MATERIALIZED")
        found = select(once.c.seq, once.c.case_id)
    seq, case_id = found.selected_columns
    top = found.where(visible(reader, case_id)).order_by(seq.desc()).limit(limit)
    return _with_cards(top if before is None else top.where(seq < before))


def _with_cards(found: Select[Any, Any]) -> Select[*tuple[Any, ...]]:
    first = found.subquery()
    return select(*CARD, first.c.seq, *TEXTS).join(first, first.c.case_id == Case.id).order_by(first.c.seq.desc())


@cache
def _by_audience(principals: int, bound: int, limit: int, *, is_later: bool) -> Select[*tuple[Any, ...]]:
    """Look at the newest cases that a reader may see; the last one comes along, to say how far the look went."""
    seen = newest_prepared(principals, bound, is_later=is_later).cte("seen")
    low = select(func.min(seen.c.seq)).scalar_subquery()
    looked_at = select(func.count()).select_from(seen).scalar_subquery()
    is_hit = func.coalesce(holds_prepared(), false())
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
        .add_columns(low.label("low"), looked_at.label("looked_at"))
        .join(first, first.c.case_id == Case.id)
        .order_by(first.c.seq.desc())
    )


def _hit(row: Any, marker: Marker) -> Hit:
    texts = (row.question, row.findings, row.history, row.outcome)
    return Hit(card(row), marker.mark(row.title), marker.snippet(texts), row.seq)
