"""The marks of a case: listed, found on their frame, drawn, moved, taken away."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template, request

from pinboard.marks import queries, service, shapes
from pinboard.marks.forms import NOT_A_SHAPE, TOO_SMALL, MarkForm, PointsForm
from pinboard.models import Case, Instance, Mark, MarkKind
from pinboard.policy import NotFound, case_for
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, respond, see_other, toast
from pinboard.web.text import _

bp = Blueprint("marks", __name__)


@bp.get("/c/<case_id>/marks")
@access("reader")
def index(case_id: str) -> Response:
    """Give the list of marks anew."""
    case = case_for(db.session(), g.reader, "see", case_id)
    return _list(case) if is_fragment() else see_other(f"/c/{case_id}#marks")


@bp.get("/c/<case_id>/marks/<mark_id>")
@access("reader")
def show(case_id: str, mark_id: str) -> Response:
    """Lead to the frame that bears a mark."""
    case = case_for(db.session(), g.reader, "see", case_id)
    place = queries.place_of(db.session(), case, mark_id)
    if place is None:
        raise NotFound
    return see_other(f"/c/{case_id}/series/{place[0]}?frame={place[1]}&mark={mark_id}#stage")


@bp.get("/c/<case_id>/marks/new")
@access("reader")
def new(case_id: str) -> Response:
    """Ask for the words of a text that stands on a frame."""
    case = case_for(db.session(), g.reader, "comment", case_id)
    form = MarkForm(request.args)
    return respond("pages/marks/new.html", "partials/marks/form.html", case=case, form=form, errors={})


@bp.post("/c/<case_id>/marks")
@access("reader")
def create(case_id: str) -> Response:
    """Draw a mark."""
    session = db.session()
    case = case_for(session, g.reader, "comment", case_id)
    form = MarkForm()
    if not form.validate():
        return _refused(case, form)
    image = service.image_of(session, case, form.media.data, form.frame.data)
    points = _points(form, form.shape, image)
    if points is None:
        return _refused(case, form)
    if service.is_full(session, case):
        form.refuse("points", _("This case has as many marks as it can have. Take one away first."))
        return _refused(case, form)
    if doubts := words.left(case, {"text": form.text.data}):
        return _refused(case, form, doubts=doubts)
    drawn = service.Drawn(form.shape, form.frame.data, points, form.text.data or "")
    mark = service.draw(session, case, image, drawn, by=g.reader.user_id)
    db.session.commit()
    undo = f"/c/{case_id}/marks/{mark.public_id}/remove"
    toast(_("Mark {letter} is drawn. Others who read this case see it.").format(letter=mark.letter), undo=undo)
    return _changed(case, drawn=mark.public_id)


@bp.post("/c/<case_id>/marks/<mark_id>/move")
@access("reader")
def move(case_id: str, mark_id: str) -> Response:
    """Put one's own mark elsewhere; where that cannot be, the list says where it still is."""
    session = db.session()
    case, mark = _own(case_id, mark_id)
    image = session.get_one(Instance, mark.instance_id)
    form = PointsForm()
    points = _points(form, mark.kind, image)
    if points is None:
        if not is_fragment():
            return invalid("partials/marks/refused.html", sentence=form.first_errors()["points"])
        answer = _changed(case)
        answer.status_code = 422
        return answer
    service.move(session, mark, points)
    db.session.commit()
    return _changed(case)


@bp.post("/c/<case_id>/marks/<mark_id>/remove")
@access("reader")
def remove(case_id: str, mark_id: str) -> Response:
    """Take one's own mark away."""
    case, mark = _own(case_id, mark_id)
    service.remove(db.session(), case, mark, by=g.reader.user_id)
    db.session.commit()
    undo = f"/c/{case_id}/marks/{mark_id}/restore"
    toast(_("Mark {letter} is taken away.").format(letter=mark.letter), undo=undo)
    return _changed(case)


@bp.post("/c/<case_id>/marks/<mark_id>/restore")
@access("reader")
def restore(case_id: str, mark_id: str) -> Response:
    """Bring one's own mark back."""
    case, mark = _own(case_id, mark_id)
    if not service.restore(db.session(), mark):
        toast(_("It is too late to bring this mark back."))
    db.session.commit()
    return _changed(case, drawn=mark_id)


def _own(case_id: str, mark_id: str) -> tuple[Case, Mark]:
    case = case_for(db.session(), g.reader, "comment", case_id)
    return case, service.mark_of(db.session(), case, mark_id, by=g.reader.user_id)


def _points(form: PointsForm, kind: MarkKind, image: Instance) -> shapes.Points | None:
    """Read the points and keep them inside the picture; what cannot be is said beside the form."""
    read = shapes.read(form.points.data, kind)
    points = shapes.inside(read, image.columns, image.rows) if read else None
    if points is None or not shapes.is_drawn(points, kind):
        form.refuse("points", TOO_SMALL if points else NOT_A_SHAPE)
        return None
    return points


def _list(case: Case) -> Response:
    found = queries.marks_of(db.session(), g.reader, case)
    return make_response(render_template("partials/marks/list.html", case=case, **found))


def _changed(case: Case, drawn: str | None = None) -> Response:
    """Give the list anew, wherever the change was asked for."""
    if not is_fragment():
        return see_other(f"/c/{case.public_id}#marks")
    found = queries.marks_of(db.session(), g.reader, case)
    return make_response(render_template("partials/marks/changed.html", case=case, drawn=drawn, **found))


def _refused(case: Case, form: MarkForm, **context: object) -> Response:
    """Answer 422 with the words kept and what is wrong with them."""
    errors = form.first_errors()
    partial, page = "partials/marks/form.html", "pages/marks/new.html"
    return invalid(partial, page=page, case=case, form=form, errors=errors, **context)
