"""Speaks the reader's language, through Flask-Babel: which one, where its texts lie, and which way it is written.

The sources of a language (`translations/<code>/LC_MESSAGES/messages.po`) are read as they are when somebody first asks
for it; nothing is compiled, and a clinic that speaks English alone reads none.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain
from flask_login import current_user

from pinboard.models.clinic_settings import clinic
from pinboard.web.devices import device_name
from pinboard.web.extensions import db
from pinboard.web.text import pgettext, plural_forms
from pinboard.web.titles import board_title, own_title

FOLDER = Path(__file__).resolve().parents[1] / "translations"
SOURCE = "en"
"""The language that the code is written in."""
_WRITTEN_AS = {SOURCE: "en_GB"}
"""Days and numbers of a language whose plain code means another country's habits to CLDR."""


@cache
def available() -> dict[str, str]:
    """Give the languages that can be chosen, each under its own name."""
    codes = [SOURCE, *sorted(path.parts[-3] for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))]
    return {code: str(Locale.parse(code).get_display_name(code)).capitalize() for code in codes}


def language() -> str:
    """Give the code of the language of this request: the reader's own, the browser's, or the clinic's."""
    chosen: str | None = g.get("language")
    if chosen is None:
        chosen = g.language = _choose()
    return chosen


def speak_anew() -> None:
    """Answer in the language that was just chosen, not in the one that the request came in."""
    for name in ("language", "catalogue"):
        g.pop(name, None)


def direction() -> str:
    """Give “ltr” or “rtl”, as the root of the page says it."""
    return "ltr" if language() == SOURCE else str(Locale.parse(language()).text_direction)


def locale() -> Locale:
    """Give whose habits days and numbers follow."""
    return Locale.parse(_WRITTEN_AS.get(language(), language()))


class Sources(Domain):  # type: ignore[misc]
    """Reads the sources of a language instead of compiled files, which would have to be kept in step with them."""

    def get_translations(self) -> NullTranslations:
        """Give the texts of this request's language."""
        return catalogue(language())


@cache
def catalogue(code: str) -> NullTranslations:
    """Read the texts of one language; those that nobody translated yet stay as they are in the code."""
    path = FOLDER / code / "LC_MESSAGES" / "messages.po"
    if code == SOURCE or not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return Translations(compiled)


class _Babel(Babel):  # type: ignore[misc]
    domain_instance = Sources()


def init_app(app: Flask) -> None:
    """Let Flask-Babel ask here, and let the root of every page name its language."""
    app.jinja_env.globals.update({"pgettext": pgettext, "plural_forms": plural_forms})
    app.jinja_env.filters.update({"board_title": board_title, "own_title": own_title, "device_name": device_name})
    _Babel(configure_jinja=False).init_app(app, locale_selector=lambda: str(locale()))
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {"language": language(), "direction": direction()}


def _choose() -> str:
    codes = available()
    own = current_user.preferences.get("language") if current_user.is_authenticated else None
    if own in codes:
        return str(own)
    default = str(clinic(db.session())["language"])
    accepted = request.accept_languages.best_match(list(codes)) if request else None
    return accepted or (default if default in codes else SOURCE)
