"""Reads lists of boards: names, covers and numbers, all of them for the eyes of one reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from pinboard.boards.activity import unread
from pinboard.boards.queries import KINDS
from pinboard.cases.queries import Cover, cover
from pinboard.models import Board, BoardKind, BoardVisit, Case, Pin
from pinboard.policy import Reader, may_board, visible
from pinboard.web.paging import Cursor

BOARDS = 60
"""Boards on one page of the index; each is one branch of the statement that finds the covers."""
COVERS = 3
COUNTED = 200
"""Past so many cases the index says “more than”: nobody compares larger numbers, and counting costs."""

KIND_WORDS = ("specialty", "mine", "followed", "group")
_ON_TOP = 2**62


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A board in a list."""

    public_id: str
    slug: str
    title: str
    kind_word: str
    is_archived: bool
    covers: tuple[Cover, ...] = ()
    has_it: bool = False
    unread: int = 0
    count: int = 0
    """Of the cases that this reader may see, up to one more than `COUNTED`."""
    is_followed: bool = False


def boards_page(
    session: Session, reader: Reader, *, kind: str = "", after: Cursor | None = None, limit: int = BOARDS
) -> tuple[list[BoardItem], Cursor | None]:
    """Give one page of the boards a reader may see, by name, each with its covers and the number of its cases."""
    seen = case((BoardVisit.visited_at.is_not(None), BoardVisit.seen_pin_id)).label("seen")
    page = select(*_BOARD, BoardVisit.followed_at, seen).outerjoin(BoardVisit, _own_visit(reader))
    page = page.where(may_board(reader, "see"), *_of_kind(kind, reader)).order_by(Board.title, Board.id)
    if after:
        title, board_id = after.keys
        page = page.where(or_(Board.title > title, and_(Board.title == title, Board.id > board_id)))
    # What is counted is counted for the boards of this page alone.
    kept = page.limit(limit + 1).subquery()
    rows = session.execute(
        select(*kept.c, _count(reader, kept.c.id).label("cases"))
        .add_columns(unread(reader, kept.c.id, kept.c.seen).label("unread"))
        .order_by(kept.c.title, kept.c.id)
    ).all()
    shown = rows[:limit]
    found = covers(session, reader, {row.id: row.cover_case_id for row in shown})
    items = [
        BoardItem(
            row.public_id, row.slug, row.title, KINDS[row.kind], row.archived_at is not None,
            covers=tuple(found.get(row.id, ())), unread=row.unread, count=row.cases,
            is_followed=row.followed_at is not None,
        )
        for row in shown
    ]  # fmt: skip
    return items, Cursor((shown[-1].title, shown[-1].id)) if len(rows) > limit else None


_BOARD = (Board.id, Board.public_id, Board.slug, Board.title, Board.kind, Board.archived_at, Board.cover_case_id)


def _own_visit(reader: Reader) -> ColumnElement[bool]:
    return and_(BoardVisit.board_id == Board.id, BoardVisit.user_id == reader.user_id)


def _of_kind(kind: str, reader: Reader) -> list[Any]:
    """Give what narrows the index; archived boards are listed among one's own alone."""
    if kind == "mine":
        return [Board.owner_id == reader.user_id]
    narrowed: dict[str, list[Any]] = {
        "specialty": [Board.kind == BoardKind.SPECIALTY],
        "followed": [BoardVisit.followed_at.is_not(None)],
        "group": [Board.kind == BoardKind.GROUP],
    }
    return [Board.archived_at.is_(None), *narrowed.get(kind, [])]


def _count(reader: Reader, board_id: ColumnElement[int]) -> ColumnElement[int]:
    seen = (
        select(literal(1).label("one"))
        .select_from(Pin)
        .where(Pin.board_id == board_id, visible(reader, Pin.case_id))
        .limit(COUNTED + 1)
        .correlate(board_id.table)
        .subquery()
    )
    return select(func.count()).select_from(seen).scalar_subquery()


def covers(session: Session, reader: Reader, boards: dict[int, int | None]) -> dict[int, list[Cover]]:
    """Give the pictures of each board that this reader may see, the chosen one first, in one statement."""
    if not boards:
        return {}
    tops = [_chosen_cover(reader, board_id, case_id) for board_id, case_id in boards.items() if case_id]
    tops += [_newest_covers(reader, board_id) for board_id in boards]
    rows = session.execute(union_all(*(select(top.subquery()) for top in tops))).all()
    found: dict[int, list[Cover]] = {}
    seen: set[tuple[int, int]] = set()
    for board_id, case_id, picture, _place in sorted(rows, key=lambda row: (row[0], -row[3])):
        shown = found.setdefault(board_id, [])
        if picture and (board_id, case_id) not in seen and len(shown) < COVERS:
            seen.add((board_id, case_id))
            shown.append(cover(picture))
    return found


def _pictures(reader: Reader, board_id: int, place: Any) -> Select[Any]:
    return (
        select(Pin.board_id, Case.id.label("case_id"), Case.cover, place.label("place"))
        .join(Case, Case.id == Pin.case_id)
        .where(Pin.board_id == board_id, Case.is_sensitive.is_(False), visible(reader))
    )


def _newest_covers(reader: Reader, board_id: int) -> Select[Any]:
    pictures = _pictures(reader, board_id, Pin.position)
    return pictures.order_by(Pin.position.desc(), Pin.case_id.desc()).limit(COVERS)


def _chosen_cover(reader: Reader, board_id: int, case_id: int) -> Select[Any]:
    return _pictures(reader, board_id, literal(_ON_TOP)).where(Case.id == case_id)


def boards_for_pin(session: Session, reader: Reader, case_id: int | None, last: str = "") -> list[BoardItem]:
    """Give the boards a reader may pin to: the last used first, and whether a case is there."""
    has_it = select(Pin.id).where(Pin.board_id == Board.id, Pin.case_id == case_id).exists()
    rows = session.execute(
        select(*_BOARD, has_it.label("has_it"))
        .where(may_board(reader, "pin"), Board.archived_at.is_(None))
        .order_by((Board.public_id == last).desc(), (Board.kind == BoardKind.SPECIALTY), Board.title, Board.id)
        .limit(200),
    ).all()
    found = covers(session, reader, {row.id: row.cover_case_id for row in rows[:BOARDS]})
    return [
        BoardItem(
            row.public_id, row.slug, row.title, KINDS[row.kind], is_archived=False, has_it=row.has_it,
            covers=tuple(found.get(row.id, ())[:1]),
        )
        for row in rows
    ]  # fmt: skip
