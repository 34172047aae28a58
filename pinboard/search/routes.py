"""The search page: one box, its filters as chips, and what was found."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, g, request

from pinboard.search import queries, routes_filters, routes_saved, routes_suggest, saved
from pinboard.search.blueprint import bp
from pinboard.search.facets import NAMES
from pinboard.search.grammar import LONGEST, Query, read
from pinboard.search.resolve import resolve
from pinboard.search.routes_filters import OFFERED, address, asked, once
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.forms import trimmed
from pinboard.web.htmx import is_fragment, respond, see_other
from pinboard.web.paging import LARGEST, Cursor

__all__ = ["bp", "routes_filters", "routes_saved", "routes_suggest"]


@bp.get("/search")
@access("reader")
def index() -> Response:
    """Show what was found, or the empty box."""
    if request.args.keys() & set(OFFERED):
        return see_other(address(asked()))
    text = trimmed(request.args.get("q", ""))[:LONGEST]
    after = Cursor.read(request.args.get("after"), int)
    query = resolve(db.session(), g.reader, read(text))
    found = queries.find(db.session(), g.reader, query, after)
    since = request.args.get("since", type=int)
    more = f"q={quote(str(query), safe='')}&after={found.next}" if found.next else None
    return respond(
        "pages/search/index.html",
        "partials/search/more.html" if after else "partials/search/results.html",
        q=text,
        found=found,
        hits=found.hits,
        more=more,
        query=query,
        chips=chips(query),
        groups=offers(query),
        since=since if since is not None and 0 <= since <= LARGEST else None,
        kept=saved.kept(db.session(), g.reader) if not text and not is_fragment() else [],
    )


@bp.get("/search/results")
@access("reader")
def results() -> Response:
    """Give the results alone."""
    return index()


def chips(query: Query) -> list[dict[str, Any]]:
    """Give each filter in force with the address of the question without it."""
    return [
        {
            "name": NAMES[part.kind],
            "shown": part.value.shown if part.value else part.wanted,
            "is_excluded": part.is_excluded,
            "href": address(query.without(part)),
        }
        for part in query.filters
    ]


def offers(query: Query) -> list[dict[str, Any]]:
    """Give the filters that may be added, as links; those in force are left to their chips."""
    used = {part.kind for part in query.filters if not part.is_excluded}
    return [
        {
            "name": NAMES[kind],
            "links": [(value.shown, address(f"{query} {kind}:{value.written}".strip())) for value in once(kind)],
        }
        for kind in OFFERED
        if kind not in used
    ]
