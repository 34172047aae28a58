"""Marks every text that somebody reads, and gives it in the language of who reads it."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context
from flask_babel import get_translations
from markupsafe import Markup, escape

# Texts with values are formatted by name after they are translated: _("Ends on {day}").format(day=…).


def _(text: str) -> str:
    """Give a text in the language of this request; made outside one, it is translated whenever it is shown."""
    return _translated(text) if has_request_context() else Text(text)


def ngettext(one: str, many: str, n: int) -> str:
    """Give the form of a text that a number asks for in the language of this request, still to be formatted."""
    return str(_catalogue().ngettext(one, many, n)) if has_request_context() else (one if n == 1 else many)


class Text(str):
    """A text that a module holds before anybody reads it. Shown or formatted, it speaks the reader's language."""

    __slots__ = ()

    def __str__(self) -> str:
        text = str.__str__(self)
        return _translated(text) if has_request_context() else text

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


def _translated(text: str) -> str:
    return str(_catalogue().gettext(text)) if text else text


def _catalogue() -> Any:
    """Keep the catalogue of a request at hand: a page asks for a hundred texts and more."""
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found
