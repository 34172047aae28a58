"""Reads walls: what is pinned where, for the eyes of one reader, in one statement a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from pinboard.cases.queries import CARD, Card, Cover, card, cover
from pinboard.models import Board, BoardKind, BoardRole, BoardVerb, Case, Pin, Role, User
from pinboard.policy import PAGE, NotFound, Reader, may_board, newest, visible
from pinboard.web.paging import Cursor
from pinboard.web.text import _

BOARDS = 60
"""Boards on one page of the index; each is one branch of the statement that finds the covers."""
COVERS = 3

KINDS = {
    BoardKind.SPECIALTY: _("Specialty"),
    BoardKind.PERSONAL: _("Personal board"),
    BoardKind.GROUP: _("Group board"),
    BoardKind.PATIENT: _("Patient’s board"),
}
ROLES = {BoardVerb.OWNER: _("owns it"), BoardVerb.EDITOR: _("looks and pins"), BoardVerb.READER: _("looks")}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cards and where the next begins."""

    cards: list[Card]
    next: Cursor | None


def feed_page(session: Session, reader: Reader, after: Cursor | None) -> Page:
    """Give one page of everything a reader may see, newest first."""
    before = int(after.keys[0]) if after else None
    places = newest(reader, after=before, limit=PAGE + 1).subquery()
    rows = session.execute(
        select(*CARD, places.c.seq).join(places, places.c.case_id == Case.id).order_by(places.c.seq.desc()),
    ).all()
    shown = rows[:PAGE]
    return Page([card(row) for row in shown], Cursor((shown[-1].seq,)) if len(rows) > PAGE else None)


def board_page(session: Session, reader: Reader, shown_on: Wall, after: Cursor | None) -> Page:
    """Give one page of a board's pins; a pin whose case this reader may not see is not there."""
    query = (
        select(*CARD, Pin.public_id.label("pin_id"), Pin.position, may_unpin(reader, shown_on).label("may_unpin"))
        .join(Case, Case.id == Pin.case_id)
        .where(Pin.board_id == shown_on.board.id, visible(reader))
        .order_by(Pin.position.desc(), Pin.case_id.desc())
        .limit(PAGE + 1)
    )
    if after:
        position, case_id = after.keys
        query = query.where(or_(Pin.position < position, and_(Pin.position == position, Pin.case_id < case_id)))
    rows = session.execute(query).all()
    shown = rows[:PAGE]
    following = Cursor((shown[-1].position, shown[-1].id)) if len(rows) > PAGE else None
    return Page([card(row, pin_id=row.pin_id if row.may_unpin else None) for row in shown], following)


def may_unpin(reader: Reader, shown_on: Wall) -> ColumnElement[bool]:
    """Give the clause for “this reader may take this pin off”: who pinned, who wrote the case, who keeps the board."""
    if not shown_on.may_pin:
        return false()
    if shown_on.may_manage or shown_on.board.kind is not BoardKind.SPECIALTY:
        return true()
    return or_(Pin.by_id == reader.user_id, Case.author_id == reader.user_id)


