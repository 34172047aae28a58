"""Marks every text that somebody reads, and gives it in the language of who reads it."""

from __future__ import annotations

from functools import cache
from typing import Any, Self

from babel import Locale
from flask import g, has_request_context
from flask_babel import get_locale, get_translations
from markupsafe import Markup, escape

_MOST_COUNTED = 200
_LARGE = (1_000_000,)
"""Some languages have a form of their own for millions."""

# Texts with values are formatted by name after they are translated: _("Ends on {day}").format(day=…).


def _(text: str) -> str:
    """Give a text in the language of this request; made outside one, it is translated whenever it is shown."""
    return _translated(text) if has_request_context() else Text(text)


def pgettext(context: str, text: str) -> str:
    """Give a text whose word means more than one thing: a history of a patient, a history of changes."""
    return _translated(text, context) if has_request_context() else Text(text, context)


def ngettext(one: str, many: str, n: int) -> str:
    """Give the form of a text that a number asks for in the language of this request, still to be formatted."""
    return str(_catalogue().ngettext(one, many, n)) if has_request_context() else (one if n == 1 else many)


def plural_forms(one: str, many: str) -> dict[str, str]:
    """Give all forms of a text that numbers ask for in this language, by their names in CLDR, for a script to choose.

    A script counts by itself, and `Intl.PluralRules` names the form of each number as CLDR does.
    """
    return {name: ngettext(one, many, number) for name, number in _numbers(str(get_locale())).items()}


@cache
def _numbers(locale: str) -> dict[str, int]:
    """Give the smallest whole number of each plural form of a language."""
    form = Locale.parse(locale).plural_form
    found: dict[str, int] = {}
    for number in (*range(_MOST_COUNTED), *_LARGE):
        found.setdefault(form(number), number)
    return found


class Text(str):
    """A text that a module holds before anybody reads it. Shown or formatted, it speaks the reader's language."""

    __slots__ = ("context",)
    context: str

    def __new__(cls, text: str, context: str = "") -> Self:
        """Take the text as the code has it."""
        made = super().__new__(cls, text)
        made.context = context
        return made

    def __str__(self) -> str:
        text = str.__str__(self)
        return _translated(text, self.context) if has_request_context() else text

    def __html__(self) -> Markup:
        return escape(str(self))

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __add__(self, other: str) -> str:
        return str(self) + str(other)

    def __radd__(self, other: str) -> str:
        return str(other) + str(self)

    def format(self, *values: Any, **named: Any) -> str:
        """Translate, then fill in."""
        return str(self).format(*values, **named)


def _translated(text: str, context: str = "") -> str:
    if context:
        return str(_catalogue().pgettext(context, text))
    return str(_catalogue().gettext(text)) if text else text


def _catalogue() -> Any:
    """Keep the catalogue of a request at hand: a page asks for a hundred texts and more."""
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found
