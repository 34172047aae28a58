"""Publishes a draft and shows how far that is."""

from __future__ import annotations

from flask import Response, g, request, url_for

from pinboard.drafts import forms, service
from pinboard.drafts.blueprint import bp, draft_for, me
from pinboard.drafts.page import form_page, stored
from pinboard.drafts.words import refusal
from pinboard.intake import publish as publishing
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, CaseState
from pinboard.policy import case_for
from pinboard.web.access import access
from pinboard.web.extensions import db, stores
from pinboard.web.htmx import respond, see_other
from pinboard.web.text import _
from pinboard.web.words import take_ticks

_UNREADY = {
    "incomplete": _("Nothing was published: something is still missing, as listed under “Before it can be published”."),
    "doubtful-words": _("Nothing was published: look at the marked words first, and change them or tick them."),
}
ON_ITS_WAY = frozenset({CaseState.PUBLISHING, CaseState.PUBLISHED})


@bp.post("/drafts/<draft>/publish")
@access("clinician")
def publish(draft: str) -> Response:
    """Save what the form holds and begin to publish; a second time finds the case on its way and shows it."""
    case = case_for(db.session(), g.reader, "publish", draft)
    if case.state in ON_ITS_WAY:
        return see_other(_place(case))
    case = draft_for(draft, "publish")
    form = _save(case)
    if form.errors:
        return form_page(case, form, status=422, problem=_("Please mend what is marked. Nothing was published."))
    try:
        publishing.start(db.session(), case, me(), keys=stores().keys)
    except IntakeError as error:
        if error.code not in _UNREADY:
            raise
        words = _UNREADY[error.code]
        return form_page(case, form, status=409, problem=words)
    db.session.commit()
    return see_other(url_for("drafts.progress", draft=draft))


@bp.get("/drafts/<draft>/progress")
@access("clinician")
def progress(draft: str) -> Response:
    """Show how far publishing is; the part of the page asks again every second until the case is out."""
    case = case_for(db.session(), g.reader, "edit", draft)
    if case.state is CaseState.DRAFT and not case.publish_error:
        return see_other(url_for("drafts.show", draft=draft))
    if case.state not in {CaseState.DRAFT, CaseState.PUBLISHING}:
        return see_other(_place(case))
    is_running = case.state is CaseState.PUBLISHING
    words = _words(case.publish_progress) if is_running else refusal(case.publish_error)
    return respond(
        "pages/drafts/progress.html",
        "partials/drafts/progress.html",
        draft=case,
        running=is_running,
        percent=case.publish_progress,
        words=words,
    )


def _save(case: Case) -> forms.CaseForm:
    """Keep the form that came along; a bare request publishes what is saved."""
    if "title" not in request.form:
        return stored(case)
    form = forms.read(request.form)
    service.save(db.session(), case, form, by=me(), reader=g.reader)
    take_ticks(case)
    db.session.commit()
    return form


def _place(case: Case) -> str:
    if case.state is CaseState.PUBLISHING:
        return url_for("drafts.progress", draft=case.public_id)
    return f"/c/{case.public_id}"


def _words(percent: int) -> str:
    if percent == 0:
        return _("Waiting for its turn")
    return _("Painting, checking and storing the images") if percent < 99 else _("Almost there")
