"""What a clinician says after the second look."""

from __future__ import annotations

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Optional

from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _


class AttestForm(Form):
    """The words of an attestation, and which images they are about."""

    looked = BooleanField(validators=[Needed(_("Tick the box once you have looked at every image."))])
    images = StringField(validators=[Optional()], filters=[trimmed])


class ReturnForm(Form):
    """What the author has to mend."""

    note = TextAreaField(
        validators=[Needed(_("Say what is to be mended, and in which image.")), AtMost(400)], filters=[trimmed]
    )
