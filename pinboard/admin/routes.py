"""Administration: people and their invitations."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_login import current_user

from pinboard.admin import queries, service
from pinboard.admin.forms import ROLES, InviteForm, VerifyForm
from pinboard.identity import members
from pinboard.identity.members import MemberError
from pinboard.models import User
from pinboard.web.access import access
from pinboard.web.extensions import config, db, stores
from pinboard.web.htmx import invalid, is_fragment, respond, see_other, toast
from pinboard.web.mail import send
from pinboard.web.paging import Cursor
from pinboard.web.text import _

bp = Blueprint("admin", __name__, url_prefix="/admin")

ACTS: dict[str, tuple[Callable[[User], None], str]] = {
    "disable": (lambda user: members.disable(db.session(), user, by=current_user.user), _("Disabled and signed out.")),
    "enable": (lambda user: members.enable(db.session(), user, by=current_user.user), _("Enabled.")),
    "logout": (lambda user: members.log_out(db.session(), user, by=current_user.user), _("Signed out everywhere.")),
    "give-admin": (
        lambda user: members.set_admin(db.session(), user, True, by=current_user.user),
        _("Is an administrator now."),
    ),
    "take-admin": (
        lambda user: members.set_admin(db.session(), user, False, by=current_user.user),
        _("Is no administrator any more."),
    ),
    "give-review": (
        lambda user: members.set_reviewer(db.session(), user, True, by=current_user.user),
        _("Decides about reported cases now."),
    ),
    "take-review": (
        lambda user: members.set_reviewer(db.session(), user, False, by=current_user.user),
        _("Does not decide about reported cases any more."),
    ),
}


@bp.get("")
@access("admin")
def home() -> Response:
    """Open the first page of the administration."""
    return see_other("/admin/people")


@bp.get("/people")
@access("admin")
def people() -> Response:
    """List every account."""
    words = request.args.get("q", "").strip()[:80]
    page = queries.people(db.session(), after=Cursor.read(request.args.get("after"), int), words=words)
    return respond("pages/admin/people.html", "partials/admin/people.html", page=page, words=words)


@bp.get("/people/<public_id>")
@access("admin")
def person(public_id: str) -> Response:
    """Show one account with what can be done to it."""
    return _person(_found(public_id))


@bp.post(f"/people/<public_id>/<any({', '.join(map(repr, ACTS))}):act>")
@access("admin")
def change_person(public_id: str, act: str) -> Response:
    """Do one thing to an account."""
    user = _found(public_id)
    change, sentence = ACTS[act]
    try:
        change(user)
    except MemberError as error:
        db.session.rollback()
        return _person(user, problem=_(str(error)))
    db.session.commit()
    toast(sentence)
    # Whoever signed out or gave up the flag has no place on this page any more.
    return see_other("/") if user.id == current_user.user.id else _person_again(user)


@bp.post("/people/<public_id>/verify")
@access("admin")
def verify(public_id: str) -> Response:
    """Write down what proves that somebody is a clinician or trainee."""
    user, form = _found(public_id), VerifyForm()
    if not form.validate():
        return _person(user, problem=form.first_errors()["verification"])
    try:
        members.verify(db.session(), user, form.verification.data, by=current_user.user)
    except MemberError as error:
        return _person(user, problem=_(str(error)))
    db.session.commit()
    toast(_("Checked. It holds for a year."))
    return _person_again(user)


@bp.post("/people/<public_id>/reset")
@access("admin")
def reset(public_id: str) -> Response:
    """Make a link for a new password; it is shown this once."""
    user = _found(public_id)
    path = members.send_reset(db.session(), user, by=current_user.user)
    db.session.commit()
    url = config().origin + path
    is_sent = send(config(), user.email, "reset", url=url, name=user.name)
    return _link_page(url, _("Link for a new password"), is_sent=is_sent, hours=1, to="/admin/people/" + public_id)


@bp.get("/invitations")
@access("admin")
def invitations() -> Response:
    """List open invitations beside the form for a new one."""
    return make_response(render_template("pages/admin/invitations.html", **_invitations(InviteForm())))


@bp.post("/invitations")
@access("admin")
def invite() -> Response:
    """Make an invitation; its link is shown this once."""
    form = InviteForm()
    again = ("partials/admin/invite.html", "pages/admin/invitations.html")
    if not form.validate():
        return invalid(again[0], page=again[1], **_invitations(form))
    try:
        made = service.invite(db.session(), form.data, by=current_user.user, keys=stores().keys.deid)
    except MemberError as error:
        db.session.rollback()
        form.refuse(error.code, _(str(error)))
        return invalid(again[0], page=again[1], **_invitations(form))
    db.session.commit()
    link, path = made
    url = config().origin + path
    is_sent = send(config(), link.email, "invitation", url=url, name=link.name or "")
    return _link_page(url, _("Invitation"), is_sent=is_sent, hours=7 * 24, to="/admin/invitations")


@bp.post("/invitations/<public_id>/revoke")
@access("admin")
def revoke_invitation(public_id: str) -> Response:
    """Take an invitation back."""
    link = queries.invitation(db.session(), public_id)
    if link is None:
        abort(404)
    service.take_back(db.session(), link, by=current_user.user)
    db.session.commit()
    toast(_("The invitation does not open any more."))
    if is_fragment():
        return make_response(render_template("partials/admin/invitations.html", **_invitations(InviteForm())))
    return see_other("/admin/invitations")


def _found(public_id: str) -> User:
    user = queries.member(db.session(), public_id)
    return user if user is not None else abort(404)


def _person(user: User, problem: str = "") -> Response:
    page, partial = "pages/admin/person.html", "partials/admin/person.html"
    return respond(page, partial, status=422 if problem else 200, person=user, problem=problem)


def _person_again(user: User) -> Response:
    return _person(user) if is_fragment() else see_other(f"/admin/people/{user.public_id}")


def _invitations(form: InviteForm) -> dict[str, object]:
    return {"form": form, "roles": ROLES, "open_links": queries.invitations(db.session())}


def _link_page(url: str, title: str, **context: object) -> Response:
    return make_response(render_template("pages/admin/link.html", url=url, heading=title, **context))
