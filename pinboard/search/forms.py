"""What is asked when a search is kept."""

from __future__ import annotations

from wtforms import StringField

from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _


class NameForm(Form):
    """The name of a kept search."""

    name = StringField(filters=[trimmed], validators=[Needed(_("Give the search a name.")), AtMost(80)])


class KeepForm(NameForm):
    """A search and the name it is kept under."""

    q = StringField(filters=[trimmed], validators=[Needed(_("Search for something first.")), AtMost(400)])
