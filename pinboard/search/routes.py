"""The search page and its results."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, g, request

from pinboard.search import queries
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.forms import trimmed
from pinboard.web.htmx import respond
from pinboard.web.paging import Cursor

LONGEST = 200

bp = Blueprint("search", __name__)


@bp.get("/search")
@access("reader")
def index() -> Response:
    """Show what was found, or the empty box."""
    text = trimmed(request.args.get("q", ""))[:LONGEST]
    after = Cursor.read(request.args.get("after"), int)
    hits, following = queries.find(db.session(), g.reader, text, after)
    query = f"q={quote(text, safe='')}&after={following}"
    return respond(
        "pages/search/index.html",
        "partials/search/more.html" if after else "partials/search/results.html",
        q=text,
        hits=hits,
        more=query if following else None,
    )


@bp.get("/search/results")
@access("reader")
def results() -> Response:
    """Give the results alone."""
    return index()
