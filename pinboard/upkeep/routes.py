"""Edit, history, who can see it, remove an image, hide, withdraw, bring back and erase a case."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import policy
from pinboard.intake import revise, withdraw
from pinboard.intake.carry import goes_along
from pinboard.intake.errors import IntakeError
from pinboard.intake.export import instance_bytes
from pinboard.intake.flagged import open_flag
from pinboard.models import Case, CaseState, Instance, InstanceState, InvalidTransition, User
from pinboard.policy import case_for
from pinboard.upkeep import queries, service
from pinboard.upkeep.forms import ReasonForm, WordsForm
from pinboard.vocabulary import body_parts
from pinboard.web.access import access
from pinboard.web.extensions import db, stores
from pinboard.web.htmx import invalid, see_other, toast
from pinboard.web.openings import note_download
from pinboard.web.text import _
from pinboard.web.words import PLACES, left

bp = Blueprint("upkeep", __name__)

ALT = "alt-"


@bp.route("/c/<case_id>/edit", methods=["GET", "POST"])
@access("reader")
def edit(case_id: str) -> Response:
    """Show the words of a case for correction, and save them."""
    case = _kept(case_id, "edit")
    form = WordsForm.of(case)
    if request.method != "POST":
        return make_response(render_template("pages/upkeep/edit.html", **_words(case, form)))
    if not form.validate():
        return invalid("partials/upkeep/words.html", page="pages/upkeep/edit.html", **_words(case, form))
    alt_texts = {name[len(ALT) :]: text for name, text in request.form.items() if name.startswith(ALT)}
    if doubts := left(case, form.texts() | {f"{ALT}{name}": text for name, text in alt_texts.items()}, PLACES):
        page, partial = "pages/upkeep/edit.html", "partials/upkeep/words.html"
        return invalid(partial, page=page, doubts=doubts, **_words(case, form))
    changed = service.correct(db.session(), case, form.changes(), alt_texts, by=current_user.user)
    db.session.commit()
    toast(_("Saved. Readers see what changed in the history.") if changed else _("Nothing was changed."))
    return see_other(f"/c/{case.public_id}")


@bp.get("/c/<case_id>/history")
@access("reader")
def history(case_id: str) -> Response:
    """Show what changed in a case since it was published."""
    case = case_for(db.session(), g.reader, "see", case_id)
    changes = queries.history_of(db.session(), case.id)
    return make_response(render_template("pages/upkeep/history.html", case=case, changes=changes))


@bp.get("/c/<case_id>/audience")
@access("clinician")
def audience(case_id: str) -> Response:
    """Show who can see a case, and why; and, to its keepers, on which consents that rests."""
    case = case_for(db.session(), g.reader, "audience", case_id)
    is_keeper = bool(db.session.scalar(select(Case.id).where(Case.id == case.id, policy.may(g.reader, "edit"))))
    reasons = queries.reasons_for(db.session(), g.reader, case, is_keeper=is_keeper)
    consents = queries.consents_of(db.session(), case.id) if is_keeper else ()
    page = "pages/upkeep/audience.html"
    return make_response(render_template(page, case=case, reasons=reasons, consents=consents, is_keeper=is_keeper))


@bp.post("/c/<case_id>/consent/withdraw")
@access("clinician")
def withdraw_consent(case_id: str) -> Response:
    """Write down that the person in the images took the consent back."""
    case = case_for(db.session(), g.reader, "edit", case_id)
    service.withdraw_consents(db.session(), case, by=current_user.user)
    db.session.commit()
    toast(_("The consent is withdrawn. Whoever saw the case because of it does not see it any more."))
    return see_other(f"/c/{case.public_id}/audience")


@bp.route("/c/<case_id>/images/<image>/remove", methods=["GET", "POST"])
@access("clinician")
def remove_image(case_id: str, image: str) -> Response:
    """Ask why one image goes, and take it out of a published case."""
    case = _kept(case_id, "mend")
    instance = db.session.scalar(select(Instance).where(Instance.case_id == case.id, Instance.public_id == image))
    if instance is None or instance.media_name is None:
        abort(404)
    form = ReasonForm()
    page, partial = "pages/upkeep/remove.html", "partials/upkeep/remove.html"
    if request.method != "POST":
        return make_response(render_template(page, case=case, image=instance, form=form, errors={}))
    try:
        if not form.validate():
            return invalid(partial, page=page, case=case, image=instance, form=form, errors=form.first_errors())
        if doubts := left(case, {"reason": form.reason.data}):
            return invalid(partial, page=page, case=case, image=instance, form=form, errors={}, doubts=doubts)
        revise.remove_image(db.session(), instance, current_user.user, form.reason.data)
    except IntakeError as error:
        db.session.rollback()
        return _refused(error.sentence)
    db.session.commit()
    toast(_("The image is gone, and its address with it."))
    return see_other(f"/c/{case.public_id}")


@bp.get("/c/<case_id>/images/<image>/dicom")
@access("clinician")
def download(case_id: str, image: str) -> Response:
    """Give one published image as the rebuilt DICOM instance, to those who keep the case."""
    case = _kept(case_id, "edit")
    instance = db.session.scalar(select(Instance).where(Instance.case_id == case.id, Instance.public_id == image))
    if instance is None or instance.media_name is None:
        abort(404)
    if instance.state == InstanceState.PUBLISHED and not goes_along(db.session(), instance):
        raise IntakeError("stays-here")
    note_download(case.id, g.reader, device=current_user.sign_in.device)
    answer = make_response(instance_bytes(stores(), db.session(), instance))
    answer.mimetype = "application/dicom"
    answer.headers["Content-Disposition"] = f'attachment; filename="{image}.dcm"'
    return answer


@bp.post("/c/<case_id>/withdraw")
@access("clinician")
def withdraw_case(case_id: str) -> Response:
    """Take a case from everyone but its subject, at once."""
    said = _("The case is withdrawn. Only its patient still sees what was released. It can come back for 30 days.")
    return _act(case_id, "withdraw", withdraw.withdraw, said)


@bp.post("/c/<case_id>/restore")
@access("clinician")
def restore(case_id: str) -> Response:
    """Bring a withdrawn case back."""
    return _act(case_id, "withdraw", withdraw.restore, _("The case is back for those who could see it."))


@bp.post("/c/<case_id>/hide")
@access("clinician")
def hide(case_id: str) -> Response:
    """Take a case out of sight while something in it is mended."""
    return _act(case_id, "hide", withdraw.hide, _("The case is hidden from everyone else until you show it again."))


@bp.post("/c/<case_id>/show")
@access("clinician")
def unhide(case_id: str) -> Response:
    """Show a hidden case again."""
    return _act(case_id, "hide", withdraw.unhide, _("The case is shown again."))


@bp.route("/c/<case_id>/erase", methods=["GET", "POST"])
@access("clinician")
def erase(case_id: str) -> Response:
    """Ask once more, then erase a case for good."""
    case = case_for(db.session(), g.reader, "erase", case_id)
    if case.state in {CaseState.DRAFT, CaseState.PUBLISHING}:
        abort(404)
    if request.method != "POST":
        return make_response(render_template("pages/upkeep/erase.html", case=case))
    return _act(case_id, "erase", withdraw.erase, _("The case is erased. Only its receipts stay."))


def _act(case_id: str, verb: str, act: Callable[[Session, Case, User], None], said: str) -> Response:
    case = case_for(db.session(), g.reader, verb, case_id)
    try:
        act(db.session(), case, current_user.user)
    except IntakeError as error:
        db.session.rollback()
        return _refused(error.sentence)
    except InvalidTransition:
        db.session.rollback()
        return _refused(_("The case was changed meanwhile, so this cannot be done now."))
    db.session.commit()
    toast(said)
    return see_other("/" if case.state is CaseState.ERASED else f"/c/{case_id}")


def _refused(sentence: str) -> Response:
    return make_response(render_template("pages/upkeep/refused.html", sentence=sentence), 409)


def _kept(case_id: str, verb: str) -> Case:
    """Give a case that its keeper may change now; a draft has pages of its own."""
    case = case_for(db.session(), g.reader, verb, case_id)
    if case.state not in {CaseState.PUBLISHED, CaseState.HIDDEN}:
        abort(404)
    return case


def _words(case: Case, form: WordsForm) -> dict[str, object]:
    found = queries.images_of(db.session(), case.id)
    images = [row for row in found if not row.is_subject_only]
    series = {row.series: request.form.get(f"{ALT}{row.series}", row.alt_text) for row in images}
    return {
        "case": case,
        "form": form,
        "errors": form.first_errors(),
        "images": images,
        "kept": queries.kept_of(found),
        "series": series,
        "parts": body_parts()[:80],
        "is_reported": open_flag(db.session(), case) is not None,
    }
