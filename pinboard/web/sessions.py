"""Ties a browser's cookie to a session row; Flask-Login asks here who it is."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, g, request
from flask import session as form_session
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pinboard.config import Config
from pinboard.identity import sessions
from pinboard.models import Account, User
from pinboard.models.engine import make_sessions, writing
from pinboard.web.extensions import db, login_manager

log = logging.getLogger("pinboard.web")


class Member:
    """An account as Flask-Login and the templates see it: what its row says, and that it is signed in."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, sign_in: sessions.SignedIn) -> None:
        self.sign_in = sign_in
        self.account: Account | User = sign_in.account

    @property
    def user(self) -> User:
        """Load the account as an object, for what changes it; from then on its values are the account's."""
        if not isinstance(self.account, User):
            self.account = db.session.get_one(User, self.account.id)
        return self.account

    def __getattr__(self, name: str) -> object:
        return getattr(self.account if name in Account._fields else self.user, name)

    def get_id(self) -> str:
        """Name the session, never the account: ending the row signs the browser out."""
        return self.sign_in.public_id


def init_app(app: Flask) -> None:
    """Name the cookies of an application, and write down their use."""
    app.after_request(write_seen_after)
    config: Config = app.config["PINBOARD"]
    app.config.update(
        SESSION_COOKIE_NAME=cookie_name(config) + "-form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_PATH="/",
    )


def cookie_name(config: Config) -> str:
    """Give the cookie's name; the prefix makes browsers insist on HTTPS, this host and no other path."""
    return "__Host-pinboard" if config.secure_cookies else "pinboard"


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load(_request: object) -> Member | None:
    """Find who holds the cookie; a session that was ended, timed out or whose account is disabled finds nobody."""
    secret = request.cookies.get(cookie_name(current_app.config["PINBOARD"]))
    if not secret or len(secret) > 100:
        return None
    found = sessions.find(db.session(), secret)
    if found is None:
        return None
    if sessions.is_due(found) and found.locked_at is None:
        g.seen = (found.id, found.account.id)
    return Member(found)


def sign_in(response: Response, user: User) -> Response:
    """Give the browser a new session; whatever it held before is worth nothing now."""
    config: Config = current_app.config["PINBOARD"]
    old = request.cookies.get(cookie_name(config))
    if old and (row := sessions.find(db.session(), old)):
        sessions.end(db.session(), row)
    agent = request.headers.get("User-Agent", "")
    secret = sessions.start(db.session(), user, agent=agent, address=request.remote_addr)
    form_session.clear()
    response.set_cookie(
        cookie_name(config), secret, secure=config.secure_cookies, httponly=True, samesite="Lax", path="/"
    )
    return response


def forget(response: Response) -> Response:
    """Take the cookies away and whatever the browser kept."""
    config: Config = current_app.config["PINBOARD"]
    form_session.clear()
    response.delete_cookie(cookie_name(config), secure=config.secure_cookies, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def write_seen_after(response: Response) -> Response:
    """Write down that a session was used, once a minute, after the answer has left and in its own short transaction."""
    seen = g.pop("seen", None)
    if seen is not None:
        maker = make_sessions(db.engine)
        response.call_on_close(lambda: _write_seen(maker(), *seen))
    return response


def _write_seen(session: Session, session_id: int, user_id: int) -> None:
    try:
        with session:
            writing(session)
            sessions.seen(session, session_id, user_id)
            session.commit()
    except SQLAlchemyError as error:
        log.warning("last seen was not written: %s", type(error).__name__)
