"""What the owner of a board decides: its words, its people, and whether it is still open."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, render_template, request

from pinboard.boards import layout, queries, service, undo
from pinboard.boards.blueprint import bp
from pinboard.boards.forms import BoardForm
from pinboard.boards.queries import Wall
from pinboard.models import Board, BoardKind, BoardOrder
from pinboard.policy import NotFound, board_for
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, see_other, toast
from pinboard.web.text import _


@bp.route("/b/<slug>/settings", methods=["GET", "POST"])
@access("reader")
def settings(slug: str) -> Response:
    """Show and change the words of a board; who only describes it leaves its name alone."""
    wall = _described(slug)
    board = wall.board
    form = BoardForm(obj=board)
    if not wall.may_manage:
        form.title.data = board.title
    texts = {"title": form.title.data, "description": form.description.data}
    is_valid = request.method == "POST" and form.validate()
    # What the board says already was asked about when it was first said.
    doubts = words.left(None, {name: text for name, text in texts.items() if text != getattr(board, name)})
    if is_valid and not doubts:
        words.note_board(board, texts)
        service.update(
            db.session(),
            board,
            title=form.title.data,
            description=form.description.data or "",
            by=g.reader.user_id,
        )
        db.session.commit()
        toast(_("Saved."))
        return see_other(f"/b/{board.slug}/settings")
    status = 422 if request.method == "POST" else 200
    context = {**_people(board), "wall": wall, "orders": layout.ORDERS.items(), "errors": form.first_errors()}
    return make_response(render_template("pages/boards/settings.html", form=form, doubts=doubts, **context), status)


@bp.post("/b/<slug>/look")
@access("reader")
def look(slug: str) -> Response:
    """Choose how a board lies at first, and let its newest pictures stand for it again."""
    board = _described(slug).board
    order = request.form.get("order", "")
    if "cover" in request.form:
        service.choose_cover(db.session(), board, None, by=g.reader.user_id)
    elif order in set(BoardOrder):
        service.order_by(db.session(), board, BoardOrder(order), by=g.reader.user_id)
    db.session.commit()
    toast(_("Saved."))
    return see_other(f"/b/{slug}/settings")


@bp.post("/b/<slug>/remove")
@access("reader")
def remove(slug: str) -> Response:
    """Put a board into the trash."""
    board = board_for(db.session(), g.reader, "settings", slug)
    if board.kind not in {BoardKind.PERSONAL, BoardKind.GROUP}:
        raise NotFound
    service.remove(db.session(), board, by=g.reader.user_id)
    db.session.commit()
    said = _("“{board}” is in the trash. It can be brought back for 30 days.")
    toast(said.format(board=board.title), undo=undo.address([undo.bring_back(board)], board))
    return see_other("/boards?mine=1")


def _described(slug: str) -> Wall:
    wall = queries.wall(db.session(), g.reader, slug)
    if not wall.may_describe:
        raise NotFound
    return wall


@bp.post("/b/<slug>/people")
@access("reader")
def add_person(slug: str) -> Response:
    """Put a member on a board."""
    board = _personal(slug)
    member, role = request.form.get("member", ""), request.form.get("role", "")
    if not service.add_person(db.session(), board, member, role, by=g.reader.user_id):
        return _people_again(board, _("Choose a member of the clinic."))
    db.session.commit()
    return _people_again(board)


@bp.post("/b/<slug>/people/<member>/remove")
@access("reader")
def remove_person(slug: str, member: str) -> Response:
    """Take a member off a board."""
    board = _personal(slug)
    service.remove_person(db.session(), board, member, by=g.reader.user_id)
    db.session.commit()
    return _people_again(board)


@bp.post("/b/<slug>/archive")
@access("reader")
def archive(slug: str) -> Response:
    """Close a board for new pins, or open it again."""
    board = board_for(db.session(), g.reader, "settings", slug)
    # The form says what is wanted, so that a second press, or an older page, does not turn it round.
    is_closed = request.form.get("archived") == "1"
    service.archive(db.session(), board, is_closed=is_closed, by=g.reader.user_id)
    db.session.commit()
    toast(_("Archived.") if is_closed else _("Open again."))
    return see_other(f"/b/{slug}/settings")


def _personal(slug: str) -> Board:
    board = board_for(db.session(), g.reader, "settings", slug)
    if board.kind is not BoardKind.PERSONAL:
        raise NotFound
    return board


def _people(board: Board, error: str | None = None) -> dict[str, Any]:
    session = db.session()
    return {
        "board": board,
        "people": queries.people(session, board) if board.kind is BoardKind.PERSONAL else [],
        "members": [("", _("Choose")), *queries.members_to_add(session, board)],
        "people_error": error,
    }


def _people_again(board: Board, error: str | None = None) -> Response:
    context = _people(board, error)
    if error:
        return invalid("partials/boards/people.html", **context)
    if is_fragment():
        return make_response(render_template("partials/boards/people.html", **context))
    return see_other(f"/b/{board.slug}/settings#people")
