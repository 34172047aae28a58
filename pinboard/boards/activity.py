"""Counts what is new to a reader since the last visit, of the feed and of boards: only what this reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models import Board, BoardVisit, Case, Pin, User
from pinboard.policy import NotFound, Reader, may_board, newest, visible

MOST = 99
"""Nobody reads a larger number, and counting it would cost."""


@dataclass(frozen=True, slots=True)
class Places:
    """Up to where a reader had seen a list before this visit, and what stood at its top when the page was made."""

    seen: int | None = None
    top: int | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What is new in one list."""

    before: int = 0
    """New since the last visit, and on the page already."""
    after: int = 0
    """Came after the page was made."""
    since: datetime | None = None
    """When the first of them came."""
    newest: int | None = None
    """The place up to which a reader of this line has seen the list."""

    @property
    def tag(self) -> str:
        """Name this state, so that a poll that finds the same is answered with nothing."""
        return f"{self.before}.{self.after}"


def feed_news(session: Session, reader: Reader, places: Places) -> News:
    """Count what is new in the feed, in one statement; who never looked before has nothing that is new."""
    start = _start(places)
    if start is None:
        return News(newest=_newest_of_feed(session, reader))
    fresh = newest(reader, since=start, limit=MOST + 1).subquery()
    query = select(*_counted(fresh.c.seq, places, Case.published_at)).join_from(
        fresh, Case, (Case.id == fresh.c.case_id) & (Case.author_id != reader.user_id)
    )
    return _news(session.execute(query).one(), places)


def see_feed(session: Session, reader: Reader, seq: int) -> None:
    """Remember up to where somebody has seen the feed; never back, and never beyond what is there."""
    top = min(seq, _newest_of_feed(session, reader) or 0)
    user = session.get_one(User, reader.user_id)
    if user.feed_seen_seq is None or user.feed_seen_seq < top:
        user.feed_seen_seq = top
        session.flush()


def board_news(session: Session, reader: Reader, slug: str, places: Places) -> News:
    """Count what is new on a board this reader may see, in one statement."""
    start = _start(places)
    mine = select(Board.id).where(Board.slug == slug).scalar_subquery()
    fresh = _fresh(reader, mine, literal(start or 0)).subquery()
    query = (
        select(Board.id, *_counted(fresh.c.id, places, fresh.c.at))
        .select_from(Board)
        .outerjoin(fresh, fresh.c.board_id == Board.id)
        .where(Board.slug == slug, may_board(reader, "see"))
        .group_by(Board.id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    found = _news(row[1:], places)
    return found if start is not None else News(newest=found.newest)


def see_board(session: Session, reader: Reader, board: Board, pin_id: int) -> None:
    """Remember that somebody visited a board and up to which pin."""
    user_id = _member(reader)
    last = session.scalar(select(func.max(Pin.id)).where(Pin.board_id == board.id)) or 0
    visit = session.get(BoardVisit, (user_id, board.id))
    if visit is None:
        visit = BoardVisit(user_id=user_id, board_id=board.id, seen_pin_id=0)
        session.add(visit)
    visit.visited_at = now()
    visit.seen_pin_id = max(visit.seen_pin_id, min(pin_id, last))
    session.flush()


def unread(reader: Reader, board: ColumnElement[int], seen: ColumnElement[int]) -> ColumnElement[int]:
    """Give the clause that counts what was pinned on a board since a place; after no place there is nothing."""
    fresh = _fresh(reader, board, seen).correlate(*{one.table for one in (board, seen)}).subquery()
    return select(func.count(fresh.c.id)).scalar_subquery()


def divide(marks: Sequence[int], seen: int | None, *, follows_new: bool = False) -> int | None:
    """Give where on a page what was seen before begins; None where nothing new stands before it, or among it."""
    if seen is None or not marks:
        return None
    first = next((place for place, mark in enumerate(marks) if mark <= seen), None)
    if first is None or any(mark > seen for mark in marks[first:]):
        return None
    return first if first or follows_new else None


def _fresh(reader: Reader, board: ColumnElement[int], seen: ColumnElement[int]) -> Select[int, int, datetime]:
    """Find what others pinned on a board after a place, as far as the reader may see the cases."""
    return (
        select(Pin.id, Pin.board_id, Pin.at)
        .join(Case, Case.id == Pin.case_id)
        .where(Pin.board_id == board, Pin.id > seen, Pin.by_id != reader.user_id, visible(reader))
        .order_by(Pin.id.desc())
        .limit(MOST + 1)
    )


def _counted(mark: ColumnElement[int], places: Places, at: Any) -> tuple[Any, ...]:
    """Give the columns that `_news` reads."""
    late = case((mark > places.top, 1), else_=0) if places.top is not None else literal(0)
    return (func.count(mark), func.coalesce(func.sum(late), 0), func.min(at), func.max(mark))


def _news(row: Sequence[Any], places: Places) -> News:
    count, late, since, last = row
    known = [place for place in (places.top, places.seen, last) if place is not None]
    return News(
        before=int(count) - int(late) if places.seen is not None else 0,
        after=int(late),
        since=since,
        newest=max(known) if known else None,
    )


def _start(places: Places) -> int | None:
    """Give the place after which is counted: what was seen, or what stood on the page of who never looked before."""
    return places.top if places.seen is None else places.seen


def _newest_of_feed(session: Session, reader: Reader) -> int | None:
    top = newest(reader, limit=1).subquery()
    return session.scalar(select(top.c.seq))


def _member(reader: Reader) -> int:
    if reader.user_id is None:
        raise NotFound
    return reader.user_id
