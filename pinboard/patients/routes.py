"""Release a case, and the pages of the person it was released to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, make_response, render_template
from flask_login import current_user

from pinboard import policy
from pinboard.clock import now
from pinboard.models import Board, Case, CaseState, Subject
from pinboard.patients import queries, service
from pinboard.patients.forms import ReleaseForm, shortest_delay
from pinboard.patients.service import ReleaseError, Terms
from pinboard.policy import Reader, case_for, reader_for
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.flags import report
from pinboard.web.htmx import invalid, see_other, toast
from pinboard.web.openings import note_opening
from pinboard.web.stage import stage, view_of
from pinboard.web.text import _
from pinboard.web.words import left

bp = Blueprint("patients", __name__)


@bp.get("/c/<case_id>/release")
@access("clinician")
def release(case_id: str) -> Response:
    """Show what the patient sees now, and the form to change it."""
    case = _kept(case_id)
    standing = queries.release_of(db.session(), case.id)
    return make_response(render_template("pages/patients/release.html", **_release_page(case, _filled(case, standing))))


@bp.post("/c/<case_id>/release")
@access("clinician")
def create(case_id: str) -> Response:
    """Release chosen images to one subject."""
    case = _kept(case_id)
    form = _form(case)
    subject = service.subject_by_code(db.session(), form.chart_code.data or "") if form.validate() else None
    if not form.errors and subject is None:
        form.refuse("chart_code", _("No patient of this clinic has this chart code."))
    doubts = left(case, {"caption": form.caption.data}) if subject else []
    if subject is None or doubts or not _released(case, subject, form):
        db.session.rollback()
        case = _kept(case_id)
        page = "pages/patients/release.html"
        return invalid("partials/patients/release.html", page=page, doubts=doubts, **_release_page(case, form))
    db.session.commit()
    toast(_("Released. The patient sees these images and your caption, and nothing else of the case."))
    return see_other(f"/c/{case.public_id}/release")


@bp.post("/c/<case_id>/release/end")
@access("clinician")
def end(case_id: str) -> Response:
    """Take every release of a case back."""
    case = _kept(case_id)
    service.take_back(db.session(), case, by=current_user.user)
    db.session.commit()
    toast(_("The patient does not see this case any more."))
    return see_other(f"/c/{case.public_id}/release")


@bp.get("/my")
@access("signed-in")
def home() -> Response:
    """Show a person their own images."""
    reader = _subject()
    cases = queries.released(db.session(), reader)
    boards = queries.boards_of(db.session(), current_user.subject_id or 0)
    return make_response(render_template("pages/patients/home.html", cases=cases, boards=boards))


@bp.get("/my/b/<slug>")
@access("signed-in")
def board(slug: str) -> Response:
    """Show one of a person's own boards."""
    reader = _subject()
    mine = policy.board_for(db.session(), reader, "see", slug)
    cases = queries.released(db.session(), reader, Board.id == mine.id)
    return make_response(render_template("pages/patients/board.html", cases=cases, board=mine))


@bp.get("/my/c/<case_id>")
@access("signed-in")
def show(case_id: str) -> Response:
    """Show one released case: its images, the caption, who said so, and who looked."""
    reader = _subject()
    found = queries.released(db.session(), reader, Case.public_id == case_id)
    if not found:
        abort(404)
    looks = queries.openings(db.session(), found[0].case_id, own_id=current_user.id)
    sign_in = current_user.sign_in
    note_opening(found[0].case_id, reader, seat=f"my:{sign_in.public_id}", device=sign_in.device)
    context = stage(found[0].pictures, f"/my/c/{case_id}", "/media/")
    return make_response(render_template("pages/patients/show.html", case=found[0], looks=looks, **context))


@bp.get("/my/c/<case_id>/series/<int:number>/view.json")
@access("signed-in")
def view(case_id: str, number: int) -> Response:
    """Describe a released series to the viewer."""
    found = queries.released(db.session(), _subject(), Case.public_id == case_id)
    return view_of(found[0].pictures if found else (), number)


