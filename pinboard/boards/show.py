"""One board as its readers see it: in their order, narrowed by their chips, followed or not."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request

from pinboard.boards import layout, queries, service, undo
from pinboard.boards.activity import divide
from pinboard.boards.blueprint import bp, is_clinician
from pinboard.boards.layout import At, Look
from pinboard.boards.walls import wall_page
from pinboard.models import BoardOrder
from pinboard.policy import board_for
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import is_fragment, see_other, toast
from pinboard.web.paging import pages_asked
from pinboard.web.text import _

__all__ = ["bp"]


@bp.get("/b/<slug>")
@access("reader")
def show(slug: str) -> Response:
    """Show one board."""
    return _board(slug, is_next=False)


@bp.get("/b/<slug>/pins")
@access("reader")
def pins(slug: str) -> Response:
    """Give the next page of a board."""
    return _board(slug, is_next=True)


@bp.post("/b/<slug>/pins/<pin_id>/remove")
@access("clinician")
def unpin(slug: str, pin_id: str) -> Response:
    """Take a pin off a board."""
    wall = queries.wall(db.session(), g.reader, slug)
    pin = queries.pin_to_take(db.session(), g.reader, wall, pin_id)
    back = undo.address([undo.put_back(wall.board, [undo.was(pin)])], wall.board)
    service.unpin(db.session(), pin, wall.board, by=g.reader.user_id)
    db.session.commit()
    toast(_("Taken off the board."), undo=back)
    return make_response("") if is_fragment() else see_other(f"/b/{slug}")


@bp.post("/b/<slug>/follow")
@access("reader")
def follow(slug: str) -> Response:
    """Follow a board, or no longer."""
    board = board_for(db.session(), g.reader, "see", slug)
    is_on = request.form.get("follow") == "1"
    service.follow(db.session(), board, g.reader.user_id, is_on=is_on)
    db.session.commit()
    if is_fragment():
        return make_response(render_template("partials/boards/follow.html", board=board, is_followed=is_on))
    return see_other(f"/b/{slug}")


def _board(slug: str, *, is_next: bool) -> Response:
    # The chips stand above the first page; what follows it needs no counting.
    shows_chips = not (is_next and is_fragment())
    wall = queries.wall(db.session(), g.reader, slug, layout.facets(g.reader) if shows_chips else None)
    look = Look.read(request.args, wall.board.order)
    after = look.cursor(request.args.get("after"))
    at = At(after, request.args.get("in", "") if after else "", pages_asked())
    laid = layout.board_page(db.session(), g.reader, wall, look, at=at)
    here = f"/b/{slug}"
    follows = f"{'&' if look.words else '?'}in={laid.section}" if laid.section else ""
    is_plain = not after and look.is_whole and len(laid.blocks) == 1 and not laid.blocks[0].title
    return wall_page(
        "pages/boards/board.html",
        look.address(here) + follows,
        look.address(f"{here}/pins") + follows,
        laid.page,
        part="partials/boards/next.html" if is_next else "partials/boards/body.html",
        board=wall.board,
        wall=wall,
        look=look,
        blocks=[] if is_plain else laid.blocks,
        chips=layout.chips(wall.facets, look, here) if shows_chips else {},
        kind_word=queries.KINDS[wall.board.kind],
        seen=wall.seen,
        seen_at=divide(laid.page.marks, wall.seen) if is_plain else None,
        arrange=f"{here}/arrange" if is_clinician() else "",
        is_arranged=look.order is BoardOrder.HAND,
        unpin=f"{here}/pins/" if wall.may_pin or wall.may_arrange else "",
    )
