"""Says in plain words what went wrong, as a page or as a fragment, and never what the request contained."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from pinboard.intake.errors import IntakeError
from pinboard.models import InvalidTransition
from pinboard.policy import NotFound
from pinboard.web.extensions import SAFE, db
from pinboard.web.htmx import is_htmx
from pinboard.web.text import _

log = logging.getLogger("pinboard.web")


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader is told."""

    title: str
    sentence: str


WORDS = {
    400: Words(_("This request could not be read"), _("Nothing was changed. Go back and try again.")),
    401: Words(_("Please sign in"), _("You are not signed in any more. Nothing was changed.")),
    403: Words(_("This form is too old"), _("Nothing was changed. Load the page again and send it once more.")),
    404: Words(_("Nothing here"), _("There is nothing at this address, or it is not meant for you.")),
    405: Words(_("This address does not take that"), _("Nothing was changed.")),
    409: Words(_("That is not possible now"), _("It has changed in the meantime. Load the page again and look at it.")),
    413: Words(_("That is too large"), _("Nothing was stored. Send less at once.")),
    415: Words(_("This kind of content is not taken"), _("Nothing was stored.")),
    422: Words(_("Please check what you typed"), _("Something is missing or cannot be right. Nothing was changed.")),
    429: Words(_("Please wait a moment"), _("There were too many tries. Wait a little, then try again.")),
    500: Words(_("Something went wrong"), _("It is our fault, not yours. Nothing of it was saved. Try again.")),
    503: Words(_("Busy just now"), _("Nothing was lost. Try again in a few seconds.")),
}
ON_THE_PAGE = {
    401: Words(
        _("You are signed out"),
        _("What you wrote is still here. Sign in again in another tab, then send it once more."),
    ),
    403: Words(_("This page was too old"), _("What you wrote is still here. Send it once more.")),
}
"""What is said where the page stays and takes a new token by itself."""
PENDING = Words(
    _("Your account waits to be checked"),
    _("An administrator confirms that you are who you say. Until then you can prepare drafts."),
)


def init_app(app: Flask) -> None:
    """Answer every kind of failure."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda _error: answer(403))
    app.register_error_handler(NotFound, lambda _error: answer(404))
    app.register_error_handler(InvalidTransition, lambda _error: answer(409))
    app.register_error_handler(IntakeError, _intake)
    app.register_error_handler(OperationalError, _database)
    for kind in (OverflowError, DataError):
        app.register_error_handler(kind, _unheard_of)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, words: Words | None = None) -> Response:
    """Render one failure; what the request had begun is undone."""
    db.session.rollback()
    g.pop("toasts", None)
    known = WORDS | ON_THE_PAGE if is_htmx() else WORDS
    words = words or known.get(status) or WORDS[400 if status < 500 else 500]
    name = "errors/fragment.html" if is_htmx() else "errors/page.html"
    return make_response(render_template(name, status=status, words=words), status)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = answer(error.code)
    if error.code == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
    return response


def _unheard_of(_error: Exception) -> Response:
    """Answer for a value that no column can hold: there is nothing of that name, and nothing to be saved by it."""
    return answer(404 if request.method in SAFE else 422)


def _intake(error: IntakeError) -> Response:
    """Pass on the sentence of a step that cannot be taken now; it is written by us and holds no value."""
    status = 503 if error.retry_after else 409
    response = answer(status, Words(WORDS[status].title, _(error.sentence)))
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _database(error: OperationalError) -> Response:
    """Tell busy from broken by nothing: both pass, and the reader only needs to know that it was not saved."""
    log.error("database: %s at %s", type(error.orig).__name__, request.endpoint)
    response = answer(503)
    response.headers["Retry-After"] = "2"
    return response


def _unexpected(error: Exception) -> Response:
    """Log where it happened and of what type it was; the message may hold a value, so it stays out."""
    log.error("%s at %s: %s", type(error).__name__, request.endpoint, _where(error))
    return answer(500)


def _where(error: Exception) -> str:
    trace, places = error.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-6:]))