@bp.route("/my/c/<case_id>/flag", methods=["GET", "POST"])
@access("signed-in")
def flag(case_id: str) -> Response:
    """Ask what says who the person is, and hide the images."""
    reader = _subject()
    found = queries.released(db.session(), reader, Case.public_id == case_id)
    if not found:
        abort(404)
    case = case_for(db.session(), reader, "flag", case_id)
    shown = report(case, reader, page="pages/flags/new.html", back=f"/my/c/{case_id}")
    if shown is not None:
        return shown
    toast(_("Thank you. The images are hidden until somebody at the clinic has looked at them."))
    return see_other("/my")


def _subject() -> Reader:
    """Read as the person in the images, whatever else this account is."""
    reader = reader_for(db.session(), current_user.account, "subject")
    if current_user.subject_id is None:
        abort(404)
    return reader


def _kept(case_id: str) -> Case:
    """Give a case that this reader may release; a draft has nothing yet that anybody could be shown."""
    case = case_for(db.session(), g.reader, "release", case_id)
    if case.state in {CaseState.DRAFT, CaseState.PUBLISHING}:
        abort(404)
    return case


def _form(case: Case) -> ReleaseForm:
    form = ReleaseForm()
    form.images.choices = [row.public_id for row in _pictures(case)]
    return form


def _filled(case: Case, standing: Any) -> ReleaseForm:
    """Fill the form with the release that stands, or with what suggests itself."""
    session, form = db.session(), _form(case)
    own = session.get(Subject, case.subject_id) if case.subject_id else None
    form.chart_code.data = standing.chart_code if standing else own.chart_code if own else ""
    form.caption.data = standing.Release.caption if standing else ""
    form.author_name.data = standing.Release.author_name if standing else current_user.name
    form.shows_date.data = standing.Release.shows_date if standing else True
    shown = [row.public_id for row in _pictures(case) if not standing or row.id in standing.Release.instances]
    form.images.data = shown
    full_set = set(queries.full_set_of(session, case.id))
    form.full_set.data = not standing or not full_set.isdisjoint(standing.Release.instances)
    form.delay.data = shortest_delay(standing.Release.not_before - now()) if standing else 0
    return form


def _pictures(case: Case) -> list[Any]:
    return queries.pictures_of(db.session(), case.id)


def _chosen(case: Case, form: ReleaseForm) -> tuple[int, ...]:
    chosen = [row.id for row in _pictures(case) if row.public_id in form.images.data]
    return (*chosen, *(queries.full_set_of(db.session(), case.id) if form.full_set.data else ()))


def _released(case: Case, subject: Subject, form: ReleaseForm) -> bool:
    terms = Terms(
        caption=form.caption.data,
        author_name=form.author_name.data,
        shows_date=form.shows_date.data,
        instances=_chosen(case, form),
        not_before=form.starts_at(now()),
        confirmed_codes=form.other_subject.data or "",
    )
    try:
        service.release(db.session(), case, subject, terms, by=current_user.user)
    except ReleaseError as error:
        form.refuse(error.field or "caption", _(str(error)).format(**error.values))
        return False
    return True


def _release_page(case: Case, form: ReleaseForm) -> dict[str, Any]:
    session = db.session()
    standing = queries.release_of(session, case.id)
    own = session.get(Subject, case.subject_id) if case.subject_id else None
    return {
        "case": case,
        "form": form,
        "errors": form.first_errors(),
        "standing": standing,
        "has_begun": bool(standing) and standing.Release.not_before <= now(),
        "own_code": own.chart_code if own else "",
        "pictures": _pictures(case),
        "full_set": len(queries.full_set_of(session, case.id)),
        "has_account": queries.account_of(session, standing.Release.subject_id) if standing else False,
    }
