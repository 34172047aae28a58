"""What the author fills in before a case goes to the person in its images."""

from __future__ import annotations

from datetime import datetime, timedelta

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _

CAPTION_MOST = 4000  # characters; a letter, not a report
DELAYS = ((0, _("now")), (24, _("in one day")), (72, _("in three days")), (168, _("in one week")))
"""Hours and words. A delay lets the doctor talk to the patient before the patient reads alone."""


def shortest_delay(left: timedelta) -> int:
    """Give the delay that is not shorter than what is left of one, so that a mended word makes nothing begin early."""
    hours = left.total_seconds() / 3600
    return next((offered for offered, _words in DELAYS if offered >= hours), DELAYS[-1][0])


class ReleaseForm(Form):
    """Which images, in which words, from when."""

    chart_code = StringField(
        validators=[Needed(_("Say for whom: the chart code on the clinic’s own record.")), AtMost(24)],
        filters=[trimmed],
    )
    caption = TextAreaField(
        validators=[Needed(_("Say in plain words what the images show.")), AtMost(CAPTION_MOST)], filters=[trimmed]
    )
    author_name = StringField(
        validators=[Needed(_("Say which name the patient reads.")), AtMost(120)], filters=[trimmed]
    )
    shows_date = BooleanField(default=True)
    images = SelectMultipleField(validators=[Needed(_("Choose at least one image."))])
    full_set = BooleanField(default=True)
    """Whether the slices of a head that only the person in it may see are released too."""
    delay = SelectField(coerce=int, choices=[SelectChoice(str(hours), words) for hours, words in DELAYS], default=0)
    other_subject = StringField(validators=[AtMost(60)])
    """Both chart codes, as `service.both_codes` joins them, so that a tick for one person is no tick for another."""

    def starts_at(self, moment: datetime) -> datetime:
        """Give when the release begins."""
        return moment + timedelta(hours=self.delay.data)
