"""Set-up, sign in, sign out, lock, invitations and forgotten passwords."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from pinboard import audit
from pinboard.accounts import service
from pinboard.accounts.forms import JoinForm, NewPasswordForm, SetupForm, SignInForm, UnlockForm
from pinboard.identity import links, members, sessions, setup
from pinboard.identity.members import MemberError, NewMember
from pinboard.models import LinkPurpose, Role, SingleUseLink, User
from pinboard.models.clinic_settings import forget
from pinboard.web.access import access, is_local
from pinboard.web.extensions import config, db
from pinboard.web.htmx import invalid, see_other, toast
from pinboard.web.sessions import forget as forget_browser
from pinboard.web.sessions import sign_in as give_session
from pinboard.web.templating import clinic_name
from pinboard.web.text import _

bp = Blueprint("accounts", __name__)
WRONG = _("That name and password do not go together.")


@bp.get("/login")
@access("public")
def login() -> Response:
    """Show the form; before the first administrator there is nobody to sign in."""
    if current_user.is_authenticated:
        return see_other(_next())
    if members.is_empty(db.session()):
        return see_other("/setup")
    return make_response(render_template("pages/accounts/login.html", form=SignInForm(), next=_next()))


@bp.post("/login")
@access("public")
def sign_in() -> Response:
    """Sign somebody in, or say one thing for every reason why not."""
    form = SignInForm()
    is_whole = form.validate() and form.login.data and form.password.data
    outcome = service.Try()
    if is_whole:
        typed, password = form.login.data, form.password.data
        outcome = service.check_password(db.session(), typed, password, address=request.remote_addr)
    if outcome.user is None:
        return _refused("login", form=form, wait=outcome.wait, next=_next())
    audit.record(db.session(), actor=outcome.user, verb="signed-in")
    response = give_session(see_other(_next()), outcome.user)
    db.session.commit()
    return response


@bp.post("/logout")
@access("public")
def logout() -> Response:
    """End the session and take the cookies away."""
    if current_user.is_authenticated:
        audit.record(db.session(), actor=current_user.user, verb="signed-out")
        sessions.end(db.session(), current_user.sign_in)
        db.session.commit()
    return forget_browser(see_other("/login"))


@bp.get("/lock")
@access("signed-in")
def lock() -> Response:
    """Ask for the password again; everything else waits."""
    if not (current_user.is_authenticated and current_user.sign_in.locked_at):
        return see_other("/")
    return make_response(render_template("pages/accounts/lock.html", form=UnlockForm(), next=_next()))


@bp.post("/lock")
@access("signed-in")
def lock_now() -> Response:
    """Lock this session, for a PC that others use too."""
    sessions.lock(db.session(), current_user.sign_in)
    db.session.commit()
    response = see_other("/lock")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.post("/unlock")
@access("signed-in")
def unlock() -> Response:
    """Open a locked session with its owner's password."""
    password = UnlockForm().password.data or ""
    outcome = service.check_password(db.session(), current_user.login, password, address=request.remote_addr)
    if outcome.user is None:
        return _refused("lock", form=UnlockForm(), wait=outcome.wait, next=_next())
    sessions.unlock(db.session(), current_user.sign_in)
    db.session.commit()
    return see_other(_next())


@bp.route("/setup", methods=["GET", "POST"])
@access("public")
def first_run() -> Response:
    """Name the clinic and make its first administrator, for whoever holds the printed link."""
    if not members.is_empty(db.session()):
        return see_other("/login")
    link = links.find(db.session(), LinkPurpose.SETUP, request.args.get("token"))
    if link is None:
        return make_response(render_template("pages/accounts/setup_where.html"), 404 if request.args else 200)
    form = SetupForm()
    if request.method != "POST":
        return make_response(render_template("pages/accounts/setup.html", form=form))
    is_good = form.validate() & form.check_password(form.login.data, form.name.data, form.clinic_name.data)
    user = _made(form, link, _first_admin(form)) if is_good else None
    if user is None:
        return invalid("partials/accounts/setup.html", page="pages/accounts/setup.html", form=form)
    response = give_session(see_other("/"), user)
    db.session.commit()
    forget(db.session())
    setup.finish(config())
    return response


