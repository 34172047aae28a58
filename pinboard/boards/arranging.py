"""The page on which pins are chosen and arranged: with the mouse, a finger, the keyboard, or a plain form."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, render_template, request

from pinboard.boards import bulk, lists, places, queries, sections, service, tiles, undo
from pinboard.boards.blueprint import bp
from pinboard.boards.bulk import Outcome
from pinboard.boards.forms import SectionForm
from pinboard.boards.places import Changed
from pinboard.boards.queries import Wall
from pinboard.models import Board, BoardSection, Pin
from pinboard.policy import NotFound, board_for
from pinboard.policy import visible as visible_to
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import is_fragment, see_other, toast
from pinboard.web.paging import Cursor
from pinboard.web.text import _, ngettext
from pinboard.web.titles import board_title

__all__ = ["bp"]

CHANGED = _("Somebody changed this board meanwhile. This is how it stands now.")
HEADING_REMOVED = _("Heading removed. Its cases are still here.")
SECTION_MOVED = _("Section moved.")
NONE_CHOSEN = _("Choose one case or more first.")
ONE_CHOSEN = _("Choose the one case whose picture is to stand for the board.")


@bp.get("/b/<slug>/arrange")
@access("clinician")
def arrange(slug: str) -> Response:
    """Show the pins of a board to be chosen, and to be moved by those who arrange it."""
    return _page(_wall(slug))


@bp.post("/b/<slug>/arrange")
@access("clinician")
def act(slug: str) -> Response:
    """Do what was asked to the chosen pins: move one, put them in a section, copy, move or take them off."""
    wall = _wall(slug)
    verb, _colon, name = request.form.get("act", "").partition(":")
    try:
        if verb in {"earlier", "later", "start"}:
            _step(wall, verb, name)
        else:
            _with_chosen(wall, verb)
    except Changed:
        db.session.rollback()
        return _page(_wall(slug), CHANGED, status=409)
    except ValueError as asked:
        return _page(wall, str(asked), status=422)
    db.session.commit()
    return _page(_wall(slug)) if is_fragment() else see_other(_here(slug))


@bp.post("/b/<slug>/order")
@access("clinician")
def order(slug: str) -> Response:
    """Put pins beside another one, or at the start of a section, as they were dropped there."""
    wall = _arranged(slug)
    session = db.session()
    places.hold(session, wall.board)
    try:
        _drop(wall, request.form.getlist("pin"))
    except Changed:
        session.rollback()
        return _page(_wall(slug), CHANGED, status=409)
    db.session.commit()
    return make_response("", 204) if is_fragment() else see_other(_here(slug))


def _drop(wall: Wall, names: list[str]) -> None:
    """Put pins where they were dropped, if that place is still as it was seen."""
    session, by = db.session(), g.reader.user_id
    pins = bulk.chosen(session, g.reader, wall, names)
    if not pins or len(pins) != len(set(names)):
        raise Changed
    section = places.section_named(session, wall.board, request.form.get("section", ""))
    before = places.stood(session, wall.board, pins)
    beside = request.form.get("before") or request.form.get("after")
    if not beside:
        places.put_into(session, wall.board, pins, section, by=by)
        _tell_moved(wall, before)
        return
    anchor = _one(wall, beside)
    if anchor.section_id != (section.id if section else None):
        raise Changed
    places.put_beside(session, wall.board, pins, anchor, is_before="before" in request.form, by=by)
    _tell_moved(wall, before)


@bp.post("/b/<slug>/sections")
@access("clinician")
def add_section(slug: str) -> Response:
    """Add a section."""
    return _say_section(slug, None)


@bp.post("/b/<slug>/sections/<name>")
@access("clinician")
def change_section(slug: str, name: str) -> Response:
    """Rename a section, move it, or take its heading away."""
    wall = _arranged(slug)
    session = db.session()
    places.hold(session, wall.board)
    try:
        section = places.section_named(session, wall.board, name)
    except Changed:
        return _page(wall, CHANGED, status=409)
    asked = request.form.get("act", "")
    if section is None or asked not in {"earlier", "later", "remove"}:
        return _say_section(slug, name)
    _arrange_section(wall.board, section, asked)
    db.session.commit()
    return _page(_wall(slug)) if is_fragment() else see_other(_here(slug))


def _arrange_section(board: Board, section: BoardSection, asked: str) -> None:
    """Move a section or take its heading away, and say so with the way back."""
    session, by = db.session(), g.reader.user_id
    if asked == "remove":
        step, said = undo.bring_heading_back(board, sections.heading(session, board, section)), HEADING_REMOVED
        places.remove_section(session, board, section, by=by)
    else:
        step, said = undo.move_section_again(board, sections.stood(session, board, section)), SECTION_MOVED
        if not places.move_section(session, board, section, -1 if asked == "earlier" else 1, by=by):
            return
    toast(said, undo=undo.address([step], board, "/arrange"))


def _say_section(slug: str, name: str | None) -> Response:
    """Take the words of a section, once nothing in them is doubted."""
    wall = _arranged(slug)
    session, by = db.session(), g.reader.user_id
    form = SectionForm()
    if not form.validate():
        return _page(wall, form.first_errors()["title"], status=422)
    texts = {"title": form.title.data}
    if doubts := words.left(None, texts):
        return _page(wall, status=422, doubts=doubts, section_title=form.title.data, section_name=name or "")
    places.hold(session, wall.board)
    if name:
        try:
            section = places.section_named(session, wall.board, name)
        except Changed:
            return _page(wall, CHANGED, status=409)
        places.rename_section(session, wall.board, section, form.title.data, by=by)  # type: ignore[arg-type]
    elif len(places.sections(session, wall.board)) < places.MOST_SECTIONS:
        places.add_section(session, wall.board, form.title.data, by=by)
    words.note_board(wall.board, texts)
    db.session.commit()
    return _page(_wall(slug)) if is_fragment() else see_other(_here(slug))


def _step(wall: Wall, verb: str, name: str) -> None:
    """Move one pin past its neighbour, or to the start of its section."""
    if not wall.may_arrange:
        raise NotFound
    session, by = db.session(), g.reader.user_id
    places.hold(session, wall.board)
    pin = _one(wall, name)
    if verb == "start":
        before = places.stood(session, wall.board, [pin])
        places.put_into(session, wall.board, [pin], tiles.section_of(session, pin), by=by)
        _tell_moved(wall, before)
        return
    is_earlier = verb == "earlier"
    sight = visible_to(g.reader, Pin.case_id)
    beside = places.neighbour(session, wall.board, pin, sight, is_earlier=is_earlier)
    if beside is not None:
        places.put_beside(session, wall.board, [pin], beside, is_before=is_earlier, by=by)


def _with_chosen(wall: Wall, verb: str) -> None:
    session = db.session()
    pins = bulk.chosen(session, g.reader, wall, request.form.getlist("pin"))
    if not pins:
        raise ValueError(NONE_CHOSEN)
    acts = {"section": _to_section, "copy": _copy, "move": _move, "remove": _remove, "cover": _cover}
    if verb not in acts:
        raise NotFound
    acts[verb](wall, pins)


def _to_section(wall: Wall, pins: list[Pin]) -> None:
    if not wall.may_arrange:
        raise NotFound
    session = db.session()
    places.hold(session, wall.board)
    section = places.section_named(session, wall.board, request.form.get("section", ""))
    before = places.stood(session, wall.board, pins)
    places.put_into(session, wall.board, pins, section, by=g.reader.user_id)
    _tell_moved(wall, before)


def _tell_moved(wall: Wall, before: list[list[int]]) -> None:
    """Say that pins moved, with the way back to where they stood; a step past a neighbour needs none but the other."""
    said = ngettext("{count} case moved.", "{count} cases moved.", len(before))
    way_back = undo.address([undo.put_again(wall.board, before)], wall.board, "/arrange")
    toast(said.format(count=len(before)), undo=way_back)


def _copy(wall: Wall, pins: list[Pin]) -> None:
    target = _target(wall)
    done = bulk.copy(db.session(), pins, target, by=g.reader.user_id)
    said = ngettext("{count} case copied to “{board}”.", "{count} cases copied to “{board}”.", done.count)
    _tell(said, done, wall.board, target)


def _move(wall: Wall, pins: list[Pin]) -> None:
    target = _target(wall)
    allowed = bulk.to_take(db.session(), g.reader, wall, pins)
    if not allowed:
        raise ValueError(_("You may copy these cases, but others pinned them here."))
    done = bulk.move(db.session(), allowed, (wall.board, target), by=g.reader.user_id)
    said = ngettext("{count} case moved to “{board}”.", "{count} cases moved to “{board}”.", done.count)
    _tell(said, done, wall.board, target)


def _remove(wall: Wall, pins: list[Pin]) -> None:
    allowed = bulk.to_take(db.session(), g.reader, wall, pins)
    if not allowed:
        raise ValueError(_("Others pinned these cases here; you may not take them off."))
    done = bulk.take_off(db.session(), allowed, wall.board, by=g.reader.user_id)
    said = ngettext("{count} case taken off the board.", "{count} cases taken off the board.", done.count)
    _tell(said, done, wall.board, wall.board)


def _cover(wall: Wall, pins: list[Pin]) -> None:
    if not (wall.may_arrange or wall.may_describe):
        raise NotFound
    if len(pins) != 1:
        raise ValueError(ONE_CHOSEN)
    service.choose_cover(db.session(), wall.board, pins[0].case_id, by=g.reader.user_id)
    toast(_("This picture stands for the board now, for those who may see the case."))


def _tell(said: str, done: Outcome, board: Board, target: Board) -> None:
    line = said.format(count=done.count, board=board_title(target))
    if done.there:
        there = ngettext("{count} was there already.", "{count} were there already.", done.there)
        line = f"{line} {there.format(count=done.there)}"
    toast(line, undo=undo.address(done.steps, board))


def _target(wall: Wall) -> Board:
    target = board_for(db.session(), g.reader, "pin", request.form.get("board", ""))
    if target.id == wall.board.id:
        raise ValueError(_("Choose another board."))
    return target


def _one(wall: Wall, name: str) -> Pin:
    found = bulk.chosen(db.session(), g.reader, wall, [name])
    if not found:
        raise Changed
    return found[0]


def _here(slug: str) -> str:
    return f"/b/{slug}/arrange"


def _wall(slug: str) -> Wall:
    return queries.wall(db.session(), g.reader, slug)


def _arranged(slug: str) -> Wall:
    wall = _wall(slug)
    if not wall.may_arrange:
        raise NotFound
    return wall


def _page(wall: Wall, error: str = "", *, status: int = 200, **context: Any) -> Response:
    """Answer with the whole list as it stands now, wherever it was changed from."""
    session = db.session()
    after = Cursor.read(request.args.get("after"), int, int)
    found = tiles.page(session, g.reader, wall, after)
    boards = [board for board in lists.boards_for_pin(session, g.reader, None) if board.slug != wall.board.slug]
    partial, page = "partials/boards/arrange.html", "pages/boards/arrange.html"
    text = render_template(
        partial if is_fragment() else page,
        wall=wall,
        board=wall.board,
        blocks=found.blocks,
        more=f"/b/{wall.board.slug}/arrange?after={found.next}" if found.next else "",
        sections=found.sections,
        boards=boards,
        error=error,
        chosen=set(request.form.getlist("pin")) if error else {request.args.get("at", "")},
        **context,
    )
    return make_response(text, status)
