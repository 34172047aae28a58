"""Reads the pins of a board small and many on a page, section by section, for those who arrange or choose them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pinboard.boards.bulk import MOST
from pinboard.boards.places import sections
from pinboard.boards.queries import Wall
from pinboard.cases.queries import Cover, cover
from pinboard.models import BoardSection, Case, Pin
from pinboard.policy import Reader, visible
from pinboard.web.paging import Cursor


@dataclass(frozen=True, slots=True)
class Tile:
    """One pin, small."""

    id: str
    case_id: str
    title: str
    cover: Cover | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A section and those of its pins that the reader sees, on this page."""

    id: str
    title: str
    tiles: list[Tile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tiles:
    """One page of pins, and every section of the board."""

    blocks: list[Shelf]
    sections: list[BoardSection]
    next: Cursor | None


def page(session: Session, reader: Reader, shown_on: Wall, after: Cursor | None) -> Tiles:
    """Give one page of tiles; the first page has every section, empty ones too, so that something can be put there."""
    query = (
        select(Pin.public_id, Pin.position, Pin.section_id, Pin.case_id)
        .add_columns(Case.public_id.label("case"), Case.title, Case.cover, Case.is_sensitive)
        .join(Case, Case.id == Pin.case_id)
        .where(Pin.board_id == shown_on.board.id, visible(reader))
        .order_by(Pin.position.desc(), Pin.case_id.desc())
        .limit(MOST + 1)
    )
    if after:
        position, case_id = after.keys
        query = query.where(or_(Pin.position < position, and_(Pin.position == position, Pin.case_id < case_id)))
    rows = session.execute(query).all()
    shown = rows[:MOST]
    every = sections(session, shown_on.board)
    shelves: dict[int | None, Shelf] = {None: Shelf("", "")}
    shelves |= {section.id: Shelf(section.public_id, section.title) for section in every}
    for row in shown:
        picture = cover(row.cover) if row.cover and not row.is_sensitive else None
        shelves.get(row.section_id, shelves[None]).tiles.append(Tile(row.public_id, row.case, row.title, picture))
    following = Cursor((shown[-1].position, shown[-1].case_id)) if len(rows) > MOST else None
    is_first = after is None
    return Tiles([shelf for shelf in shelves.values() if shelf.tiles or is_first], every, following)


def section_of(session: Session, pin: Pin) -> BoardSection | None:
    """Give the section that a pin stands in."""
    return session.get(BoardSection, pin.section_id) if pin.section_id else None