@bp.route("/join/<token>", methods=["GET", "POST"])
@access("public")
def join(token: str) -> Response:
    """Make the account that an invitation offers."""
    link = links.find(db.session(), LinkPurpose.INVITATION, token)
    if link is None:
        return _dead_link()
    form = JoinForm(name=link.name, email=link.email)
    if request.method != "POST":
        return make_response(render_template("pages/accounts/join.html", form=form, link=link))
    is_good = form.validate() & form.check_password(form.login.data, form.name.data, clinic_name())
    user = _made(form, link, _invited(form, link)) if is_good else None
    if user is None:
        return invalid("partials/accounts/join.html", page="pages/accounts/join.html", form=form, link=link)
    response = give_session(see_other("/my" if user.role == Role.PATIENT else "/"), user)
    db.session.commit()
    return response


@bp.route("/password/<token>", methods=["GET", "POST"])
@access("public")
def password(token: str) -> Response:
    """Choose a new password with a reset link."""
    link = links.find(db.session(), LinkPurpose.RESET, token)
    user = db.session.get(User, link.user_id) if link else None
    if link is None or user is None:
        return _dead_link()
    form = NewPasswordForm()
    if request.method != "POST":
        return make_response(render_template("pages/accounts/password.html", form=form))
    if not (form.validate() & form.check_password(user.login, user.name, clinic_name())):
        return invalid("partials/accounts/password.html", page="pages/accounts/password.html", form=form)
    if service.reset(db.session(), link, form.password.data) is None:
        return _dead_link()
    db.session.commit()
    toast(_("Your password is changed. Sign in with it."))
    return see_other("/login")


def _made(form: JoinForm, link: SingleUseLink, new: NewMember) -> User | None:
    """Use the link up and make the account, or put what is wrong beside its field."""
    session = db.session()
    try:
        if isinstance(form, SetupForm):
            wishes = {"clinic_name": form.clinic_name.data, "wants_demo": form.demo.data}
            user = service.set_up(session, link, new, **wishes)
        else:
            user = service.join(session, link, new)
    except MemberError as error:
        session.rollback()
        form.refuse("login", _(str(error)))
        return None
    if user is None:
        form.refuse("login", _("This link was used a moment ago."))
    return user


def _first_admin(form: SetupForm) -> NewMember:
    return NewMember(
        login=form.login.data,
        name=form.name.data,
        role=Role.CLINICIAN,
        password=form.password.data,
        email=form.email.data or None,
        is_admin=True,
        verification="first administrator, from the set-up link",
    )


def _invited(form: JoinForm, link: SingleUseLink) -> NewMember:
    return NewMember(
        login=form.login.data,
        name=form.name.data,
        role=link.role or Role.PATIENT,
        password=form.password.data,
        email=form.email.data or None,
        is_admin=link.grants_admin,
        subject_id=link.subject_id,
        invited_by_id=link.created_by_id,
        verification=link.verification,
    )


def _dead_link() -> Response:
    return make_response(render_template("pages/accounts/dead_link.html"), 404)


def _refused(view: str, *, wait: int, **context: object) -> Response:
    """Answer a try that failed: the same words for every reason, and the wait where there is one."""
    page, partial = f"pages/accounts/{view}.html", f"partials/accounts/{view}.html"
    response = invalid(partial, page=page, problem=WRONG, wait=wait, **context)
    if wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(wait)
    return response


def _next() -> str:
    """Give the page to go to afterwards, if it is one of ours."""
    wanted = request.values.get("next")
    return wanted if wanted and is_local(wanted) else "/"
