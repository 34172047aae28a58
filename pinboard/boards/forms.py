"""What a person types about a board."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _


class BoardForm(Form):
    """Name and purpose of a board."""

    title = StringField(filters=[trimmed], validators=[Needed(_("Give the board a name.")), AtMost(120)])
    description = TextAreaField(filters=[trimmed], validators=[AtMost(1000)])
    group = StringField(filters=[trimmed], validators=[AtMost(26)])
    """The public id of the group whose board it is; empty for one of one's own."""

    def texts(self) -> dict[str, str]:
        """Give what somebody typed, by field."""
        return {"title": self.title.data or "", "description": self.description.data or ""}


class SectionForm(Form):
    """The words above a section."""

    title = StringField(filters=[trimmed], validators=[Needed(_("Give the section a name.")), AtMost(120)])


class GroupForm(Form):
    """The name of a group."""

    name = StringField(filters=[trimmed], validators=[Needed(_("Give the group a name.")), AtMost(80)])
