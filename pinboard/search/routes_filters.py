"""The filters of a search on one sheet, for screens on which their links have no room."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, g, request

from pinboard.search.blueprint import bp
from pinboard.search.facets import NAMES, Value, choices
from pinboard.search.grammar import LONGEST, Part, Query, read
from pinboard.search.resolve import resolve
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.filters import Choice, Facet
from pinboard.web.forms import trimmed
from pinboard.web.htmx import respond
from pinboard.web.text import _

OFFERED = ("is", "modality", "sex", "age", "has")
"""Filters whose few values can be chosen instead of written."""


@bp.get("/search/filters")
@access("reader")
def filters() -> Response:
    """Show the sheet with what is in force."""
    query = resolve(db.session(), g.reader, read(trimmed(request.args.get("q", ""))[:LONGEST]))
    chosen = {kind: part for kind in OFFERED if (part := _chosen(query, kind))}
    return respond(
        "pages/search/filters.html",
        "partials/search/filters.html",
        here=address(str(query)),
        q=" ".join(part.written for part in query.parts if part not in chosen.values()),
        facets=[_facet(kind, chosen.get(kind)) for kind in OFFERED],
    )


def asked() -> str:
    """Read the question from what the sheet sends: what stood in the box, and what was chosen."""
    words = {kind: trimmed(request.args.get(kind, "")) for kind in OFFERED}
    chosen = [f"{kind}:{word}" for kind, word in words.items() if word]
    return " ".join([trimmed(request.args.get("q", "")), *chosen]).strip()[:LONGEST]


def address(text: str) -> str:
    """Give the address of a question."""
    return f"/search?q={quote(text, safe='')}" if text else "/search"


def once(kind: str) -> list[Value]:
    """Give one value for each thing a reader would tell apart."""
    shown: dict[str, Value] = {}
    for value in choices(kind):
        shown.setdefault(str(value.shown), value)
    return list(shown.values())


def _chosen(query: Query, kind: str) -> Part | None:
    """Give the filter that the sheet shows as chosen; a second one of its kind stays in the question."""
    offered = {value.written for value in once(kind)}
    mine = (part for part in query.filters if part.kind == kind and not part.is_excluded)
    return next((part for part in mine if part.value and part.value.written in offered), None)


def _facet(kind: str, part: Part | None) -> Facet:
    values = [Choice("", _("All")), *(Choice(value.written, value.shown) for value in once(kind))]
    return Facet(kind, NAMES[kind], values, part.value.written if part and part.value else "")
