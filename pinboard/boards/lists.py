"""Reads lists of boards: names, covers and numbers, all of them for the eyes of one reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from pinboard.boards.activity import unread
from pinboard.boards.queries import KINDS
from pinboard.cases.queries import Cover, cover
from pinboard.models import Board, BoardKind, BoardVisit, Case, Pin
from pinboard.policy import Reader, may_board, visible
from pinboard.web.paging import Cursor
from pinboard.web.titles import place

BOARDS = 60
"""Boards on one page of the index; each is one branch of the statement that finds the covers."""
COVERS = 3
COUNTED = 200
"""Past so many cases the index says “more than”: nobody compares larger numbers, and counting costs."""

OFFERED = 200
"""Boards to pin to; nobody looks through more."""
FIRST = 6

KIND_WORDS = ("specialty", "mine", "followed", "group")
_ON_TOP = 2**62
_NO_CASE = 0
"""Stands for a case in the rows of numbers among those of pictures."""
_NO_NUMBERS = (literal(0).label("cases"), literal(0).label("unread"))


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
    session: Session, reader: Reader, *, kind: str = "", after: Cursor | None = None
) -> tuple[list[BoardItem], Cursor | None]:
    """Give one page of the boards a reader may see, by name, each with its covers and the number of its cases."""
    rows = [row for row in _by_name(session, reader, kind) if after is None or _place(row) > after.keys]
    shown = rows[:BOARDS]
    # What is counted is counted for the boards of this page alone.
    found = _contents(session, reader, {row.id: row.cover_case_id for row in shown})
    items = [_item(row, found[row.id]) for row in shown]
    return items, Cursor(_place(shown[-1])) if len(rows) > BOARDS else None


def first_boards(session: Session, reader: Reader) -> list[BoardItem]:
    """Give a few boards to begin with to whoever sees no case: no board has a picture or a number for these eyes."""
    return [_item(row, _Contents()) for row in _by_name(session, reader, "")[:FIRST]]


def _by_name(session: Session, reader: Reader, kind: str) -> list[Row[Any]]:
    """Give all boards of a reader in the order in which their titles are read; one reader is on few enough for that."""
    query = select(*_BOARD, BoardVisit.followed_at).outerjoin(BoardVisit, _own_visit(reader))
    return sorted(session.execute(query.where(may_board(reader, "see"), *_of_kind(kind, reader))), key=_place)


def _place(row: Any) -> tuple[str, int]:
    return place(row.slug, row.title), row.id


def _item(row: Row[Any], holds: _Contents) -> BoardItem:
    return BoardItem(
        row.public_id, row.slug, row.title, KINDS[row.kind], row.archived_at is not None,
        covers=tuple(holds.covers), unread=holds.unread, count=holds.count, is_followed=row.followed_at is not None,
    )  # fmt: skip


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


@dataclass(slots=True)
class _Contents:
    """What a board holds for one reader."""

    covers: list[Cover] = field(default_factory=list)
    count: int = 0
    unread: int = 0


def _contents(session: Session, reader: Reader, boards: dict[int, int | None]) -> dict[int, _Contents]:
    """Give pictures and numbers of boards in one statement: first the numbers of all, then the pictures of each."""
    found = {board_id: _Contents() for board_id in boards}
    if not boards:
        return found
    tops = [_numbers(reader, list(boards)), *(top.add_columns(*_NO_NUMBERS) for top in _tops(reader, boards))]
    rows = session.execute(union_all(*(select(top.subquery()) for top in tops))).all()
    for row in rows:
        if row.case_id == _NO_CASE:
            found[row.board_id].count, found[row.board_id].unread = row.cases, row.unread
    for board_id, shown in _chosen([row[:4] for row in rows]).items():
        found[board_id].covers = shown
    return found


def _numbers(reader: Reader, boards: list[int]) -> Select[Any]:
    """Count what a reader sees on boards; a row is as long as that of a picture, and is of no case."""
    seen = case((BoardVisit.visited_at.is_not(None), BoardVisit.seen_pin_id)).label("seen")
    kept = select(Board.id, seen).outerjoin(BoardVisit, _own_visit(reader)).where(Board.id.in_(boards)).subquery()
    return select(
        kept.c.id.label("board_id"),
        literal(_NO_CASE).label("case_id"),
        null().cast(Case.cover.type).label("cover"),
        literal(0).label("place"),
        _count(reader, kept.c.id).label("cases"),
        unread(reader, kept.c.id, kept.c.seen).label("unread"),
    )


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
    return _chosen(session.execute(union_all(*(select(top.subquery()) for top in _tops(reader, boards)))).all())


def _tops(reader: Reader, boards: dict[int, int | None]) -> list[Select[Any]]:
    tops = [_chosen_cover(reader, board_id, case_id) for board_id, case_id in boards.items() if case_id]
    return tops + [_newest_covers(reader, board_id) for board_id in boards]


def _chosen(rows: Iterable[Sequence[Any]]) -> dict[int, list[Cover]]:
    """Give the first few pictures of each board, none of them twice."""
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
        select(*_BOARD, has_it.label("has_it")).where(may_board(reader, "pin"), Board.archived_at.is_(None))
    ).all()
    rows = sorted(rows, key=lambda row: (row.public_id != last, row.kind is BoardKind.SPECIALTY, *_place(row)))
    rows = rows[:OFFERED]
    found = covers(session, reader, {row.id: row.cover_case_id for row in rows[:BOARDS]})
    return [
        BoardItem(
            row.public_id, row.slug, row.title, KINDS[row.kind], is_archived=False, has_it=row.has_it,
            covers=tuple(found.get(row.id, ())[:1]),
        )
        for row in rows
    ]  # fmt: skip
