"""Takes back what was just done to pins and boards: the steps travel signed in the address of the toast's button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, g
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.boards import places, sections, service
from pinboard.boards.blueprint import bp
from pinboard.boards.places import Changed, hold, renumber
from pinboard.boards.sections import Heading, Stood
from pinboard.ids import public_id
from pinboard.models import Board, BoardSection, Case, Pin
from pinboard.policy import NotFound, Reader, may, may_board
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import see_other, toast
from pinboard.web.text import _

SECONDS = 600
MOST_LETTERS = 3500

Step = list[Any]
"""A verb, what it is done to, and with what."""


def was(pin: Pin) -> list[int]:
    """Give what is needed to put a pin back where it was."""
    return [pin.id, pin.case_id, pin.position, pin.section_id or 0, pin.by_id, int(pin.at.timestamp())]


def put_back(board: Board, pins: Sequence[list[int]]) -> Step:
    """Take back that pins were taken off."""
    return ["put", board.id, list(pins)]


def take_away(board: Board, pins: Sequence[int]) -> Step:
    """Take back that pins were put on."""
    return ["take", board.id, list(pins)]


def bring_back(board: Board) -> Step:
    """Take back that a board was removed."""
    return ["board", board.public_id]


def put_again(board: Board, places: Sequence[Sequence[int]]) -> Step:
    """Take back that pins were moved within a board."""
    return ["again", board.id, list(places)]


def move_section_again(board: Board, place: Stood) -> Step:
    """Take back that a section was moved."""
    return ["section", board.id, astuple(place)]


def bring_heading_back(board: Board, was: Heading) -> Step:
    """Take back that a heading was taken away."""
    return ["heading", board.id, astuple(was)]


def address(steps: Sequence[Step], board: Board | None = None, page: str = "") -> str | None:
    """Give the address that takes steps back, for whoever asks now; None where they are too many for an address.

    From there one comes to the board, or to the page of it that is named.
    """
    text = str(_signer().dumps([g.reader.user_id, f"{board.slug}{page}" if board else "", list(steps)]))
    return f"/boards/undo/{text}" if len(text) <= MOST_LETTERS else None


@bp.post("/boards/undo/<token>")
@access("clinician")
def undo(token: str) -> Response:
    """Take back what the address says."""
    try:
        user_id, slug, steps = _signer().loads(token, max_age=SECONDS)
    except BadData:
        raise NotFound from None
    if user_id != g.reader.user_id:
        raise NotFound
    session = db.session()
    for step in steps:
        _take_back(session, g.reader, step)
    db.session.commit()
    toast(_("Taken back."))
    return see_other(f"/b/{slug}" if slug else "/boards")


def _take_back(session: Session, reader: Reader, step: Step) -> None:
    if step[0] == "board":
        service.restore(session, reader, step[1])
        return
    verb = "arrange" if step[0] in {"again", "section", "heading"} else "pin"
    board = session.scalar(select(Board).where(Board.id == step[1], may_board(reader, verb)))
    if board is None:
        raise NotFound
    hold(session, board)
    if verb == "arrange":
        _arrange_again(session, reader, board, step)
        return
    if step[0] == "take":
        mine = (Pin.board_id == board.id, Pin.id.in_(step[2]), Pin.by_id == reader.user_id)
        session.execute(delete(Pin).where(*mine), execution_options={"synchronize_session": False})
        audit.record(session, actor=reader.user_id, verb="unpin", board=board, detail={"pins": len(step[2])})
        return
    _put_back(session, reader, board, step[2])


def _arrange_again(session: Session, reader: Reader, board: Board, step: Step) -> None:
    try:
        if step[0] == "section":
            sections.move_again(session, board, Stood(*step[2]), by=reader.user_id)
        elif step[0] == "heading":
            place, title, pins = step[2]
            sections.bring_back(session, board, Heading(Stood(*place), title, pins), by=reader.user_id)
        else:
            places.put_again(session, board, step[2], by=reader.user_id)
    except Changed:
        raise NotFound from None


def _put_back(session: Session, reader: Reader, board: Board, pins: list[list[int]]) -> None:
    """Put pins where they were, of cases that may still be pinned, unless somebody did already."""
    wanted = [case_id for _id, case_id, *_rest in pins]
    allowed = set(session.scalars(select(Case.id).where(Case.id.in_(wanted), may(reader, "pin"))))
    allowed -= set(session.scalars(select(Pin.case_id).where(Pin.board_id == board.id, Pin.case_id.in_(wanted))))
    taken = set(session.scalars(select(Pin.id).where(Pin.id.in_([one[0] for one in pins]))))
    known = set(session.scalars(select(BoardSection.id).where(BoardSection.board_id == board.id)))
    for pin_id, case_id, position, section_id, by_id, at in pins:
        if case_id in allowed and pin_id not in taken:
            session.add(
                Pin(
                    # Under its old number, so that it is not new to those who had seen it.
                    id=pin_id, public_id=public_id(), board_id=board.id, case_id=case_id, position=position,
                    section_id=section_id if section_id in known else None, by_id=by_id,
                    at=datetime.fromtimestamp(at, UTC),
                )
            )  # fmt: skip
    audit.record(session, actor=reader.user_id, verb="pin-restore", board=board, detail={"pins": len(allowed)})
    if known:
        renumber(session, board)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="boards-undo")
