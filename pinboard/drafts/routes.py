"""The pages of a draft: the list, the case form with its autosave, throwing one away."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request, url_for

from pinboard import vocabulary
from pinboard.drafts import (
    forms,
    habits,
    queries,
    routes_consent,
    routes_mend,
    routes_montage,
    routes_publish,
    routes_radar,
    routes_review,
    routes_series,
    routes_shared,
    routes_upload,
    service,
)
from pinboard.drafts.blueprint import bp, draft_for, me
from pinboard.drafts.page import form_page, state, stored
from pinboard.drafts.words import count_images
from pinboard.intake import drafts as intake_drafts
from pinboard.models import CaseState
from pinboard.models.clinic_settings import clinic
from pinboard.policy import case_for
from pinboard.web.access import access
from pinboard.web.extensions import db, stores
from pinboard.web.htmx import respond, see_other, toast
from pinboard.web.text import _
from pinboard.web.words import standing, take_ticks

__all__ = [
    "bp",
    "routes_consent",
    "routes_mend",
    "routes_montage",
    "routes_publish",
    "routes_radar",
    "routes_review",
    "routes_series",
    "routes_shared",
    "routes_upload",
]


@bp.get("/drafts")
@access("author", "reader")
def index() -> Response:
    """List what this author has begun."""
    rows = queries.drafts_of(db.session(), g.reader.user_id)
    days = clinic(db.session())["vault_days"]
    return make_response(render_template("pages/drafts/index.html", drafts=rows, days=days))


@bp.get("/drafts/<draft>")
@access("author", "reader")
def show(draft: str) -> Response:
    """Show the case form; a case that is on its way or out already is shown where it is."""
    case = case_for(db.session(), g.reader, "edit", draft)
    if case.state is CaseState.PUBLISHING:
        return see_other(url_for("drafts.progress", draft=draft))
    if case.state is not CaseState.DRAFT:
        return see_other(f"/c/{case.public_id}")
    return form_page(case, habits.offer(db.session(), stored(case), case, g.reader))


@bp.post("/drafts/<draft>")
@access("author", "reader")
def update(draft: str) -> Response:
    """Save the form, without JavaScript or by its button."""
    case = draft_for(draft)
    form = forms.read(request.form)
    _suggest(draft, form)
    service.save(db.session(), case, form, by=me(), reader=g.reader)
    take_ticks(case)
    db.session.commit()
    if form.errors:
        return form_page(case, form, status=422, problem=_("Please mend what is marked. Everything else is saved."))
    if form.extra_rows or request.form.get("suggest"):
        return form_page(case, form)
    toast(_("Draft saved. Some of its words are marked.") if standing(case) else _("Draft saved"))
    return see_other(url_for("drafts.show", draft=draft))


@bp.post("/drafts/<draft>/autosave")
@access("author", "reader")
def autosave(draft: str) -> Response:
    """Save what is in order and say what is not."""
    case = draft_for(draft)
    form = forms.read(request.form)
    service.save(db.session(), case, form, by=me(), reader=g.reader)
    take_ticks(case)
    db.session.commit()
    body = render_template("partials/drafts/state.html", **state(case, form))
    return make_response(body, 422 if form.errors else 200)


@bp.get("/drafts/body-parts")
@access("author", "reader")
def body_parts() -> Response:
    """Offer body parts for what was typed."""
    parts = vocabulary.suggest_body_parts(request.args.get("q", "")[:80], say=_)
    return respond("pages/drafts/body_parts.html", "partials/drafts/body_parts.html", parts=parts)


@bp.get("/drafts/<draft>/discard")
@access("author", "reader")
def confirm_discard(draft: str) -> Response:
    """Ask once more before a draft is erased, and name it."""
    case = draft_for(draft, "erase")
    images = count_images(len(queries.images(db.session(), case)))
    title = case.title or _("Untitled draft")
    return make_response(render_template("pages/drafts/discard.html", draft=case, title=title, images=images))


@bp.post("/drafts/<draft>/discard")
@access("author", "reader")
def discard(draft: str) -> Response:
    """Erase a draft: its keys at once, and its words with it."""
    intake_drafts.discard(db.session(), stores(), draft_for(draft, "erase"), me())
    db.session.commit()
    toast(_("Draft discarded"))
    return see_other(url_for("drafts.index"))


def _suggest(draft: str, form: forms.CaseForm) -> None:
    """Put the example into an alternative text that was asked to begin with it."""
    wanted = request.form.get("suggest")
    if wanted and not form.alt_texts.get(wanted):
        found = {one.public_id: one.suggestion for one in queries.series(db.session(), draft_for(draft))}
        if wanted in found:
            form.alt_texts[wanted] = found[wanted]
