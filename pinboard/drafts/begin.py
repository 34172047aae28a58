"""Finds the draft that a form means, or begins one: for images, and for the consent that a clinic asks about first."""

from __future__ import annotations

from flask import g, request
from sqlalchemy import select

from pinboard.drafts import service
from pinboard.drafts.blueprint import draft_for, me
from pinboard.intake.drafts import new_draft
from pinboard.models import Board, Case
from pinboard.policy import may_board
from pinboard.web.extensions import db, stores


def begun() -> Case:
    """Give the draft that the form names, or a new one for the board that it was opened from."""
    named = request.form.get("draft")
    case = draft_for(named) if named else new_draft(db.session(), me())
    board = None if named else board_named(request.form.get("board"))
    if board is not None:
        case.board_choice = [board.public_id]
    service.take_options(db.session(), stores(), case, request.form)
    return case


def board_named(slug: str | None) -> Board | None:
    """Give the board that a page was opened from, as far as this reader may pin there; any other is left out."""
    if not slug:
        return None
    return db.session.scalar(select(Board).where(Board.slug == slug[:200], may_board(g.reader, "pin")))
