"""The trash: what one took out of sight oneself, until when it can come back, and the way back."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template
from flask_login import current_user

from pinboard.trash import queries, service
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import see_other, toast
from pinboard.web.text import _

bp = Blueprint("trash", __name__)


@bp.get("/trash")
@access("reader")
def index() -> Response:
    """Show what can come back."""
    session = db.session()
    return make_response(
        render_template(
            "pages/trash/index.html",
            cases=queries.cases(session, g.reader),
            comments=queries.comments(session, g.reader),
            boards=queries.boards(session, g.reader),
            days=queries.RETURN_FOR.days,
        )
    )


@bp.post("/trash/boards/<slug>/restore")
@access("reader")
def restore_board(slug: str) -> Response:
    """Bring one's own board back."""
    session = db.session()
    board = queries.removed_board(session, g.reader, slug)
    service.restore_board(session, board, by=current_user.user)
    session.commit()
    toast(_("The board is back with its pins."))
    return see_other(f"/b/{slug}")
