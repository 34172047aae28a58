"""What every template may use without being handed it."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_babel import get_translations
from flask_login import current_user
from markupsafe import Markup, escape

from pinboard.models.clinic_settings import clinic
from pinboard.web.appearance import attributes, chosen
from pinboard.web.extensions import db
from pinboard.web.frame import frame
from pinboard.web.qr import qr
from pinboard.web.text import _, ngettext
from pinboard.web.times import NOW, STEPS, ago, clock_time, day, moment, month


class Templates(Environment):
    """Flask's environment of templates, with one table of globals for all of them.

    Jinja gives each template a chain of two, which is walked anew for every part that a page includes.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give the globals of a template."""
        return {**self.globals, **d} if d else self.globals


def init_app(app: Flask) -> None:
    """Set the globals of templates."""
    app.jinja_env.globals.update(
        {
            "_": _,
            "ngettext": ngettext,
            "ago": ago,
            "qr": qr,
            "dict": dict,
            "script_words": script_words,
            "kept_bar": frame,
        }
    )
    app.jinja_env.filters.update({"day": day, "moment": moment, "month": month, "clock_time": clock_time})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)


def _context() -> dict[str, object]:
    wishes = current_user.preferences if current_user.is_authenticated else {}
    return {"clinic_name": clinic_name(), "theme": chosen(wishes, "theme"), "appearance": attributes(wishes)}


def script_words() -> Markup:
    """Hand the page's script what it says by itself: relative times that it keeps fresh, toasts and the two answers."""
    return _script_words(get_translations())


@lru_cache(maxsize=32)
def _script_words(_catalogue: Any) -> Markup:
    """Write them once for each catalogue, which is the one of this request."""
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
    return escape(json.dumps(words, ensure_ascii=False))


def clinic_name() -> str:
    """Give the name that stands on every page."""
    return str(clinic(db.session())["clinic_name"])
