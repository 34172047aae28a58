"""Puts sections of a board back where they stood: a heading that was taken away, and one that was moved.

A place is told by its neighbours, because numbers change with every move, and one of two neighbours mostly stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.boards.places import MOST_SECTIONS, Changed, renumber, sections
from pinboard.clock import now
from pinboard.models import Board, BoardSection, Pin


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a section stood: the public ids of it and of its neighbours; at either end one is empty."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What is needed to bring a heading back: its words, where it stood, and the pins below it."""

    stood: Stood
    title: str
    pins: list[int]


def stood(session: Session, board: Board, section: BoardSection) -> Stood:
    """Give where a section stands."""
    names = ["", *(one.public_id for one in sections(session, board)), ""]
    place = names.index(section.public_id)
    return Stood(section.public_id, names[place - 1], names[place + 1])


def heading(session: Session, board: Board, section: BoardSection) -> Heading:
    """Give what a heading is made of, before it goes."""
    below = select(Pin.id).where(Pin.section_id == section.id).order_by(Pin.id)
    return Heading(stood(session, board, section), section.title, list(session.scalars(below)))


def move_again(session: Session, board: Board, place: Stood, *, by: int | None) -> None:
    """Put a section where it stood, as far as one of its neighbours is still there."""
    every = sections(session, board)
    section = next((one for one in every if one.public_id == place.name), None)
    if section is None:
        raise Changed
    every.remove(section)
    _insert(every, section, place)
    audit.record(session, actor=by, verb="board-section-move", board=board)
    renumber(session, board)


def bring_back(session: Session, board: Board, was: Heading, *, by: int | None) -> None:
    """Bring a heading back with those of its pins that nobody put into another section meanwhile."""
    every = sections(session, board)
    if any(one.public_id == was.stood.name for one in every):
        return
    if len(every) >= MOST_SECTIONS:
        raise Changed
    section = BoardSection(
        public_id=was.stood.name, board_id=board.id, title=was.title, position=0, created_at=now()
    )  # fmt: skip
    session.add(section)
    _insert(every, section, was.stood)
    session.flush()
    waiting = (Pin.board_id == board.id, Pin.section_id.is_(None), Pin.id.in_(was.pins))
    back = update(Pin).where(*waiting).values(section_id=section.id)
    session.execute(back, execution_options={"synchronize_session": False})
    audit.record(session, actor=by, verb="board-section-restore", board=board)
    renumber(session, board)


def _insert(every: list[BoardSection], section: BoardSection, place: Stood) -> None:
    """Put a section among the others, and number them all."""
    every.insert(_place(every, place), section)
    for number, one in enumerate(every, start=1):
        one.position = number


def _place(every: Sequence[BoardSection], place: Stood) -> int:
    names = [one.public_id for one in every]
    if place.after in names:
        return names.index(place.after)
    # The first stands first and the last stands last, whatever else has gone.
    return names.index(place.before) + 1 if place.before in names else len(names) if not place.after else 0
