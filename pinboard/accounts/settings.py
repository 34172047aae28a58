"""One's own settings: profile, sessions and password, appearance."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, render_template, request
from flask_login import current_user
from sqlalchemy import select

from pinboard import audit
from pinboard.accounts import service
from pinboard.accounts.forms import AppearanceForm, ChangePasswordForm, ProfileForm
from pinboard.accounts.routes import bp
from pinboard.identity import members, sessions
from pinboard.models import Role, User
from pinboard.models import Session as SignIn
from pinboard.web import languages
from pinboard.web.access import access
from pinboard.web.appearance import CHOICES, chosen
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, see_other, toast
from pinboard.web.templating import clinic_name
from pinboard.web.text import _
from pinboard.web.titles import specialties

__all__ = ["bp"]


@bp.get("/settings")
@access("signed-in")
def settings() -> Response:
    """Open the first page of the settings."""
    return see_other("/settings/profile")


@bp.route("/settings/profile", methods=["GET", "POST"])
@access("signed-in")
def profile() -> Response:
    """Change what others see of oneself."""
    user: User = current_user.user
    form = ProfileForm(obj=user, language=user.preferences.get("language", ""))
    context = {
        "form": form,
        "specialties": _specialties(),
        "languages": [("", _("As the browser asks")), *languages.available().items()],
        "is_patient": user.role == Role.PATIENT,
    }
    if request.method != "POST":
        return make_response(render_template("pages/accounts/profile.html", **context))
    if form.validate() and not _email_is_taken(form, user):
        user.name, user.email = form.name.data, members.fold(form.email.data or "") or None
        user.specialty, user.about = form.specialty.data or None, form.about.data or None
        user.preferences = {**user.preferences, "language": form.language.data}
        audit.record(db.session(), actor=user, verb="profile-changed")
        db.session.commit()
        languages.speak_anew()
        toast(_("Saved."))
        return see_other("/settings/profile")
    db.session.rollback()
    return invalid("partials/accounts/profile.html", page="pages/accounts/profile.html", **context)


@bp.route("/settings/appearance", methods=["GET", "POST"])
@access("signed-in")
def appearance() -> Response:
    """Choose how pages look, whether single letters act and whether pictures are covered."""
    user: User = current_user.user
    now = {name: chosen(user.preferences, name) for name in CHOICES}
    now |= {name: user.preferences.get(name, True) for name in ("keys", "covers")}
    form = AppearanceForm(data=None if request.method == "POST" else now)
    if request.method != "POST":
        return make_response(render_template("pages/accounts/appearance.html", form=form))
    if not form.validate():
        return invalid("partials/accounts/appearance.html", page="pages/accounts/appearance.html", form=form)
    user.preferences = {**user.preferences, **{name: form[name].data for name in now}}
    db.session.commit()
    toast(_("Saved."))
    return see_other("/settings/appearance")


@bp.get("/settings/sessions")
@access("signed-in")
def own_sessions() -> Response:
    """List where one is signed in."""
    return make_response(render_template("pages/accounts/sessions.html", **_sessions(ChangePasswordForm())))


@bp.post("/settings/sessions/<public_id>/end")
@access("signed-in")
def end_session(public_id: str) -> Response:
    """End one of one's own sessions."""
    mine = SignIn.user_id == current_user.id
    row = db.session.scalar(select(SignIn).where(SignIn.public_id == public_id, mine))
    if row is None:
        abort(404)
    sessions.end(db.session(), row)
    db.session.commit()
    if row.id == current_user.sign_in.id:
        return see_other("/login")
    return _sessions_again(_("That browser is signed out."))


@bp.post("/settings/sessions/end-others")
@access("signed-in")
def end_other_sessions() -> Response:
    """End every session but this one."""
    sessions.end_all(db.session(), current_user.user, but=current_user.sign_in)
    audit.record(db.session(), actor=current_user.user, verb="sessions-ended")
    db.session.commit()
    return _sessions_again(_("Every other browser is signed out."))


@bp.post("/settings/password")
@access("signed-in")
def change_password() -> Response:
    """Change one's own password; every other session is dead with the old one."""
    form, user, sign_in = ChangePasswordForm(), current_user.user, current_user.sign_in
    is_good = form.validate() & form.check_password(user.login, user.name, clinic_name())
    if is_good:
        outcome = service.check_password(db.session(), user.login, form.current.data, address=request.remote_addr)
        if outcome.user is None:
            form.refuse("current", _wrong_password(outcome.wait))
        else:
            members.set_password(db.session(), outcome.user, form.password.data, by=outcome.user, keep=sign_in)
            db.session.commit()
            toast(_("Your password is changed. Every other browser is signed out."))
            return see_other("/settings/sessions")
    return invalid("partials/accounts/change_password.html", page="pages/accounts/sessions.html", **_sessions(form))


def _sessions(form: ChangePasswordForm) -> dict[str, Any]:
    rows = sessions.list_of(db.session(), current_user.user)
    return {"rows": rows, "here": current_user.sign_in.id, "form": form}


def _sessions_again(sentence: str) -> Response:
    toast(sentence)
    if is_fragment():
        return make_response(render_template("partials/accounts/sessions.html", **_sessions(ChangePasswordForm())))
    return see_other("/settings/sessions")


def _wrong_password(wait: int) -> str:
    if wait:
        return _("This is not your password. Try again in {wait} seconds.").format(wait=wait)
    return _("This is not your password.")


def _email_is_taken(form: ProfileForm, user: User) -> bool:
    email = members.fold(form.email.data or "")
    if not email or not members.is_taken(db.session(), email, None, but=user):
        return False
    form.refuse("email", _("This e-mail address is in use already."))
    return True


def _specialties() -> list[tuple[str, str]]:
    return [("", _("None")), *specialties()]
