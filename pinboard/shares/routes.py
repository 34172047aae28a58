"""The share manager of a case, and the page that a link or slip opens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from flask_login import current_user
from sqlalchemy import select

from pinboard.attest.queries import look_of
from pinboard.identity.sessions import device
from pinboard.models import Case, CaseState, Share, ShareKind
from pinboard.patients.queries import released
from pinboard.policy import Reader, case_for, reader_for_share
from pinboard.shares import queries, service
from pinboard.shares.forms import CodeForm, ExtendForm, ShareForm, UnlockForm
from pinboard.shares.service import Made, ShareError, Terms
from pinboard.web import media
from pinboard.web.access import access
from pinboard.web.extensions import config, db, stores
from pinboard.web.flags import report
from pinboard.web.htmx import invalid, see_other, toast
from pinboard.web.openings import note_opening
from pinboard.web.qr import qr
from pinboard.web.stage import stage, view_of
from pinboard.web.text import _
from pinboard.web.words import left

bp = Blueprint("shares", __name__)


@bp.get("/c/<case_id>/shares")
@access("clinician")
def index(case_id: str) -> Response:
    """List the links of a case and offer a new one."""
    case = _kept(case_id)
    return make_response(render_template("pages/shares/index.html", **_manager(case, ShareForm())))


@bp.post("/c/<case_id>/shares")
@access("clinician")
def create(case_id: str) -> Response:
    """Make a link and show its secrets, this once."""
    case = _kept(case_id)
    form = ShareForm()
    doubts = left(case, {"label": form.checked_label()}) if form.validate() else []
    made = _made(case, form) if not form.errors and not doubts else None
    if made is None:
        page, partial = "pages/shares/index.html", "partials/shares/manager.html"
        return invalid(partial, page=page, doubts=doubts, **_manager(case, form))
    db.session.commit()
    address = _address(made.path)
    return make_response(
        render_template("pages/shares/made.html", case=case, made=made, address=address, qr=qr(address))
    )


@bp.get("/c/<case_id>/shares/<share_id>")
@access("clinician")
def log(case_id: str, share_id: str) -> Response:
    """Show every opening of one link."""
    case, share = _share(case_id, share_id)
    looks = queries.log_of(db.session(), share.id)
    return make_response(render_template("pages/shares/log.html", case=case, share=share, looks=looks))


@bp.post("/c/<case_id>/shares/<share_id>/revoke")
@access("clinician")
def revoke(case_id: str, share_id: str) -> Response:
    """End a link at once, its pictures too."""
    case, share = _share(case_id, share_id)
    service.revoke(db.session(), share, by=current_user.user)
    db.session.commit()
    toast(_("The link is dead. Nobody can open it any more."))
    return see_other(f"/c/{case.public_id}/shares")


@bp.post("/c/<case_id>/shares/<share_id>/extend")
@access("clinician")
def extend(case_id: str, share_id: str) -> Response:
    """Let a link live longer."""
    case, share = _share(case_id, share_id)
    form = ExtendForm()
    sentence = _extended(share, form.days.data) if form.validate() else form.first_errors()["days"]
    db.session.commit()
    toast(sentence)
    return see_other(f"/c/{case.public_id}/shares")


@bp.route("/s", methods=["GET", "POST"])
@access("public")
def by_code() -> Response:
    """Ask for the code on a slip and lead to what it opens."""
    form, wait, path = CodeForm(), 0, None
    if request.method == "POST":
        typed, key = form.code.data or "", stores().keys.subkey("slip")
        path, wait = service.path_of_code(db.session(), typed, slip_key=key, address=request.remote_addr)
        db.session.commit()
    if path:
        return see_other(path)
    is_wrong = request.method == "POST"
    page = render_template("pages/shares/code.html", form=form, wait=wait, is_wrong=is_wrong)
    return _refused(page, wait) if is_wrong else make_response(page)


@bp.get("/s/<token>")
@access("share")
def show(token: str) -> Response:
    """Show what a link allows, ask for its PIN, or give the one page that every dead link gives."""
    share = service.find(db.session(), token)
    if share is None:
        return _dead()
    if not _is_open(share):
        return make_response(render_template("pages/shares/locked.html", form=UnlockForm(), token=token, wait=0))
    return _subject_page(share, token) if share.kind is ShareKind.SUBJECT else _colleague_page(share, token)


@bp.post("/s/<token>/unlock")
@access("share")
def unlock(token: str) -> Response:
    """Take the PIN of a link and let this browser in for a while."""
    share = service.find(db.session(), token)
    if share is None:
        return _dead()
    form = UnlockForm()
    proof, wait = service.unlock(db.session(), share, form.pin.data or "", address=request.remote_addr)
    db.session.commit()
    if proof is None:
        page = render_template("pages/shares/locked.html", form=form, token=token, wait=wait, is_wrong=True)
        return _refused(page, wait)
    response = see_other(f"/s/{token}")
    response.set_cookie(
        queries.cookie_of(share),
        proof,
        max_age=int(service.UNLOCKED_FOR.total_seconds()),
        path="/s/",
        secure=config().secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.get("/s/<token>/media/<name>/<variant>")
@access("share")
def picture(token: str, name: str, variant: str) -> Response:
    """Serve a picture that a link shows."""
    share = service.find(db.session(), token)
    if share is None or not _is_open(share):
        abort(404)
    return media.serve(name, variant, [reader_for_share(db.session(), share)])


@bp.get("/s/<token>/series/<int:number>/view.json")
@access("share")
def view(token: str, number: int) -> Response:
    """Describe a series that a link shows to the viewer."""
    share = service.find(db.session(), token)
    if share is None or not _is_open(share):
        abort(404)
    reader = reader_for_share(db.session(), share)
    if share.kind is ShareKind.SUBJECT:
        cases = released(db.session(), reader)
        return view_of(cases[0].pictures if cases else (), number)
    case = queries.for_colleague(db.session(), reader)
    return view_of(case.pictures if case else (), number)


@bp.route("/s/<token>/flag", methods=["GET", "POST"])
@access("share")
def flag(token: str) -> Response:
    """Ask the holder of a link what says who the patient is, and hide the case."""
    share = service.find(db.session(), token)
    if share is None or not _is_open(share):
        return _dead()
    reader = reader_for_share(db.session(), share)
    case = queries.case_of(db.session(), reader)
    if case is None:
        return _dead()
    shown = report(case, reader, page="pages/flags/shared.html", back=f"/s/{token}")
    return shown if shown is not None else make_response(render_template("pages/flags/thanks.html"))


def _subject_page(share: Share, token: str) -> Response:
    reader = reader_for_share(db.session(), share)
    cases = released(db.session(), reader)
    if not cases:
        return make_response(render_template("pages/shares/nothing.html"))
    _note(cases[0].case_id, reader)
    context = stage(cases[0].pictures, f"/s/{token}", f"/s/{token}/media/")
    return make_response(render_template("pages/shares/subject.html", case=cases[0], share=share, **context))


def _colleague_page(share: Share, token: str) -> Response:
    reader = reader_for_share(db.session(), share)
    case = queries.for_colleague(db.session(), reader)
    if case is None or not case.pictures:
        return _dead()
    _note(case.case_id, reader)
    context = stage(case.pictures, f"/s/{token}", f"/s/{token}/media/")
    return make_response(render_template("pages/shares/colleague.html", case=case, share=share, **context))


def _note(case_id: int, reader: Reader) -> None:
    name = device(request.user_agent.string)
    note_opening(case_id, reader, seat=f"s:{reader.share_id}:{request.remote_addr}", device=name)


def _made(case: Case, form: ShareForm) -> Made | None:
    terms = Terms(
        kind=ShareKind(form.kind.data),
        label=form.label.data,
        days=form.days.data,
        wants_pin=form.wants_pin.data,
        allows_download=form.allows_download.data,
    )
    try:
        key = stores().keys.subkey("slip")
        return service.make(db.session(), case, terms, by=current_user.user, slip_key=key)
    except ShareError as error:
        form.refuse("kind", _(str(error)))
        return None


def _extended(share: Share, days: int) -> str:
    try:
        service.extend(db.session(), share, days, by=current_user.user)
    except ShareError as error:
        return _(str(error))
    return _("The link now lives {days} days from today.").format(days=days)


def _manager(case: Case, form: ShareForm) -> dict[str, Any]:
    return {
        "case": case,
        "form": form,
        "errors": form.first_errors(),
        "shares": queries.shares_of(db.session(), case.id),
        "look": look_of(db.session(), case),
    }


def _kept(case_id: str) -> Case:
    """Give a case that this reader may share; a draft has nothing yet that anybody could be shown."""
    case = case_for(db.session(), g.reader, "share", case_id)
    if case.state in {CaseState.DRAFT, CaseState.PUBLISHING}:
        abort(404)
    return case


def _share(case_id: str, share_id: str) -> tuple[Case, Share]:
    case = _kept(case_id)
    share = db.session.scalar(select(Share).where(Share.public_id == share_id, Share.case_id == case.id))
    if share is None:
        abort(404)
    return case, share


def _is_open(share: Share) -> bool:
    return service.is_unlocked(db.session(), share, request.cookies.get(queries.cookie_of(share)))


def _dead() -> Response:
    """Say the same of every link that opens nothing: ended, revoked, mistyped, never there."""
    return make_response(render_template("pages/shares/dead.html"), 404)


def _refused(page: str, wait: int) -> Response:
    """Ask again after a wrong secret, or say when the next try is taken."""
    response = make_response(page, 429 if wait else 422)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _address(path: str) -> str:
    return f"{config().base_url or request.host_url.rstrip('/')}{path}"
