"""Who looks after the boards of the specialties: administrators, and the clinicians whom they name here."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, render_template, request
from sqlalchemy import delete, func, select

from pinboard import audit
from pinboard.boards import queries, service
from pinboard.boards.blueprint import bp
from pinboard.clock import now
from pinboard.models import Board, BoardKind, BoardRole, BoardVerb, Role, User
from pinboard.policy import NotFound
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, see_other
from pinboard.web.text import _

__all__ = ["bp"]


@bp.get("/admin/boards/<slug>")
@access("admin")
def curators(slug: str) -> Response:
    """Show who orders, sections and describes the board of a specialty."""
    return make_response(render_template("pages/boards/curators.html", **_context(_specialty(slug))))


@bp.post("/admin/boards/<slug>/people")
@access("admin")
def add_curator(slug: str) -> Response:
    """Name a clinician."""
    board = _specialty(slug)
    user = service.member_named(db.session(), request.form.get("member", ""))
    if user is None or user.role is not Role.CLINICIAN:
        return _again(board, _("Choose a clinician."))
    db.session.merge(BoardRole(board_id=board.id, user_id=user.id, role=BoardVerb.EDITOR, given_at=now()))
    _note("board-person-add", board, user.id)
    return _again(board)


@bp.post("/admin/boards/<slug>/people/<member>/remove")
@access("admin")
def remove_curator(slug: str, member: str) -> Response:
    """Take the board out of a clinician's hands."""
    board = _specialty(slug)
    user_id = db.session.scalar(select(User.id).where(User.public_id == member))
    if user_id is None:
        raise NotFound
    db.session.execute(delete(BoardRole).where(BoardRole.board_id == board.id, BoardRole.user_id == user_id))
    _note("board-person-remove", board, user_id)
    return _again(board)


def _specialty(slug: str) -> Board:
    found = db.session.scalar(select(Board).where(Board.slug == slug, Board.kind == BoardKind.SPECIALTY))
    if found is None:
        raise NotFound
    return found


def _note(verb: str, board: Board, user_id: int) -> None:
    audit.record(db.session(), actor=g.reader.user_id, verb=verb, board=board, detail={"user": user_id})
    db.session.commit()


def _context(board: Board, error: str | None = None) -> dict[str, Any]:
    session = db.session()
    named = select(BoardRole.user_id).where(BoardRole.board_id == board.id)
    people = session.scalars(select(User).where(User.id.in_(named)).order_by(func.lower(User.name))).all()
    choices = queries.members(session, named, roles=(Role.CLINICIAN,))
    return {"board": board, "people": people, "members": [("", _("Choose")), *choices], "people_error": error}


def _again(board: Board, error: str | None = None) -> Response:
    context = _context(board, error)
    if error:
        return invalid("partials/boards/curators.html", page="pages/boards/curators.html", **context)
    if is_fragment():
        return make_response(render_template("partials/boards/curators.html", **context))
    return see_other(f"/admin/boards/{board.slug}")
