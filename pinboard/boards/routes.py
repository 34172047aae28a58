"""The feed, the boards, and what is done to a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, g, make_response, request

from pinboard.boards import pinning, queries, service, settings
from pinboard.boards.blueprint import bp, is_clinician
from pinboard.boards.forms import BoardForm
from pinboard.models import Role
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import csrf_token, db
from pinboard.web.htmx import invalid, is_fragment, respond, see_other, toast
from pinboard.web.paging import Cursor
from pinboard.web.text import _

__all__ = ["bp", "pinning", "settings"]
"""The blueprint, and the modules that hang their routes on it."""


@dataclass(frozen=True, slots=True)
class More:
    """The two addresses of a list's next page, and how many pages stand before it."""

    page: str
    partial: str
    count: int


@bp.get("/")
@access("signed-in")
def feed() -> Response:
    """Show everything the reader may see, newest first; others go to the page that is theirs."""
    if g.reader.role not in {Role.CLINICIAN, Role.TRAINEE}:
        others = "/admin" if g.reader.is_admin else "/settings/profile"
        return see_other("/my" if g.reader.role is Role.PATIENT else others)
    found = queries.feed_page(db.session(), g.reader, Cursor.read(request.args.get("after"), int))
    boards = [] if found.cards else queries.boards_page(db.session(), g.reader, limit=6)[0]
    return _wall("pages/boards/feed.html", "/", "/feed", found, boards=boards)


@bp.get("/feed")
@access("reader")
def feed_next() -> Response:
    """Give the next page of the feed."""
    found = queries.feed_page(db.session(), g.reader, Cursor.read(request.args.get("after"), int))
    return _wall("pages/boards/feed.html", "/", "/feed", found, boards=[])


@bp.get("/boards")
@access("reader")
def index() -> Response:
    """Show the boards the reader may see."""
    kind = next((name for name in ("mine", "specialty") if request.args.get(name)), "")
    after = Cursor.read(request.args.get("after"), str, int)
    boards, following = queries.boards_page(db.session(), g.reader, kind=kind, after=after)
    here = f"/boards?{kind}=1&" if kind else "/boards?"
    kinds = [("", _("All"), "/boards"), ("specialty", _("Specialties"), "/boards?specialty=1")]
    return respond(
        "pages/boards/index.html",
        "partials/boards/list.html",
        boards=boards,
        kind=kind,
        kinds=[*kinds, ("mine", _("Mine"), "/boards?mine=1")],
        more=More(f"{here}after={following}", "", 0) if following else None,
        may_pin=is_clinician(),
    )


@bp.get("/boards/list")
@access("reader")
def listing() -> Response:
    """Give the list of boards alone."""
    return index()


@bp.get("/boards/new")
@access("clinician")
def new() -> Response:
    """Show the form for a board."""
    return respond("pages/boards/new.html", "partials/boards/new.html", form=BoardForm(), errors={})


@bp.post("/boards")
@access("clinician")
def create() -> Response:
    """Make a board."""
    form = BoardForm()
    if not form.validate():
        return invalid("partials/boards/new.html", page="pages/boards/new.html", form=form, errors=form.first_errors())
    if doubts := words.left(None, form.texts()):
        partial, page = "partials/boards/new.html", "pages/boards/new.html"
        return invalid(partial, page=page, form=form, errors={}, doubts=doubts)
    board = service.create(
        db.session(), title=form.title.data, description=form.description.data or "", by=g.reader.user_id
    )
    words.note_board(board, form.texts())
    db.session.commit()
    return see_other(f"/b/{board.slug}")


@bp.get("/b/<slug>")
@access("reader")
def show(slug: str) -> Response:
    """Show one board."""
    return _board(slug)


@bp.get("/b/<slug>/pins")
@access("reader")
def pins(slug: str) -> Response:
    """Give the next page of a board."""
    return _board(slug)


@bp.post("/b/<slug>/pins/<pin_id>/remove")
@access("clinician")
def unpin(slug: str, pin_id: str) -> Response:
    """Take a pin off a board."""
    wall = queries.wall(db.session(), g.reader, slug)
    pin = queries.pin_to_take(db.session(), g.reader, wall, pin_id)
    service.unpin(db.session(), pin, wall.board, by=g.reader.user_id)
    db.session.commit()
    toast(_("Taken off the board."))
    return make_response("") if is_fragment() else see_other(f"/b/{slug}")


def _board(slug: str) -> Response:
    wall = queries.wall(db.session(), g.reader, slug)
    found = queries.board_page(db.session(), g.reader, wall, Cursor.read(request.args.get("after"), int, int))
    return _wall(
        "pages/boards/board.html",
        f"/b/{slug}",
        f"/b/{slug}/pins",
        found,
        board=wall.board,
        kind_word=queries.KINDS[wall.board.kind],
        may_manage=wall.may_manage,
        unpin=f"/b/{slug}/pins/" if wall.may_pin else "",
    )


def _wall(page: str, here: str, partial: str, found: queries.Page, **context: Any) -> Response:
    """Answer with a wall or its next cards; the number of the page travels in the address of the next."""
    count = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    key = f"?after={found.next}&page={count + 1}"
    more = More(here + key, partial + key, count) if found.next else None
    return respond(
        page,
        "partials/boards/next.html",
        cards=found.cards,
        more=more,
        first=0 if not is_fragment() else 12,
        may_pin=is_clinician(),
        token=csrf_token(),
        **context,
    )
