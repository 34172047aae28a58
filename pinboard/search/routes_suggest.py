"""Suggestions for the box, and more cases like one."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request

from pinboard.policy import case_for
from pinboard.search.blueprint import bp
from pinboard.search.grammar import LONGEST
from pinboard.search.similar import question, similar
from pinboard.search.suggest import suggest
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import respond


@bp.get("/search/suggest")
@access("reader")
def suggestions() -> Response:
    """Offer what the words typed so far may become."""
    text = request.args.get("q", "")[:LONGEST]
    lines = suggest(db.session(), g.reader, text) if text.strip() else []
    return make_response(render_template("partials/search/suggestions.html", lines=lines))


@bp.get("/c/<case_id>/similar")
@access("reader")
def more_like(case_id: str) -> Response:
    """Show cases that share tags, or body part and kind of image."""
    case = case_for(db.session(), g.reader, "see", case_id)
    cards = similar(db.session(), g.reader, case)
    return respond(
        "pages/search/similar.html", "partials/search/similar.html", case=case, cards=cards, question=question(case)
    )
