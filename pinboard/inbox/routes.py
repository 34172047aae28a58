"""The inbox, its count for the bar, and its marks."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, g, make_response, render_template, request

from pinboard.inbox import queries, service
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import is_fragment, respond, see_other
from pinboard.web.paging import Cursor

bp = Blueprint("inbox", __name__)


@bp.app_context_processor
def _context() -> dict[str, object]:
    """Let pages ask for the counts; only one that draws them asks the database."""
    return {"unread_count": unread_count, "draft_count": lambda: _waiting().drafts}


def unread_count() -> int:
    """Count what the reader of this page has not read."""
    return _waiting().unread


def _waiting() -> queries.Waiting:
    if "waiting" not in g:
        reader = g.get("reader")
        is_member = reader is not None and reader.user_id
        g.waiting = queries.waiting(db.session(), reader.user_id) if is_member else queries.Waiting()
    return cast("queries.Waiting", g.waiting)


@bp.get("/inbox")
@access("signed-in")
def index() -> Response:
    """Show what waits."""
    found, following = queries.lines(db.session(), g.reader, Cursor.read(request.args.get("after"), int))
    partial = "partials/inbox/next.html" if request.args.get("after") else "partials/inbox/list.html"
    return respond("pages/inbox/index.html", partial, lines=found, more=following)


@bp.get("/inbox/list")
@access("signed-in")
def listing() -> Response:
    """Give the lines alone."""
    return index()


@bp.get("/inbox/count")
@access("signed-in")
def count() -> Response:
    """Give the badge; it answers 304 while nothing changed."""
    return make_response(render_template("partials/inbox/count.html", unread=unread_count()))


@bp.post("/inbox/read")
@access("signed-in")
def read() -> Response:
    """Mark one line as read, or all."""
    service.read(db.session(), g.reader.user_id, request.form.get("line") or None)
    db.session.commit()
    if not is_fragment():
        return see_other("/inbox")
    found, following = queries.lines(db.session(), g.reader, None)
    return make_response(
        render_template("partials/inbox/read.html", lines=found, more=following, unread=unread_count())
    )
