"""The pages for visitors, and the page on which an author offers a case for them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request
from flask_login import current_user

from pinboard.discover import queries, service
from pinboard.discover.forms import OfferForm
from pinboard.models import Case, CaseState, ConsentLevel, PublicSample
from pinboard.policy import SHUT_OUT, NotFound, Reader, agreed, case_for, may_leave, outsider
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, see_other, toast
from pinboard.web.paging import Cursor
from pinboard.web.text import _
from pinboard.web.visitors import visitors_page
from pinboard.web.words import left

bp = Blueprint("discover", __name__)


@bp.get("/discover")
@access("public")
def index() -> Response:
    """Show visitors what the clinic shows everybody."""
    shown, following = queries.wall(db.session(), _visitor(), Cursor.read(request.args.get("after"), int))
    more = f"/discover?after={following}" if following else ""
    return visitors_page("pages/discover/index.html", cases=shown, more=more, is_first=not request.args.get("after"))


@bp.get("/discover/<case_id>")
@access("public")
def show(case_id: str) -> Response:
    """Show a visitor one case."""
    return visitors_page("pages/discover/show.html", case=queries.one(db.session(), _visitor(), case_id))


@bp.get("/c/<case_id>/discover")
@access("clinician")
def offering(case_id: str) -> Response:
    """Show an author what outsiders would see, before anything is offered."""
    case = _own(case_id)
    standing = queries.sample_of(db.session(), case)
    start = standing or case
    form = OfferForm(
        formdata=None,
        title=start.title,
        question=start.question,
        is_named=bool(standing and standing.author_name),
    )
    return make_response(render_template("pages/discover/offer.html", **_offering(case, form)))


@bp.post("/c/<case_id>/discover")
@access("clinician")
def offer(case_id: str) -> Response:
    """Show these words in the preview, or offer the case in just the words that it showed."""
    case = _own(case_id)
    form = OfferForm()
    page, partial = "pages/discover/offer.html", "partials/discover/offer.html"
    if not form.validate():
        return invalid(partial, page=page, **_offering(case, form))
    context = _offering(case, form)
    if request.form.get("step") == "preview":
        return make_response(render_template(page, **context))
    if context["shown"] is None or not context["is_agreed"]:
        return invalid(partial, page=page, **context)
    if doubts := left(case, {"title": form.title.data, "question": form.question.data}):
        return invalid(partial, page=page, **{**context, "doubts": doubts})
    words = PublicSample(title=form.title.data, question=form.question.data or "", author_name=_author(form))
    service.offer(db.session(), case, words, current_user.user)
    db.session.commit()
    toast(_("Offered. An administrator picks what visitors see."))
    return see_other(f"/c/{case.public_id}/discover")


@bp.post("/c/<case_id>/discover/end")
@access("clinician")
def end(case_id: str) -> Response:
    """Take an offer back."""
    case = case_for(db.session(), g.reader, "share", case_id)
    service.end(db.session(), case, current_user.user)
    db.session.commit()
    toast(_("Taken back. Visitors see nothing of it any more."))
    return see_other(f"/c/{case.public_id}/discover" if case.state is CaseState.PUBLISHED else f"/c/{case.public_id}")


def _visitor() -> Reader:
    """Give the reader that everybody is on these pages, members too."""
    visitor = outsider(db.session())
    if visitor == SHUT_OUT:
        raise NotFound
    return visitor


def _own(case_id: str) -> Case:
    case = case_for(db.session(), g.reader, "share", case_id)
    if case.state is not CaseState.PUBLISHED:
        raise NotFound
    return case


def _author(form: OfferForm) -> str:
    return str(current_user.name) if form.is_named.data else ""


def _offering(case: Case, form: OfferForm) -> dict[str, Any]:
    session = db.session()
    shown = queries.preview(
        session, case, title=form.title.data or "", question=form.question.data or "", author=_author(form)
    )
    is_agreed = session.query(Case.id).where(Case.id == case.id, agreed(ConsentLevel.PUBLIC)).first() is not None
    return {
        "case": case,
        "form": form,
        "errors": form.first_errors(),
        "shown": shown,
        "standing": queries.sample_of(session, case),
        "is_agreed": is_agreed,
        "is_held": not may_leave(session, case),
        "is_open": outsider(session) != SHUT_OUT,
        "doubts": (),
    }
