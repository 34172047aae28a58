"""The help page and the list of keys."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from pinboard.web.access import access
from pinboard.web.htmx import respond

bp = Blueprint("help", __name__)


@bp.get("/help")
@access("signed-in")
def index() -> Response:
    """Explain the few things that are not plain."""
    return make_response(render_template("pages/help/index.html"))


@bp.get("/help/shortcuts")
@access("signed-in")
def shortcuts() -> Response:
    """List the keys."""
    return respond("pages/help/shortcuts.html", "partials/help/shortcuts.html")
