"""The Flask extensions, bent to our own tables, engine and rules of transactions."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, current_app, g, has_request_context, request, session
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, Engine

from pinboard.config import Config
from pinboard.intake.stores import Stores
from pinboard.models import Base
from pinboard.models.engine import WRITE

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_SALT = "wtf-csrf-token"
_writing: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


class RequestSession(BoundSession):
    """A session whose transactions begin as writing ones in an unsafe request, when the database is first touched.

    It is the bind that carries the option, so a request that never asks the database never takes the writer's place.
    """

    def get_bind(self, *_args: Any, bind: Engine | Connection | None = None, **_kwargs: Any) -> Engine | Connection:
        """Give the one engine there is, in its writing form where this request may change something."""
        bind = self._db.engines[None] if bind is None else bind
        return _writing_form(bind) if isinstance(bind, Engine) and is_unsafe() else bind


class Database(SQLAlchemy):
    """Flask-SQLAlchemy on the engine of our stores, because the engine carries the rules of SQLite."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:  # noqa: ARG002
        opened: Stores = app.extensions["pinboard-stores"]
        return opened.engine

    def _apply_driver_defaults(self, options: dict[str, Any], app: Flask) -> None:
        """Leave the options alone; the engine is ready-made."""


class MaskedCsrf(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF with a token that looks different in every answer, because answers are compressed."""

    def _get_csrf_token(self) -> str | None:
        given = next((request.headers[name] for name in ("X-CSRFToken",) if name in request.headers), None)
        # The header first: looking into the form reads the whole body.
        plain = _unmask(given or request.form.get("csrf_token"))
        # Flask-WTF compares signed ones. Those in a page are not, because the cookie that they belong to is.
        return plain and str(URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=_SALT).dumps(plain))


db = Database(
    metadata=Base.metadata,
    session_options={
        "class_": RequestSession,
        "expire_on_commit": False,
        "join_transaction_mode": "create_savepoint",
    },
    add_models_to_shell=False,
)
login_manager = LoginManager()
csrf = MaskedCsrf()


def init_app(app: Flask) -> None:
    """Bind all of them to one application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["PINBOARD"].database_url
    # A page may stay open for as long as its session lives; the token dies with the session's cookie.
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    db.init_app(app)
    login_manager.init_app(app)
    login_manager.session_protection = None
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"csrf_token": csrf_token})


def config() -> Config:
    """Give the settings of the running application."""
    found: Config = current_app.config["PINBOARD"]
    return found


def stores() -> Stores:
    """Give the vault, the media store and the keys of the running application."""
    found: Stores = current_app.extensions["pinboard-stores"]
    return found


def csrf_token() -> str:
    """Give the token of this answer, masked anew in each answer and the same in all forms of one."""
    made: str | None = g.get("masked_token")
    if made is None:
        plain = bytes.fromhex(session.setdefault("csrf_token", secrets.token_hex(20)))
        mask = secrets.token_bytes(len(plain))
        made = g.masked_token = base64.urlsafe_b64encode(mask + _xor(plain, mask)).decode().rstrip("=")
    return made


def release() -> None:
    """Give the connection and the writer's place back before something slow: a body, a picture, a hash."""
    db.session.close()


def is_unsafe() -> bool:
    """Tell whether this request may change something."""
    return has_request_context() and request.method not in SAFE


def _writing_form(engine: Engine) -> Engine:
    """Give the same form every time; a session would take a second one for another database."""
    if engine not in _writing:
        _writing[engine] = engine.execution_options(**{WRITE: True})
    return _writing[engine]


def _unmask(text: str | None) -> str | None:
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return _xor(raw[len(raw) // 2 :], raw[: len(raw) // 2]).hex()
    except ValueError:
        return None


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
