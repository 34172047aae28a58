"""What a person says about a case."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from pinboard.web.forms import Form, Needed, trimmed
from pinboard.web.text import _

LONGEST = 4000


class CommentForm(Form):
    """The words of a comment, and what it answers."""

    body = TextAreaField(filters=[trimmed], validators=[Needed(_("Write something first."))])
    parent = StringField(filters=[trimmed])

    def validate_body(self, field: TextAreaField) -> None:
        """Refuse a comment that is too long, and say by how much."""
        extra = len(field.data or "") - LONGEST
        if extra > 0:
            raise ValidationError(_("Your words are kept. Shorten them by {count} characters.").format(count=extra))
