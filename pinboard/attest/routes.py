"""The queue of cases that wait for a second look, the page of one look, and what is said after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from flask_login import current_user

from pinboard.attest import queries, service
from pinboard.attest.forms import AttestForm, ReturnForm
from pinboard.attest.service import AttestError
from pinboard.models import Attestation, Case, CaseState
from pinboard.policy import NotFound, case_for
from pinboard.web import media
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, see_other, toast
from pinboard.web.openings import note_opening
from pinboard.web.paging import Cursor
from pinboard.web.text import _
from pinboard.web.words import Asked, left

bp = Blueprint("attest", __name__)


class NotYours(Exception):  # noqa: N818 - what is answered, and all of it
    """A look that this clinician cannot make; the message is a sentence that says why."""


@bp.errorhandler(NotYours)
def refused(error: NotYours) -> Response:
    """Say why somebody else has to look, or that it was done."""
    return make_response(render_template("pages/attest/refused.html", sentence=str(error)), 409)


@bp.get("/attest")
@access("clinician")
def index() -> Response:
    """List what waits for a second look, and what of one's own waits or came back."""
    after = Cursor.read(request.args.get("after"), int)
    wishes, more = queries.waiting(db.session(), g.reader, after)
    own = queries.own(db.session(), g.reader) if after is None else []
    return make_response(render_template("pages/attest/index.html", wishes=wishes, own=own, more=more))


@bp.post("/c/<case_id>/attest")
@access("clinician")
def ask(case_id: str) -> Response:
    """Ask a colleague to look, so that the case may leave the clinic."""
    case = case_for(db.session(), g.reader, "share", case_id)
    if case.state in {CaseState.DRAFT, CaseState.PUBLISHING}:
        abort(404)
    try:
        service.ask(db.session(), case, current_user.user)
    except AttestError as error:
        db.session.rollback()
        raise NotYours(_(str(error))) from error
    db.session.commit()
    toast(_("Your colleagues were asked. You hear as soon as one of them has looked."))
    return see_other(f"/c/{case_id}/shares")


@bp.get("/attest/<wish_id>")
@access("clinician")
def show(wish_id: str) -> Response:
    """Show every image of a case as it would leave the clinic."""
    wish, case = _wish(wish_id)
    sign_in = current_user.sign_in
    page = _page(wish, case, AttestForm(), ReturnForm())
    note_opening(case.id, g.reader, seat=sign_in.public_id, device=sign_in.device)
    return page


@bp.post("/attest/<wish_id>")
@access("clinician")
def attest(wish_id: str) -> Response:
    """Take the words “nothing identifies the patient” and let the case leave the clinic."""
    wish, case = _wish(wish_id)
    form = AttestForm()
    if not form.validate():
        return _page(wish, case, form, ReturnForm(formdata=None))
    _say(lambda: service.attest(db.session(), wish, form.images.data or "", current_user.user))
    toast(_("Written down. The case may leave the clinic now."))
    return see_other("/attest")


@bp.post("/attest/<wish_id>/return")
@access("clinician")
def give_back(wish_id: str) -> Response:
    """Return a case to its author with a note."""
    wish, case = _wish(wish_id)
    form = ReturnForm()
    if not form.validate():
        return _page(wish, case, AttestForm(formdata=None), form)
    if doubts := left(case, {"note": form.note.data}):
        return _page(wish, case, AttestForm(formdata=None), form, doubts=doubts)
    _say(lambda: service.give_back(db.session(), wish, form.note.data, current_user.user))
    toast(_("Returned. Its author reads your note."))
    return see_other("/attest")


@bp.get("/attest/<wish_id>/media/<name>/<variant>")
@access("clinician")
def picture(wish_id: str, name: str, variant: str) -> Response:
    """Serve a picture of a case that waits for this clinician's look."""
    _wish(wish_id)
    return media.serve(name, variant, [g.reader], verb="attest")


def _wish(wish_id: str) -> tuple[Attestation, Case]:
    session = db.session()
    found = queries.wish(session, g.reader, wish_id)
    if found is not None:
        return found
    if queries.is_own(session, g.reader, wish_id):
        raise NotYours(_("This is your own case. A second look is one by somebody who did not write it."))
    if queries.is_over(session, wish_id):
        raise NotYours(_("This case does not wait for a look any more."))
    raise NotFound


def _say(act: Callable[[], None]) -> None:
    try:
        act()
    except AttestError as error:
        db.session.rollback()
        raise NotYours(_(str(error))) from error
    db.session.commit()


def _page(
    wish: Attestation, case: Case, form: AttestForm, back: ReturnForm, *, doubts: Sequence[Asked] = ()
) -> Response:
    shots = queries.shots(db.session(), case.id)
    first = min(max(request.args.get("from", 1, int), 1), max(len(shots), 1))
    last = min(first + queries.SHOTS - 1, len(shots))
    context = {
        "wish": wish,
        "case": case,
        "shots": shots[first - 1 : last],
        "count": len(shots),
        "following": last + 1 if last < len(shots) else 0,
        "form": form,
        "errors": {**form.first_errors(), **back.first_errors()},
        "back": back,
        "doubts": doubts,
    }
    if form.errors or back.errors or doubts:
        return invalid("partials/attest/answer.html", page="pages/attest/show.html", **context)
    return make_response(render_template("pages/attest/show.html", **context))
