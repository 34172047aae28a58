"""The feed, the boards, and what is done to a board."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from pinboard.boards import (
    arranging,
    curators,
    filters,
    groups,
    lists,
    news,
    pinning,
    queries,
    service,
    settings,
    show,
    undo,
)
from pinboard.boards.activity import divide
from pinboard.boards.blueprint import bp, is_clinician
from pinboard.boards.forms import BoardForm
from pinboard.boards.groups import groups_of
from pinboard.boards.walls import More, wall_page
from pinboard.discover.queries import landing
from pinboard.models import Role
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, respond, see_other
from pinboard.web.paging import Cursor, pages_asked
from pinboard.web.text import _
from pinboard.web.visitors import visitors_page

__all__ = ["arranging", "bp", "curators", "filters", "groups", "news", "pinning", "settings", "show", "undo"]
"""The blueprint, and the modules that hang their routes on it."""

KINDS = {
    "": _("All"),
    "specialty": _("Specialties"),
    "mine": _("Mine"),
    "followed": _("Followed"),
    "group": _("Of groups"),
}
"""What the index is narrowed to, by the word in its address."""


@bp.get("/")
@access("public")
def feed() -> Response:
    """Show everything the reader may see, newest first; others go to the page that is theirs."""
    if g.reader.user_id is None:
        shown = landing(db.session())
        return see_other("/login") if shown is None else visitors_page("pages/discover/landing.html", **shown)
    if g.reader.role not in {Role.CLINICIAN, Role.TRAINEE}:
        others = "/admin" if g.reader.is_admin else "/settings/profile"
        return see_other("/my" if g.reader.role is Role.PATIENT else others)
    after = Cursor.read(request.args.get("after"), int)
    found = queries.feed_page(db.session(), g.reader, after, pages=pages_asked())
    boards = lists.first_boards(db.session(), g.reader) if not (found.cards or after) else []
    return _feed(found, after, boards=boards)


@bp.get("/feed")
@access("reader")
def feed_next() -> Response:
    """Give the next page of the feed."""
    after = Cursor.read(request.args.get("after"), int)
    return _feed(queries.feed_page(db.session(), g.reader, after), after, boards=[])


@bp.get("/boards")
@access("reader")
def index() -> Response:
    """Show the boards the reader may see."""
    kind = next((name for name in lists.KIND_WORDS if request.args.get(name)), "")
    after = Cursor.read(request.args.get("after"), str, int)
    boards, following = lists.boards_page(db.session(), g.reader, kind=kind, after=after)
    here = f"/boards?{kind}=1&" if kind else "/boards?"
    return respond(
        "pages/boards/index.html",
        "partials/boards/list.html",
        boards=boards,
        kind=kind,
        kinds=[(name, label, f"/boards?{name}=1" if name else "/boards") for name, label in KINDS.items()],
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
    form = BoardForm(formdata=None, data={"group": request.args.get("group", "")})
    return respond("pages/boards/new.html", "partials/boards/new.html", **_new(form))


@bp.post("/boards")
@access("clinician")
def create() -> Response:
    """Make a board."""
    form = BoardForm()
    groups = groups_of(db.session(), g.reader)
    group = next((one for one in groups if one.public_id == form.group.data), None)
    is_valid = form.validate()
    if form.group.data and group is None:
        form.refuse("group", _("Choose one of your groups."))
        is_valid = False
    doubts = words.left(None, form.texts()) if is_valid else []
    if not is_valid or doubts:
        return invalid("partials/boards/new.html", page="pages/boards/new.html", **_new(form), doubts=doubts)
    texts = {"title": form.title.data, "description": form.description.data or ""}
    board = service.create(db.session(), **texts, by=g.reader.user_id, group=group)
    words.note_board(board, form.texts())
    db.session.commit()
    return see_other(f"/b/{board.slug}")


def _new(form: BoardForm) -> dict[str, Any]:
    groups = [(group.public_id, group.name) for group in groups_of(db.session(), g.reader)]
    return {"form": form, "errors": form.first_errors(), "groups": groups}


def _feed(found: queries.Page, after: Cursor | None, **context: Any) -> Response:
    """Answer with the feed, divided where its reader had seen it before."""
    seen = news.seen_of_feed()
    follows_new = after is not None and seen is not None and int(after.keys[0]) > seen
    top = found.marks[0] if found.marks else 0
    context |= {"seen": seen, "top": top, "seen_at": divide(found.marks, seen, follows_new=follows_new)}
    return wall_page("pages/boards/feed.html", "/", "/feed", found, seen_form=top, **context)
