"""What somebody fills in to make, extend or open a share."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, PasswordField, RadioField, StringField
from wtforms.validators import NumberRange, Optional

from pinboard.models import ShareKind
from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _

MOST_DAYS = 90
USUAL_DAYS = 14
_DAYS = NumberRange(1, MOST_DAYS, _("Choose between 1 and {most} days.").format(most=MOST_DAYS))


class ShareForm(Form):
    """A new link: for whom, how long, and how well kept."""

    kind = RadioField(
        validators=[Needed(_("Say for whom the link is."))],
        choices=[ShareKind.SUBJECT.value, ShareKind.COLLEAGUE.value],
    )
    label = StringField(
        validators=[Needed(_("Name the link, so that you know it again.")), AtMost(80)], filters=[trimmed]
    )
    days = IntegerField(validators=[_DAYS], default=USUAL_DAYS)
    wants_pin = BooleanField(default=True)
    allows_download = BooleanField(default=False)


class ExtendForm(Form):
    """More days for a link that stands."""

    days = IntegerField(validators=[_DAYS], default=USUAL_DAYS)


class UnlockForm(Form):
    """The PIN of a share."""

    pin = PasswordField(validators=[Optional()], filters=[trimmed])


class CodeForm(Form):
    """The code on a slip."""

    code = StringField(validators=[Optional()], filters=[trimmed])
