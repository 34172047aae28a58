"""Report a case, and decide about what was reported: shown again, redacted or erased."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template, request
from flask_login import current_user

from pinboard.flags import queries
from pinboard.identity import throttle
from pinboard.intake import flag as flagging
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, Flag, FlagState, InvalidTransition
from pinboard.policy import case_for
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.flags import report, tries
from pinboard.web.htmx import see_other, toast
from pinboard.web.text import _

bp = Blueprint("flags", __name__)


@bp.route("/c/<case_id>/flag", methods=["GET", "POST"])
@access("reader")
def flag(case_id: str) -> Response:
    """Ask what identifies the patient, and hide the case."""
    case = case_for(db.session(), g.reader, "flag", case_id)
    shown = report(case, g.reader, page="pages/flags/new.html", back=f"/c/{case_id}")
    if shown is not None:
        return shown
    toast(_("Thank you. The case is hidden until a reviewer has looked at it."))
    return see_other("/")


@bp.get("/flags")
@access("reviewer")
def index() -> Response:
    """List the reports that wait."""
    return make_response(render_template("pages/flags/index.html", lines=queries.lines(db.session(), g.reader)))


@bp.post("/flags/<flag_id>/show")
@access("reviewer")
def show_again(flag_id: str) -> Response:
    """Give a case back to its readers, as it was or as it was mended."""
    found = queries.flag_for(db.session(), g.reader, flag_id)
    try:
        state = flagging.show_again(db.session(), found, current_user.user)
    except IntakeError as error:
        return _refused(error.sentence)
    except InvalidTransition:
        return _refused(_("Somebody decided about this report in the meantime."))
    if state is FlagState.REDACTED:
        _was_right(found)
    db.session.commit()
    is_mended = state is FlagState.REDACTED
    toast(_("The case is shown again, as it was mended.") if is_mended else _("The case is shown again."))
    return see_other("/flags")


@bp.route("/flags/<flag_id>/erase", methods=["GET", "POST"])
@access("reviewer")
def erase(flag_id: str) -> Response:
    """Ask once more, then erase a reported case for good."""
    found = queries.flag_for(db.session(), g.reader, flag_id)
    case = db.session.get_one(Case, found.case_id)
    if request.method != "POST":
        return make_response(render_template("pages/flags/erase.html", flag=found, case=case))
    try:
        flagging.erase(db.session(), found, current_user.user)
    except InvalidTransition:
        return _refused(_("Somebody decided about this report in the meantime."))
    _was_right(found)
    db.session.commit()
    toast(_("The case is erased. Only its receipts and the audit stay."))
    return see_other("/flags")


def _was_right(found: Flag) -> None:
    """Take back what a report counted against whoever made it; only those that were wrong make the next one wait."""
    throttle.succeeded(db.session(), tries(found.by_id, found.share_id, None)[:1])


def _refused(sentence: str) -> Response:
    db.session.rollback()
    return make_response(render_template("pages/flags/refused.html", sentence=sentence), 409)
