"""What every template may use without being handed it."""

from __future__ import annotations

import json

from flask import Flask
from flask_login import current_user

from pinboard.models.clinic_settings import clinic
from pinboard.web.appearance import attributes, chosen
from pinboard.web.extensions import db
from pinboard.web.qr import qr
from pinboard.web.text import _, ngettext
from pinboard.web.times import NOW, STEPS, ago, clock_time, day, moment, month


def init_app(app: Flask) -> None:
    """Set the globals of templates."""
    app.jinja_env.globals.update(
        {"_": _, "ngettext": ngettext, "ago": ago, "qr": qr, "dict": dict, "script_words": script_words}
    )
    app.jinja_env.filters.update({"day": day, "moment": moment, "month": month, "clock_time": clock_time})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)


def _context() -> dict[str, object]:
    wishes = current_user.preferences if current_user.is_authenticated else {}
    return {"clinic_name": clinic_name(), "theme": chosen(wishes, "theme"), "appearance": attributes(wishes)}


def script_words() -> str:
    """Hand the page's script what it says by itself: relative times that it keeps fresh, toasts and the two answers."""
    words = {
        "ago": [str(word) for word in (NOW, *(words for _limit, _unit, words in STEPS))],
        "undo": _("Undo"),
        "yes": _("Yes, go on"),
        "no": _("Cancel"),
        "failed": _("Something failed here. Nothing you wrote is lost; try again."),
        "gone": _("That is not possible any more."),
        "unreachable": _("The server could not be reached. Try again."),
        "copied": _("Copied."),
    }
    return json.dumps(words, ensure_ascii=False)


def clinic_name() -> str:
    """Give the name that stands on every page."""
    return str(clinic(db.session())["clinic_name"])
