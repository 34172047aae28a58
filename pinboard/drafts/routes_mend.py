"""Lays an image of a published case open once more, on the page where drafts are looked at, and develops it anew."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request, url_for
from sqlalchemy import select

from pinboard.cases.queries import address_of
from pinboard.drafts.blueprint import bp, me
from pinboard.drafts.routes_review import review_page
from pinboard.intake import desk, mend
from pinboard.intake.children import RefusedFile
from pinboard.models import Case, Instance, InstanceState
from pinboard.policy import NotFound, case_for, may
from pinboard.storage.vault import VaultError
from pinboard.web.access import access
from pinboard.web.extensions import db, release, stores
from pinboard.web.htmx import respond, see_other, toast
from pinboard.web.text import _


@bp.route("/c/<case_id>/images/<image>/redact", methods=["GET", "POST"])
@access("clinician")
def redact(case_id: str, image: str) -> Response:
    """Say what redacting does, begin with it, and show the image for painting until it is confirmed."""
    case, instance = _found(case_id, image)
    if request.method == "POST":
        return _opened(case, instance)
    if desk.is_under_way(db.session(), instance):
        return see_other(url_for("drafts.redacting", case_id=case_id, image=image))
    if desk.is_open(instance):
        return review_page(case, image)
    return make_response(render_template("pages/drafts/redact.html", case=case, image=instance))


@bp.get("/c/<case_id>/images/<image>/redacting")
@access("clinician")
def redacting(case_id: str, image: str) -> Response:
    """Wait until the image is developed anew; the part of the page asks again every second."""
    case, instance = _found(case_id, image)
    if desk.is_under_way(db.session(), instance):
        return respond("pages/drafts/redacting.html", "partials/drafts/redacting.html", case=case, image=instance)
    if instance.state == InstanceState.HIDDEN:
        toast(_("The image could not be prepared. It stays hidden; look at it and confirm it once more."))
        return see_other(url_for("drafts.redact", case_id=case_id, image=image))
    toast(_("The image is redacted and shown again, under a new address."))
    return see_other("/flags" if _is_reviewer_of(case) else address_of(db.session(), case, instance.media_name))


def _opened(case: Case, instance: Instance) -> Response:
    case_id, image, number, by = case.public_id, instance.public_id, instance.id, me()
    release()
    try:
        mend.open_image(stores(), number, by)
    except (RefusedFile, VaultError):
        toast(_("The image is hidden, but it could not be prepared for painting. Try again, or remove it."))
    return see_other(url_for("drafts.redact", case_id=case_id, image=image))


def _found(case_id: str, image: str) -> tuple[Case, Instance]:
    """Give an image that is part of a published case, shown or hidden."""
    case = case_for(db.session(), g.reader, "mend", case_id)
    there = Instance.state.in_([InstanceState.PUBLISHED, InstanceState.HIDDEN])
    found = select(Instance).where(Instance.case_id == case.id, Instance.public_id == image, there)
    instance = db.session.scalar(found)
    if instance is None or case.state not in mend.VISIBLE:
        raise NotFound
    return case, instance


def _is_reviewer_of(case: Case) -> bool:
    """Tell whether this reader came by a report; its author goes back to the case."""
    flagged = select(Case.id).where(Case.id == case.id, may(g.reader, "moderate"))
    return case.author_id != g.reader.user_id and db.session.scalar(flagged) is not None
