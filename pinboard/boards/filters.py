"""Every way to narrow and order a board on one sheet, for screens on which its chips have no room."""

from __future__ import annotations

from flask import Response, g, request

from pinboard.boards import layout, queries
from pinboard.boards.blueprint import bp
from pinboard.boards.layout import Look
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.filters import Choice, Facet
from pinboard.web.htmx import respond
from pinboard.web.text import _

LEGENDS = {"modality": _("Modality"), "state": _("State"), "sort": _("Order")}


@bp.get("/b/<slug>/filters")
@access("reader")
def filters(slug: str) -> Response:
    """Show the sheet with what is in force."""
    wall = queries.wall(db.session(), g.reader, slug, layout.facets(g.reader))
    look = Look.read(request.args, wall.board.order)
    return respond(
        "pages/boards/filters.html",
        "partials/boards/filters.html",
        board=wall.board,
        here=look.address(f"/b/{slug}"),
        facets=_facets(wall.facets, look),
    )


def _facets(found: str | None, look: Look) -> list[Facet]:
    """Give what the whole board can be narrowed by, not only what is left of it now."""
    chosen = {"modality": look.modality, "state": look.state, "sort": look.order.value}
    every = layout.chips(found, Look(look.order, look.usual), "")
    return [
        Facet(
            name,
            LEGENDS[name],
            [
                *([] if name == "sort" else [Choice("", _("All"))]),
                *(Choice(chip.value, chip.label, chip.count) for chip in chips),
            ],
            chosen[name],
        )
        for name, chips in every.items()
        if chips
    ]
