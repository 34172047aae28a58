"""What a person types about a board."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _


class BoardForm(Form):
    """Name and purpose of a board."""

    title = StringField(filters=[trimmed], validators=[Needed(_("Give the board a name.")), AtMost(120)])
    description = TextAreaField(filters=[trimmed], validators=[AtMost(1000)])

    def texts(self) -> dict[str, str]:
        """Give what somebody typed, by field."""
        return {"title": self.title.data or "", "description": self.description.data or ""}
