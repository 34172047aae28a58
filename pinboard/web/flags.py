"""Lets any reader say that something in a case identifies its subject: five choices and no text to type it again."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from pinboard.identity import throttle
from pinboard.intake.flag import raise_flag
from pinboard.models import Case, FlagKind, InvalidTransition, Share, User
from pinboard.policy import Reader
from pinboard.web.extensions import db
from pinboard.web.htmx import is_fragment
from pinboard.web.text import _

KINDS = {
    FlagKind.NAME: _("A name"),
    FlagKind.DATE: _("A date of birth, or another full date"),
    FlagKind.NUMBER: _("A number: of a record, a telephone, an insurance"),
    FlagKind.FACE: _("A face, or something else by which the person is known"),
    FlagKind.OTHER: _("Something else"),
}
"""What each kind is called, in the form and to reviewers."""


def report(case: Case, reader: Reader, *, page: str, back: str) -> Response | None:
    """Show the form, or take it; None once the case is reported and so out of everybody's sight."""
    error, wait = _taken(case, reader) if request.method == "POST" else ("", 0)
    if request.method == "POST" and not error:
        return None
    template = "partials/flags/form.html" if is_fragment() else page
    chosen = request.form.get("kind", "")
    words = {"action": request.path, "back": back, "kinds": KINDS, "chosen": chosen, "error": error}
    body = render_template(template, is_own=reader.register == "subject", **words)
    answer = make_response(body, 422 if error else 200)
    if wait:
        answer.status_code = 422 if is_fragment() else 429
        answer.headers["Retry-After"] = str(wait)
    return answer


def tries(user_id: int | None, share_id: int | None, address: str | None) -> list[str]:
    """Name the rows that count somebody's reports; a member is counted alone, the holder of a link by address too."""
    if user_id is not None:
        return throttle.keys("flag", who=f"u:{user_id}", address=None)[:1]
    return throttle.keys("flag", who=f"s:{share_id}", address=address)


def _taken(case: Case, reader: Reader) -> tuple[str, int]:
    """Hide the case, or give a sentence and the seconds to wait; reports that were right are taken back later."""
    session = db.session()
    try:
        kind = FlagKind(request.form.get("kind", ""))
    except ValueError:
        return _("Choose what you saw."), 0
    names = tries(reader.user_id, reader.share_id, request.remote_addr)
    wait = throttle.wait(session, names)
    if wait:
        words = _("You reported several cases in a short time. Wait {count} seconds, or tell the clinic another way.")
        return words.format(count=wait), wait
    throttle.failed(session, names)
    by = session.get(User, reader.user_id) if reader.user_id is not None else None
    share = session.get(Share, reader.share_id) if reader.share_id is not None else None
    try:
        raise_flag(session, case, kind, by=by, share=share)
    except InvalidTransition:
        # Somebody took it out of sight in the meantime, which is what was asked for.
        session.rollback()
    session.commit()
    return "", 0
