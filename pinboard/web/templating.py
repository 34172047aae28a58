"""What every template may use without being handed it."""

from __future__ import annotations

from flask import Flask
from flask_login import current_user

from pinboard.models.clinic_settings import clinic
from pinboard.web.extensions import db
from pinboard.web.qr import qr
from pinboard.web.text import _
from pinboard.web.times import ago

THEMES = ("system", "dark", "light")


def init_app(app: Flask) -> None:
    """Set the globals of templates."""
    app.jinja_env.globals.update({"_": _, "ago": ago, "qr": qr, "dict": dict})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)


def _context() -> dict[str, object]:
    theme = current_user.preferences.get("theme") if current_user.is_authenticated else None
    return {"clinic_name": clinic_name(), "theme": theme if theme in THEMES else "system"}


def clinic_name() -> str:
    """Give the name that stands on every page."""
    return str(clinic(db.session())["clinic_name"])
