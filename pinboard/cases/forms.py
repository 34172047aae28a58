"""What a person types about the end of a case."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf

from pinboard.models import Resolution
from pinboard.web.forms import AtMost, Form, trimmed
from pinboard.web.text import _


class SolveForm(Form):
    """Whether the question has found its answer, and which."""

    resolution = StringField(validators=[AnyOf(list(Resolution), message=_("Choose one of these."))])
    outcome = TextAreaField(filters=[trimmed], validators=[AtMost(4000)])
