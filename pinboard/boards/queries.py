"""Reads walls: what is pinned where, for the eyes of one reader, in one statement a list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, SelectBase, and_, false, func, literal, or_, select, true
from sqlalchemy.orm import Session

from pinboard.cases.queries import CARD, Card, card
from pinboard.models import Board, BoardKind, BoardRole, BoardVerb, BoardVisit, Case, Pin, Role, User
from pinboard.models.engine import read
from pinboard.policy import PAGE, NotFound, Reader, may_board, newest_prepared, newest_values, sees_few, visible
from pinboard.web.paging import Cursor
from pinboard.web.text import _

KINDS = {
    BoardKind.SPECIALTY: _("Specialty"),
    BoardKind.PERSONAL: _("Personal board"),
    BoardKind.GROUP: _("Group board"),
    BoardKind.PATIENT: _("Patient’s board"),
}
ROLES = {BoardVerb.OWNER: _("owns it"), BoardVerb.EDITOR: _("looks, pins and arranges"), BoardVerb.READER: _("looks")}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cards and where the next begins."""

    cards: list[Card]
    next: Cursor | None
    marks: list[int]
    """What each was given when it came, which only grows: what is larger than the mark of the last visit is new."""


def feed_page(session: Session, reader: Reader, after: Cursor | None, *, pages: int = 1) -> Page:
    """Give so many pages of everything a reader may see, newest first."""
    most = PAGE * pages
    before = int(after.keys[0]) if after else None
    asked = _feed(len(reader.principals), most + 1, is_later=before is not None)
    rows = read(session, asked, newest_values(reader, before)).all()
    shown = rows[:most]
    following = Cursor((shown[-1].seq,)) if len(rows) > most else None
    return Page([card(row) for row in shown], following, [row.seq for row in shown])


@cache
def _feed(principals: int, limit: int, *, is_later: bool) -> Select[*tuple[Any, ...]]:
    places = newest_prepared(principals, limit, is_later=is_later).subquery()
    return select(*CARD, places.c.seq).join(places, places.c.case_id == Case.id).order_by(places.c.seq.desc())


def may_unpin(reader: Reader, shown_on: Wall) -> ColumnElement[bool]:
    """Give the clause for “this reader may take this pin off”: who pinned, who wrote the case, who keeps the board."""
    if not shown_on.may_pin:
        return false()
    if shown_on.may_arrange or shown_on.board.kind is not BoardKind.SPECIALTY:
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
class Wall:
    """A board and what its reader may do with it."""

    board: Board
    may_pin: bool
    may_arrange: bool
    may_describe: bool
    may_manage: bool
    seen: int | None = None
    """The newest pin that was there at this reader's last visit."""
    is_followed: bool = False
    facets: str | None = None
    """What the board holds for this reader, for the chips; see `layout.facets`."""
    sees_few: bool = False
    """The page is found from the reader's cases, because most pins of a large board are not for these eyes."""


def wall(session: Session, reader: Reader, slug: str, facets: ColumnElement[str | None] | None = None) -> Wall:
    """Give a board that a reader may see, the other verbs, the last visit and the facets, in one statement."""
    verbs = [may_board(reader, verb).label(verb) for verb in ("pin", "arrange", "describe", "settings")]
    row = session.execute(
        select(Board, *verbs, BoardVisit.seen_pin_id, BoardVisit.visited_at, BoardVisit.followed_at)
        .add_columns(literal(None) if facets is None else facets, sees_few(reader))
        .outerjoin(BoardVisit, and_(BoardVisit.board_id == Board.id, BoardVisit.user_id == reader.user_id))
        .where(Board.slug == slug, may_board(reader, "see")),
    ).one_or_none()
    if row is None:
        raise NotFound
    board, pins, arranges, describes, manages, seen, visited_at, followed_at, kinds, is_small = row
    return Wall(
        board=board,
        may_pin=bool(pins),
        may_arrange=bool(arranges),
        may_describe=bool(describes),
        may_manage=bool(manages),
        seen=seen if visited_at else None,
        is_followed=followed_at is not None,
        facets=kinds,
        sees_few=bool(is_small),
    )


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
    return members(
        session, on_it.union(select(Board.owner_id).where(Board.id == board.id, Board.owner_id.is_not(None)))
    )


def members(
    session: Session, but: SelectBase, *, roles: tuple[Role, ...] = (Role.CLINICIAN, Role.TRAINEE)
) -> list[tuple[str, str]]:
    """Give the verified members of the clinic but some, by name, to choose from."""
    rows = session.execute(
        select(User.public_id, User.name)
        .where(User.role.in_(roles), User.verified_at.is_not(None), User.is_demo.is_(False))
        .where(User.state == "active", User.id.not_in(but))
        .order_by(func.lower(User.name))
        .limit(500),
    )
    return [(public, name) for public, name in rows]
