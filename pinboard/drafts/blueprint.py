"""The blueprint of the feature, and the few things that each of its route files needs."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template

from pinboard.drafts.words import refusal
from pinboard.intake import desk
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, CaseState, User
from pinboard.policy import NotFound, case_for
from pinboard.sandbox import Busy
from pinboard.web.extensions import db
from pinboard.web.htmx import is_htmx

bp = Blueprint("drafts", __name__)

UNPUBLISHED = frozenset({CaseState.DRAFT, CaseState.PUBLISHING})
CONFLICTS = frozenset(
    {"not-a-draft", "duplicate", "consent-first", "too-many", "incomplete", "not-reviewed", "not-confirmed"}
)
"""Codes that speak of the state of the case, not of what was sent."""


def me() -> User:
    """Give the account that asks."""
    return db.session.get_one(User, g.reader.user_id)


def draft_for(public_id: str, verb: str = "edit") -> Case:
    """Give a case that is a draft of this reader, or answer as if nothing were there.

    To review is also to look once more at an image of a published case, which is a clinician's.
    """
    case = case_for(db.session(), g.reader, verb, public_id)
    if case.state in UNPUBLISHED:
        return case
    if verb != "review" or case.state not in desk.LIVE:
        raise NotFound
    return case_for(db.session(), g.reader, "mend", public_id)


@bp.errorhandler(Busy)
def busy(error: Busy) -> Response:
    """Tell a sender to wait."""
    return refused(IntakeError("busy", retry_after=error.retry_after))


@bp.errorhandler(IntakeError)
def refused(error: IntakeError) -> Response:
    """Say in a sentence why a step cannot be taken now."""
    db.session.rollback()
    status = 503 if error.code == "busy" else 409 if error.code in CONFLICTS else 422
    name = "partials/drafts/refused.html" if is_htmx() else "pages/drafts/refused.html"
    answer = make_response(render_template(name, sentence=refusal(error.code)), status)
    if status == 503:
        answer.headers["Retry-After"] = str(error.retry_after or 5)
    return answer
