"""The list of members, and the page of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, make_response, render_template, request

from pinboard.people import queries
from pinboard.policy import is_verified
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import respond
from pinboard.web.paging import Cursor
from pinboard.web.text import _
from pinboard.web.titles import specialties

bp = Blueprint("people", __name__)


@bp.get("/people")
@access("reader")
def index() -> Response:
    """List members by name."""
    specialty = request.args.get("specialty", "")[:40]
    after = Cursor.read(request.args.get("after"), str, int)
    rows, cursor = queries.members(db.session(), after=after, specialty=specialty)
    context: dict[str, Any] = {"rows": rows, "after": cursor, "specialty": specialty, "specialties": _specialties()}
    return respond("pages/people/index.html", "partials/people/members.html", is_verified=is_verified, **context)


@bp.get("/u/<name>")
@access("reader")
def show(name: str) -> Response:
    """Show one member."""
    person = queries.member(db.session(), name)
    if person is None:
        abort(404)
    context = {"person": person, "is_me": person.id == g.reader.user_id, "specialties": dict(_specialties())}
    return make_response(render_template("pages/people/show.html", is_verified=is_verified, **context))


def _specialties() -> list[tuple[str, str]]:
    return [("", _("Every specialty")), *specialties()]
