"""Hides one image of a published case, shows it again, and says who had opened the case before."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort, g, make_response, render_template
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import policy
from pinboard.intake import mend
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, CaseState, Instance, User
from pinboard.policy import case_for
from pinboard.upkeep import openings
from pinboard.upkeep.routes import bp
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import see_other, toast
from pinboard.web.text import _

__all__ = ["bp"]


@bp.post("/c/<case_id>/images/<image>/hide")
@access("clinician")
def hide_image(case_id: str, image: str) -> Response:
    """Take one image out of sight at once."""
    return _act(case_id, image, mend.hide_image, _("The image is hidden from everybody until you show it again."))


@bp.post("/c/<case_id>/images/<image>/show")
@access("clinician")
def show_image(case_id: str, image: str) -> Response:
    """Show a hidden image again as it was."""
    return _act(case_id, image, mend.show_image, _("The image is shown again."))


@bp.get("/c/<case_id>/openings")
@access("clinician")
def opened(case_id: str) -> Response:
    """List who had opened a case, and who while an image that was mended was still there."""
    case = case_for(db.session(), g.reader, "openings", case_id)
    if case.state in {CaseState.DRAFT, CaseState.PUBLISHING}:
        abort(404)
    spans, looks = openings.spans(db.session(), case), openings.looks(db.session(), case)
    return make_response(render_template("pages/upkeep/openings.html", case=case, spans=spans, looks=looks))


def _act(case_id: str, image: str, act: Callable[[Session, Instance, User], None], said: str) -> Response:
    case = case_for(db.session(), g.reader, "mend", case_id)
    instance = db.session.scalar(select(Instance).where(Instance.case_id == case.id, Instance.public_id == image))
    if instance is None:
        abort(404)
    try:
        act(db.session(), instance, current_user.user)
    except IntakeError as error:
        db.session.rollback()
        return make_response(render_template("pages/upkeep/refused.html", sentence=error.sentence), 409)
    db.session.commit()
    toast(said)
    is_keeper = db.session.scalar(select(Case.id).where(Case.id == case.id, policy.may(g.reader, "edit")))
    return see_other(f"/c/{case_id}/edit#case-images" if is_keeper else f"/c/{case_id}")
