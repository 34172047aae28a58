"""Does one thing to many pins: copies, moves, takes off. None of it adds a reader to any case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.boards import service, undo
from pinboard.boards.queries import Wall, may_unpin
from pinboard.models import Board, Case, Pin
from pinboard.policy import Reader, may

MOST = 100
"""Pins in one go; so many stand on one page of the list that arranges."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and how it is taken back."""

    count: int
    there: int
    steps: list[undo.Step]


def chosen(session: Session, reader: Reader, shown_on: Wall, names: Sequence[str]) -> list[Pin]:
    """Give the pins of these public ids that a reader sees on a board and may pin elsewhere, in the board's order."""
    return list(
        session.scalars(
            select(Pin)
            .join(Case, Case.id == Pin.case_id)
            .where(Pin.board_id == shown_on.board.id, Pin.public_id.in_(names[:MOST]), may(reader, "pin"))
            .order_by(Pin.position.desc(), Pin.case_id.desc())
        )
    )


def to_take(session: Session, reader: Reader, shown_on: Wall, pins: Sequence[Pin]) -> list[Pin]:
    """Give those of some pins that a reader may take off."""
    mine = (
        select(Pin.id)
        .join(Case, Case.id == Pin.case_id)
        .where(Pin.id.in_([pin.id for pin in pins]), may_unpin(reader, shown_on))
    )
    kept = set(session.scalars(mine))
    return [pin for pin in pins if pin.id in kept]


def copy(session: Session, pins: Sequence[Pin], target: Board, *, by: int) -> Outcome:
    """Pin the cases of some pins to another board too, in the same order."""
    made = _copied(session, pins, target, by)
    return Outcome(len(made), len(pins) - len(made), [undo.take_away(target, [pin.id for pin in made])])


def move(session: Session, pins: Sequence[Pin], boards: tuple[Board, Board], *, by: int) -> Outcome:
    """Take pins off one board and pin their cases to another; what is there already only leaves the first."""
    source, target = boards
    made = _copied(session, pins, target, by)
    off = take_off(session, pins, source, by=by)
    return Outcome(len(pins), len(pins) - len(made), [*off.steps, undo.take_away(target, [pin.id for pin in made])])


def take_off(session: Session, pins: Sequence[Pin], board: Board, *, by: int) -> Outcome:
    """Take pins off a board."""
    before = [undo.was(pin) for pin in pins]
    for pin in pins:
        service.unpin(session, pin, board, by=by)
    return Outcome(len(pins), 0, [undo.put_back(board, before)])


def _copied(session: Session, pins: Sequence[Pin], target: Board, by: int) -> list[Pin]:
    # Held before anything is recorded: a pin waits for a comment on its case, which may wait for its turn to record.
    wanted = select(Case).where(Case.id.in_([pin.case_id for pin in pins])).order_by(Case.id)
    cases = {case.id: case for case in session.scalars(wanted.with_for_update(read=True))}
    # The last one first, so that the first one comes to stand on top.
    made = [service.place(session, target, cases[pin.case_id], by=by) for pin in reversed(pins)]
    return [pin for pin in made if pin is not None]
