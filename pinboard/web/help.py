"""The help page, the list of keys, and all that can be gone to by its name."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template, request

from pinboard.web.access import access
from pinboard.web.commands import boards, may_open, pages
from pinboard.web.extensions import db
from pinboard.web.htmx import respond
from pinboard.web.keys import keys_for

bp = Blueprint("help", __name__)


@bp.get("/help")
@access("signed-in")
def index() -> Response:
    """Explain the few things that are not plain."""
    return make_response(render_template("pages/help/index.html", places=keys_for(g.reader)))


@bp.get("/help/shortcuts")
@access("signed-in")
def shortcuts() -> Response:
    """List the keys, those of the page one came from first."""
    places = keys_for(g.reader, request.args.get("at", ""))
    return respond("pages/help/shortcuts.html", "partials/help/shortcuts.html", places=places)


@bp.get("/help/commands")
@access("signed-in")
def commands() -> Response:
    """List the pages and boards that a reader may open; the script makes a list to choose from of them."""
    return respond(
        "pages/help/commands.html",
        "partials/help/commands.html",
        pages=pages(g.reader),
        boards=boards(db.session(), g.reader),
        may_search=may_open("search.index", g.reader),
    )
