"""Puts the case form together: what stands in it, what there is to choose from, what is missing, whom it reaches."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, render_template, url_for

from pinboard import clock, vocabulary
from pinboard.drafts import audience, consent, forms, queries
from pinboard.drafts.forms import CaseForm
from pinboard.drafts.words import CERTAINTIES, CONSENT_KINDS, LEVELS, SEXES, age_bands, covers, sides
from pinboard.models import Case, CaseState, Role, Subject
from pinboard.web.extensions import db
from pinboard.web.text import _
from pinboard.web.times import day
from pinboard.web.words import PLACES, Asked, standing

COMMON_PARTS = 60


def stored(case: Case) -> CaseForm:
    """Fill the form from what is stored."""
    form = forms.of_case(case)
    consent.fill(form, consent.consent_of(db.session(), case))
    form.alt_texts = {one.public_id: one.alt_text for one in queries.series(db.session(), case)}
    audience.fill(db.session(), form, case)
    return form


def form_page(case: Case, form: CaseForm, *, status: int = 200, problem: str = "") -> Response:
    """Answer with the whole form."""
    session = db.session()
    subject = session.get(Subject, case.subject_id) if case.subject_id else None
    page = render_template(
        "pages/drafts/show.html",
        problem_sentence=problem,
        series=queries.series(session, case),
        chart_code=subject.chart_code if subject else "",
        certainties=CERTAINTIES,
        age_bands=age_bands(),
        sexes=SEXES,
        sides=sides(),
        covers=covers(),
        consent_kinds=CONSENT_KINDS,
        levels=LEVELS,
        common_parts=vocabulary.body_parts()[:COMMON_PARTS],
        today=clock.now().date().isoformat(),
        may_publish=may_publish(),
        expires=day(case.expires_at, "long") if case.expires_at else "",
        **audience.offered(session, g.reader),
        **state(case, form),
    )
    return make_response(page, status)


def state(case: Case, form: CaseForm) -> dict[str, Any]:
    """Give what changes with every save."""
    is_draft = case.state is CaseState.DRAFT
    places = PLACES | {f"alt-{series}": _("Images") for series in form.alt_texts}
    doubts = standing(case, places) if is_draft else []
    return {
        "draft": case,
        "form": form,
        "saved_at": case.updated_at,
        "doubts": doubts,
        "missing": [*queries.gaps(db.session(), case, form.offered), *_doubtful(case, doubts)] if is_draft else [],
        "reach": audience.reach(db.session(), case, form),
    }


def _doubtful(case: Case, doubts: list[Asked]) -> list[queries.Gap]:
    """Say that marked words keep a draft from being published."""
    if not doubts:
        return []
    href = url_for("drafts.show", draft=case.public_id, _anchor="draft-doubts")
    return [queries.Gap(_("Change the marked words, or tick each one that identifies nobody."), href)]


def may_publish() -> bool:
    """Tell whether this reader may publish at all; a trainee prepares, a clinician publishes."""
    return bool(g.reader.role is Role.CLINICIAN and g.reader.verified)
