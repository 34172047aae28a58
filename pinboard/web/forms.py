"""The base of every form: unknown fields are ignored, text is trimmed, the token is checked before any view runs."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError

from pinboard.web.text import _

INVISIBLE = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

LOGIN = re.compile(r"[\w.+-]{3,80}|[^@\s]{1,64}@[^@\s]{1,190}")
EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,180}\.[^@\s,;<>.]{1,60}")


def trimmed(value: Any) -> Any:
    """Take away outer blanks and letters that nobody can see; they only make two names look alike."""
    return INVISIBLE.sub("", value).strip() if isinstance(value, str) else value


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose errors a template shows as `form.errors.name`."""

    class Meta:
        """Leave the token to the one check that runs before every view."""

        csrf = False

    def first_errors(self) -> dict[str, str]:
        """Give one sentence per field, which is all that a person can act on."""
        return {name: str(problems[0]) for name, problems in self.errors.items() if problems and name}

    def refuse(self, name: str, sentence: str) -> None:
        """Add what only the database could know to a field."""
        field = self[name]
        field.errors = [*field.errors, sentence]


class Needed:
    """Asks for a value, in words."""

    field_flags = {"required": True}  # noqa: RUF012 - the shape WTForms reads

    def __init__(self, sentence: str = _("This is needed.")) -> None:
        self.sentence = sentence

    def __call__(self, _form: Any, field: Field) -> None:
        """Refuse what is empty or blank."""
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise ValidationError(self.sentence)


class OneOf:
    """Takes a word of a list only."""

    def __init__(self, *words: str) -> None:
        self.words = frozenset(words)

    def __call__(self, _form: Any, field: Field) -> None:
        """Refuse any other word."""
        if field.data not in self.words:
            raise ValidationError(_("Choose one of the list."))


class AtMost:
    """Bounds a text, in words."""

    def __init__(self, letters: int) -> None:
        self.letters = letters

    def __call__(self, _form: Any, field: Field) -> None:
        """Refuse what is longer than its column."""
        if field.data and len(field.data) > self.letters:
            raise ValidationError(_("Use at most {count} characters.").format(count=self.letters))


def is_login(_form: Any, field: Field) -> None:
    """Refuse what could not be typed on every keyboard or read back by a desk."""
    if field.data and not LOGIN.fullmatch(field.data):
        raise ValidationError(_("Use letters, digits, dots and dashes, at least three."))


def is_email(_form: Any, field: Field) -> None:
    """Refuse what no mail server would take."""
    if field.data and not EMAIL.fullmatch(field.data):
        raise ValidationError(_("This is not an e-mail address."))
