"""The dialog that puts a case on a board."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_login import current_user

from pinboard.boards import lists, service
from pinboard.boards.blueprint import bp
from pinboard.boards.forms import BoardForm
from pinboard.models import Case
from pinboard.policy import board_for, case_for
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, respond, see_other, toast
from pinboard.web.text import _
from pinboard.web.titles import board_title


@bp.get("/c/<case_id>/pin")
@access("clinician")
def choose(case_id: str) -> Response:
    """Show the boards that the reader may pin to."""
    case = case_for(db.session(), g.reader, "pin", case_id)
    return respond("pages/cases/pin.html", "partials/cases/pin.html", **_context(case))


@bp.post("/c/<case_id>/pin")
@access("clinician")
def pin(case_id: str) -> Response:
    """Pin a case to a board that is there, or to a new one."""
    session = db.session()
    case = case_for(session, g.reader, "pin", case_id)
    if "title" in request.form:
        form = BoardForm()
        is_valid = form.validate()
        texts = {"title": form.title.data}
        doubts = words.left(None, texts) if is_valid else []
        if not is_valid or doubts:
            error = None if is_valid else form.first_errors().get("title", _("Give the board a name."))
            context = _context(case, title=form.title.data or "", error=error)
            return invalid("partials/cases/pin.html", page="pages/cases/pin.html", **context, doubts=doubts)
        board = service.create(session, title=form.title.data, by=g.reader.user_id)
        words.note_board(board, texts)
    else:
        board = board_for(session, g.reader, "pin", request.form.get("board", ""))
    is_new = service.pin(session, board, case, by=g.reader.user_id)
    # The next dialog offers it first, so that pinning takes two taps.
    current_user.user.preferences = {**current_user.user.preferences, "last_board": board.public_id}
    db.session.commit()
    said = _("Pinned to “{board}”.") if is_new else _("Already on “{board}”.")
    toast(said.format(board=board_title(board)))
    if is_fragment():
        return respond("pages/cases/pin.html", "partials/cases/pin.html", **_context(case))
    return see_other(f"/c/{case_id}")


def _context(case: Case, *, title: str = "", error: str | None = None) -> dict[str, Any]:
    last = str(current_user.preferences.get("last_board", ""))
    boards = lists.boards_for_pin(db.session(), g.reader, case.id, last)
    return {"case": case, "boards": boards, "title": title, "error": error, "has_last": _is_first(boards, last)}


def _is_first(boards: list[lists.BoardItem], last: str) -> bool:
    """Tell whether the board that was used last is still one to pin to; then it stands first."""
    return bool(boards and last and boards[0].public_id == last)
