"""Puts pins and sections of a board into the order that somebody wants, with one number for each pin.

A board reads by falling position. Pins of one section stand together, in the order of the sections, so one index
serves a page of any board. Between two neighbours is room for many; where none is left, all get new numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.models import Board, BoardSection, Pin

STEP = 1024
MOST_SECTIONS = 40


class Changed(Exception):  # noqa: N818 - what the reader is told
    """Somebody else changed the board meanwhile; what was asked for has no place any more."""

    code = "board-changed"


def hold(session: Session, board: Board) -> None:
    """Let nobody else change the order of a board until this transaction ends."""
    session.execute(select(Board.id).where(Board.id == board.id).with_for_update())


def sections(session: Session, board: Board) -> list[BoardSection]:
    """Give the sections of a board in order."""
    here = select(BoardSection).where(BoardSection.board_id == board.id)
    return list(session.scalars(here.order_by(BoardSection.position, BoardSection.id)))


def section_named(session: Session, board: Board, name: str) -> BoardSection | None:
    """Give a section by its public id; the empty name is the place before all sections."""
    if not name:
        return None
    found = session.scalar(
        select(BoardSection).where(BoardSection.board_id == board.id, BoardSection.public_id == name)
    )
    if found is None:
        raise Changed
    return found


def put_beside(session: Session, board: Board, pins: Sequence[Pin], anchor: Pin, *, is_before: bool, by: int) -> None:
    """Put pins right before or after another one, into its section."""
    _beside(session, board, pins, anchor, is_before=is_before)
    _note(session, board, len(pins), by)


def _beside(session: Session, board: Board, pins: Sequence[Pin], anchor: Pin, *, is_before: bool) -> None:
    if anchor in pins or anchor.board_id != board.id:
        raise Changed
    moved = [pin.id for pin in pins]
    low: int | None = anchor.position
    high: int | None = anchor.position
    rest = (Pin.board_id == board.id, Pin.id.not_in(moved))
    if is_before:
        high = session.scalar(select(func.min(Pin.position)).where(*rest, Pin.position > low))
    else:
        low = session.scalar(select(func.max(Pin.position)).where(*rest, Pin.position < high))
    if _is_full(low, high, len(pins)):
        renumber(session, board)
        _beside(session, board, pins, anchor, is_before=is_before)
        return
    _spread(pins, low, high)
    for pin in pins:
        pin.section_id = anchor.section_id
    session.flush()


def put_into(session: Session, board: Board, pins: Sequence[Pin], section: BoardSection | None, *, by: int) -> None:
    """Put pins at the start of a section, or before all sections."""
    _into(session, board, pins, section)
    _note(session, board, len(pins), by)


def _into(session: Session, board: Board, pins: Sequence[Pin], section: BoardSection | None) -> None:
    moved = [pin.id for pin in pins]
    here = Pin.section_id.is_(None) if section is None else Pin.section_id == section.id
    first = session.scalar(
        select(Pin)
        .where(Pin.board_id == board.id, Pin.id.not_in(moved), here)
        .order_by(Pin.position.desc(), Pin.case_id.desc())
        .limit(1)
    )
    if first is not None:
        _beside(session, board, pins, first, is_before=True)
        return
    top = session.scalar(select(func.max(Pin.position)).where(Pin.board_id == board.id)) or 0
    for number, pin in enumerate(reversed(pins), start=1):
        pin.position = top + number
        pin.section_id = section.id if section else None
    renumber(session, board)


def stood(session: Session, board: Board, pins: Sequence[Pin]) -> list[list[int]]:
    """Give where pins stand, the last first: each with the one after it in its section, and the section; 0 is none."""
    order = (Pin.position.desc(), Pin.case_id.desc())
    after = func.lead(Pin.id).over(partition_by=Pin.section_id, order_by=order)
    everybody = (
        select(Pin.id, after.label("after"), Pin.section_id, Pin.position, Pin.case_id)
        .where(Pin.board_id == board.id)
        .subquery()
    )
    here = everybody.c
    rows = session.execute(
        select(here.id, func.coalesce(here.after, 0), func.coalesce(here.section_id, 0))
        .where(here.id.in_([pin.id for pin in pins]))
        .order_by(here.position, here.case_id)
    )
    return [list(row) for row in rows]


def put_again(session: Session, board: Board, places: Sequence[Sequence[int]], *, by: int | None) -> None:
    """Put pins where they stood, as far as what stood beside them is still there."""
    wanted = {number for pin_id, after_id, _section in places for number in (pin_id, after_id)}
    rows = session.scalars(select(Pin).where(Pin.board_id == board.id, Pin.id.in_(wanted)))
    found = {pin.id: pin for pin in rows}
    for pin_id, after_id, section_id in places:
        pin, after = found.get(pin_id), found.get(after_id)
        if pin is None:
            continue
        if after is not None and (after.section_id or 0) == section_id:
            _beside(session, board, [pin], after, is_before=True)
        else:
            _last(session, board, pin, section_id)
    _note(session, board, len(places), by)


def _last(session: Session, board: Board, pin: Pin, section_id: int) -> None:
    """Put a pin at the end of a section, or of those before all sections where it is gone."""
    here_is = (BoardSection.id == section_id, BoardSection.board_id == board.id)
    section = session.scalar(select(BoardSection).where(*here_is))
    here = Pin.section_id.is_(None) if section is None else Pin.section_id == section.id
    last = session.scalar(
        select(Pin).where(Pin.board_id == board.id, Pin.id != pin.id, here).order_by(Pin.position, Pin.case_id).limit(1)
    )
    if last is not None:
        _beside(session, board, [pin], last, is_before=False)
    else:
        _into(session, board, [pin], section)


def renumber(session: Session, board: Board) -> None:
    """Give every pin of a board a new number, in the order in which they stand, section after section."""
    session.flush()
    order = (
        func.coalesce(BoardSection.position, -1).desc(),
        func.coalesce(BoardSection.id, 0).desc(),
        Pin.position,
        Pin.case_id,
    )
    ranked = (
        select(Pin.id, func.row_number().over(order_by=order).label("place"))
        .outerjoin(BoardSection, BoardSection.id == Pin.section_id)
        .where(Pin.board_id == board.id)
        .subquery()
    )
    session.execute(
        update(Pin).where(Pin.id == ranked.c.id).values(position=ranked.c.place * STEP),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def add_section(session: Session, board: Board, title: str, *, by: int) -> BoardSection:
    """Add a section below all others."""
    last = session.scalar(select(func.max(BoardSection.position)).where(BoardSection.board_id == board.id))
    made = BoardSection(
        public_id=public_id(), board_id=board.id, title=title, position=(last or 0) + 1, created_at=now()
    )
    session.add(made)
    audit.record(session, actor=by, verb="board-section-add", board=board)
    session.flush()
    return made


def rename_section(session: Session, board: Board, section: BoardSection, title: str, *, by: int) -> None:
    """Change the words above a section."""
    section.title = title
    audit.record(session, actor=by, verb="board-section-update", board=board)
    session.flush()


def remove_section(session: Session, board: Board, section: BoardSection, *, by: int) -> None:
    """Take a heading away; its pins stay, at the end of those that have none."""
    here = update(Pin).where(Pin.section_id == section.id).values(section_id=None)
    session.execute(here, execution_options={"synchronize_session": False})
    session.delete(section)
    audit.record(session, actor=by, verb="board-section-remove", board=board)
    renumber(session, board)


def move_section(session: Session, board: Board, section: BoardSection, step: int, *, by: int) -> bool:
    """Let a section change places with the one before it (-1) or after it (1), and tell whether there is one."""
    every = sections(session, board)
    place = every.index(section)
    if not 0 <= place + step < len(every):
        return False
    every[place], every[place + step] = every[place + step], every[place]
    for number, one in enumerate(every, start=1):
        one.position = number
    audit.record(session, actor=by, verb="board-section-move", board=board)
    renumber(session, board)
    return True


def neighbour(session: Session, board: Board, pin: Pin, sight: ColumnElement[bool], *, is_earlier: bool) -> Pin | None:
    """Give the pin of the same section that stands next to one, of those that the reader sees."""
    here = Pin.section_id.is_(None) if pin.section_id is None else Pin.section_id == pin.section_id
    key = (Pin.position, Pin.case_id)
    side = Pin.position > pin.position if is_earlier else Pin.position < pin.position
    order = [column.asc() if is_earlier else column.desc() for column in key]
    return session.scalar(select(Pin).where(Pin.board_id == board.id, here, side, sight).order_by(*order).limit(1))


def _is_full(low: int | None, high: int | None, count: int) -> bool:
    return low is not None and high is not None and high - low <= count


def _spread(pins: Sequence[Pin], low: int | None, high: int | None) -> None:
    """Give the first of the pins the highest number of those between two."""
    if high is None:
        high = (low or 0) + STEP * (len(pins) + 1)
    if low is None:
        low = high - STEP * (len(pins) + 1)
    gap = (high - low) // (len(pins) + 1)
    for number, pin in enumerate(pins, start=1):
        pin.position = high - gap * number


def _note(session: Session, board: Board, count: int, by: int | None) -> None:
    audit.record(session, actor=by, verb="board-arrange", board=board, detail={"pins": count})
    session.flush()