def pin_to_take(session: Session, reader: Reader, shown_on: Wall, pin_id: str) -> Pin:
    """Give a pin that this reader sees and may take off, or answer as if it were not there."""
    found = session.scalar(
        select(Pin)
        .join(Case, Case.id == Pin.case_id)
        .where(Pin.board_id == shown_on.board.id, Pin.public_id == pin_id)
        .where(visible(reader), may_unpin(reader, shown_on)),
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A board in a list."""

    slug: str
    title: str
    kind_word: str
    is_archived: bool
    covers: tuple[Cover, ...] = ()
    has_it: bool = False


def boards_page(
    session: Session, reader: Reader, *, kind: str = "", after: Cursor | None = None, limit: int = BOARDS
) -> tuple[list[BoardItem], Cursor | None]:
    """Give one page of the boards a reader may see, by name, each with its newest covers."""
    query = select(*_BOARD).where(may_board(reader, "see"), *_of_kind(kind, reader)).order_by(Board.title, Board.id)
    if after:
        title, board_id = after.keys
        query = query.where(or_(Board.title > title, and_(Board.title == title, Board.id > board_id)))
    rows = session.execute(query.limit(limit + 1)).all()
    shown = rows[:limit]
    found = covers(session, reader, [row.id for row in shown])
    items = [
        BoardItem(row.slug, row.title, KINDS[row.kind], row.archived_at is not None, tuple(found.get(row.id, ())))
        for row in shown
    ]
    return items, Cursor((shown[-1].title, shown[-1].id)) if len(rows) > limit else None


_BOARD = (Board.id, Board.slug, Board.title, Board.kind, Board.archived_at)


def _of_kind(kind: str, reader: Reader) -> list[Any]:
    if kind == "specialty":
        return [Board.kind == BoardKind.SPECIALTY]
    if kind == "mine":
        return [Board.owner_id == reader.user_id]
    return [Board.archived_at.is_(None)]


def covers(session: Session, reader: Reader, board_ids: list[int]) -> dict[int, list[Cover]]:
    """Give the newest covers of each board that this reader may see, in one statement."""
    if not board_ids:
        return {}
    tops = [select(_newest_covers(reader, board_id).subquery()) for board_id in board_ids]
    found: dict[int, list[Cover]] = {}
    for board_id, picture, _position in session.execute(union_all(*tops)):
        if picture:
            found.setdefault(board_id, []).append(cover(picture))
    return found


def _newest_covers(reader: Reader, board_id: int) -> Select[Any]:
    return (
        select(Pin.board_id, Case.cover, Pin.position)
        .join(Case, Case.id == Pin.case_id)
        .where(Pin.board_id == board_id, Case.is_sensitive.is_(False), visible(reader))
        .order_by(Pin.position.desc(), Pin.case_id.desc())
        .limit(COVERS)
    )


def boards_for_pin(session: Session, reader: Reader, case_id: int) -> list[BoardItem]:
    """Give the boards a reader may pin to, own ones first, each with whether the case is there already."""
    has_it = select(Pin.id).where(Pin.board_id == Board.id, Pin.case_id == case_id).exists()
    rows = session.execute(
        select(*_BOARD, has_it.label("has_it"))
        .where(may_board(reader, "pin"), Board.archived_at.is_(None))
        .order_by((Board.kind == BoardKind.SPECIALTY), Board.title, Board.id)
        .limit(200),
    )
    return [BoardItem(row.slug, row.title, KINDS[row.kind], is_archived=False, has_it=row.has_it) for row in rows]


@dataclass(frozen=True, slots=True)
class Wall:
    """A board and what its reader may do with it."""

    board: Board
    may_pin: bool
    may_manage: bool


def wall(session: Session, reader: Reader, slug: str) -> Wall:
    """Give a board that a reader may see and both of the other verbs, in one statement."""
    row = session.execute(
        select(Board, may_board(reader, "pin"), may_board(reader, "settings")).where(
            Board.slug == slug, may_board(reader, "see")
        ),
    ).one_or_none()
    if row is None:
        raise NotFound
    return Wall(row[0], bool(row[1]), bool(row[2]))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a board."""

    id: str
    name: str
    role_word: str
    is_owner: bool


def people(session: Session, board: Board) -> list[Person]:
    """Give the owner and everybody who was put on a board."""
    rows = session.execute(
        select(User.public_id, User.name, BoardRole.role, User.id)
        .outerjoin(BoardRole, and_(BoardRole.user_id == User.id, BoardRole.board_id == board.id))
        .where(or_(User.id == board.owner_id, BoardRole.role.is_not(None)))
        .order_by((User.id == board.owner_id).desc(), func.lower(User.name)),
    ).all()
    return [
        Person(
            id=row.public_id,
            name=row.name,
            role_word=ROLES[BoardVerb.OWNER if row.id == board.owner_id else row.role],
            is_owner=row.id == board.owner_id,
        )
        for row in rows
    ]


def members_to_add(session: Session, board: Board) -> list[tuple[str, str]]:
    """Give the verified members of the clinic who are not on a board yet, by name."""
    on_it = select(BoardRole.user_id).where(BoardRole.board_id == board.id)
    rows = session.execute(
        select(User.public_id, User.name)
        .where(User.role.in_((Role.CLINICIAN, Role.TRAINEE)), User.verified_at.is_not(None), User.is_demo.is_(False))
        .where(User.state == "active", User.id.not_in(on_it), User.id != board.owner_id)
        .order_by(func.lower(User.name))
        .limit(500),
    )
    return [(public, name) for public, name in rows]
