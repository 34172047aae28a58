"""Lists of what a reader may see, newest first, paged by key: flat from ten thousand cases to a million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, false, func, select, union_all
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.models import Audience, Case
from pinboard.policy.readers import Reader

PAGE = 40


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a list: the case and where it stands; `seq` of the last one is the next page's cursor."""

    seq: int
    case_id: int


def visible(reader: Reader, case_id: ColumnExpressionArgument[int] = Case.id) -> ColumnElement[bool]:
    """Give the clause for “this reader may see the case of this row”, for any query that holds a case's id."""
    if not reader.principals:
        return false()
    moment = clock.now()
    return (
        select(Audience.case_id)
        .where(
            Audience.case_id == case_id,
            Audience.principal.in_(reader.principals),
            Audience.not_before <= moment,
            Audience.not_after > moment,
        )
        .exists()
    )


def newest(
    reader: Reader, *, after: int | None = None, limit: int = PAGE, within: Select[Any] | None = None
) -> Select[int, int]:
    """Give the query for (seq, case_id) of what a reader sees, newest first, of those older than `after`.

    Each principal gives its own newest and they are merged; one filter over all principals makes PostgreSQL walk the
    whole table for a reader with few cases (measured: 780 ms against 0.16). `within` bounds it to a query of case ids.
    """
    tops = [_top(principal, after, limit, within) for principal in reader.principals] or [
        select(Audience.seq, Audience.case_id).where(false())
    ]
    merged = union_all(*(select(top.subquery()) for top in tops)).subquery()
    seq, case_id = merged.c.seq, merged.c.case_id
    return select(seq, case_id).distinct().order_by(seq.desc()).limit(limit)


def feed(session: Session, reader: Reader, *, after: int | None = None, limit: int = PAGE) -> list[Place]:
    """Give one page of everything a reader may see."""
    return [Place(seq, case_id) for seq, case_id in session.execute(newest(reader, after=after, limit=limit))]


def count_visible(session: Session, reader: Reader, cap: int = 1001) -> int:
    """Count what a reader may see, up to a cap; past a thousand nobody reads the number, and it costs."""
    found = newest(reader, limit=cap).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _top(principal: str, after: int | None, limit: int, within: Select[Any] | None) -> Select[int, int]:
    moment = clock.now()
    top = (
        select(Audience.seq, Audience.case_id)
        .where(Audience.principal == principal, Audience.not_before <= moment, Audience.not_after > moment)
        .distinct()
        .order_by(Audience.seq.desc())
        .limit(limit)
    )
    if after is not None:
        top = top.where(Audience.seq < after)
    return top if within is None else top.where(Audience.case_id.in_(within))
