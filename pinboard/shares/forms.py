"""What somebody fills in to make, extend or open a share."""

from __future__ import annotations

import re
from typing import Any

from wtforms import BooleanField, Field, IntegerField, PasswordField, RadioField, StringField
from wtforms.validators import Optional, ValidationError

from pinboard.models import ShareKind
from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _

MOST_DAYS = 90
_DOCTOR = re.compile(r"\b(?:Dr|Dra|Doctora?|Prof|Professor(?:in)?|Profesora?)\b\.?\s*")
USUAL_DAYS = 14


class InReach:
    """Takes a whole number of days up to the most, and says one sentence for anything else."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Refuse what is no number, too."""
        if field.data is None or not 1 <= field.data <= MOST_DAYS:
            field.errors = []
            raise ValidationError(_("Choose between 1 and {most} days.").format(most=MOST_DAYS))


class ShareForm(Form):
    """A new link: for whom, how long, and how well kept."""

    kind = RadioField(
        validators=[Needed(_("Say for whom the link is."))],
        choices=[ShareKind.SUBJECT.value, ShareKind.COLLEAGUE.value],
    )
    label = StringField(
        validators=[Needed(_("Name the link, so that you know it again.")), AtMost(80)], filters=[trimmed]
    )
    days = IntegerField(validators=[InReach()], default=USUAL_DAYS)
    wants_pin = BooleanField(default=True)
    allows_download = BooleanField(default=False)

    def checked_label(self) -> str:
        """Give the label as it is checked: the doctor whom a link is for may be named in it, the patient may not."""
        label = self.label.data or ""
        return _DOCTOR.sub("", label) if self.kind.data == ShareKind.COLLEAGUE.value else label


class ExtendForm(Form):
    """More days for a link that stands."""

    days = IntegerField(validators=[InReach()], default=USUAL_DAYS)


class UnlockForm(Form):
    """The PIN of a share."""

    pin = PasswordField(validators=[Optional()], filters=[trimmed])


class CodeForm(Form):
    """The code on a slip."""

    code = StringField(validators=[Optional()], filters=[trimmed])
