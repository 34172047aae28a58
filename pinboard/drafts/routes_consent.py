"""Asks about consent before the images, where the clinic wants that: the answer begins the draft that takes them."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request

from pinboard import clock
from pinboard.drafts import consent, forms, habits, service
from pinboard.drafts.begin import begun, board_named
from pinboard.drafts.blueprint import bp, me
from pinboard.drafts.forms import CaseForm
from pinboard.drafts.words import CONSENT_KINDS, LEVELS
from pinboard.models import Case, ConsentKind
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import see_other
from pinboard.web.text import _

__all__ = ["bp"]
ASKED = ("consent_kind", "level", "taken_on", "valid_until", "filed_under", "form_version", "reason")


@bp.post("/new/consent")
@access("author", "reader")
def answer_first() -> Response:
    """Keep the answer with its draft, which may take images from now on."""
    case, form = begun(), _answer()
    if any(name in form.errors for name in ASKED):
        db.session.rollback()
        return consent_page(None, form, draft=request.form.get("draft", ""), status=422)
    consent.record(db.session(), case, form, me())
    draft = case.public_id
    db.session.commit()
    return see_other(service.upload_page(draft))


def consent_page(
    case: Case | None, form: CaseForm | None = None, *, draft: str = "", status: int = 200, note: str = ""
) -> Response:
    """Answer with the question; how far the last consent reached is offered, how this one was given never is."""
    if form is None:
        form = CaseForm()
        habits.offer_level(db.session(), form, g.reader.user_id)
    board = board_named(request.values.get("board"))
    page = render_template(
        "pages/drafts/consent.html",
        draft=case.public_id if case else draft,
        board=board.slug if board else "",
        form=form,
        note=note,
        today=clock.now().date().isoformat(),
        consent_kinds=CONSENT_KINDS,
        levels=LEVELS,
        chart_code="",
    )
    return make_response(page, status)


def _answer() -> CaseForm:
    """Read the answer; here, unlike in the case form, half of one is not enough."""
    form = forms.read(request.form)
    form.taken_on = form.taken_on or clock.now().date().isoformat()
    consent.check(form)
    if not form.consent_kind:
        form.refuse("consent_kind", _("Say how consent was given."))
    if not form.level:
        form.refuse("level", _("Say how far it reaches."))
    if form.consent_kind == ConsentKind.EXEMPTION and not form.reason:
        form.refuse("reason", _("Name the policy that makes consent unnecessary."))
    return form
