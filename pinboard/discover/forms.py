"""What an author types before a case is offered to everybody."""

from __future__ import annotations

from wtforms import BooleanField, StringField, TextAreaField

from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _


class OfferForm(Form):
    """The words that outsiders read; they are the author's own, and no later correction of the case changes them."""

    title = StringField(filters=[trimmed], validators=[Needed(_("Ask or say it in one sentence.")), AtMost(200)])
    question = TextAreaField(filters=[trimmed], validators=[AtMost(1000)])
    is_named = BooleanField()


class OpenForm(Form):
    """Whether there are pages for visitors, and whether search engines may list them."""

    discover = BooleanField()
    discover_is_listed = BooleanField()
