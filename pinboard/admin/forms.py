"""What an administrator types."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import ValidationError

from pinboard.models import Role
from pinboard.models.clinic_settings import DECISIONS
from pinboard.web.forms import AtMost, Form, Needed, OneOf, is_email, trimmed
from pinboard.web.languages import available
from pinboard.web.text import _

ROLES = (
    (Role.CLINICIAN, _("Clinician"), _("Writes up cases, comments, pins.")),
    (Role.TRAINEE, _("Trainee"), _("Reads and comments.")),
    (Role.DESK, _("Desk"), _("Uploads into a clinician’s drafts, records consent, prints slips.")),
    (Role.PATIENT, _("Patient"), _("Sees what was released to him, and nothing else.")),
)


class InviteForm(Form):
    """Whom to invite, as what."""

    role = StringField(default=Role.CLINICIAN.value, validators=[OneOf(*Role)])
    name = StringField(filters=[trimmed], validators=[AtMost(120)])
    email = StringField(filters=[trimmed], validators=[AtMost(254), is_email])
    verification = StringField(filters=[trimmed], validators=[AtMost(200)])
    is_admin = BooleanField()
    chart_code = StringField(filters=[trimmed], validators=[AtMost(24)])
    record = StringField(filters=[trimmed], validators=[AtMost(64)])

    def validate_chart_code(self, field: StringField) -> None:
        """Ask for the one thing that says whose images a patient will see."""
        if self.role.data == Role.PATIENT and not (field.data or self.record.data):
            raise ValidationError(_("Type the chart code, or a record number below."))
        if self.role.data == Role.PATIENT and field.data and self.record.data:
            raise ValidationError(_("Type the chart code or the record number, not both."))

    def validate_is_admin(self, field: BooleanField) -> None:
        """Keep administration away from patients."""
        if field.data and self.role.data == Role.PATIENT:
            raise ValidationError(_("A patient’s account cannot administer the clinic."))


class VerifyForm(Form):
    """What the administrator saw."""

    verification = StringField(filters=[trimmed], validators=[Needed(_("Say what you saw.")), AtMost(200)])


class Between:
    """Bounds a number by the limits of its decision, in words."""

    def __call__(self, _form: Any, field: IntegerField) -> None:
        """Refuse what is outside."""
        decision = DECISIONS[field.name]
        if field.data is None or not decision.low <= field.data <= decision.high:
            words = _("Use a whole number from {low} to {high}.").format(low=decision.low, high=decision.high)
            field.errors = []
            raise ValidationError(words)


class ClinicForm(Form):
    """The clinic's own decisions."""

    clinic_name = StringField(filters=[trimmed], validators=[Needed(), AtMost(80)])
    language = StringField(validators=[OneOf(*available())])
    session_idle_minutes = IntegerField(validators=[Between()])
    session_hours = IntegerField(validators=[Between()])
    vault_days = IntegerField(validators=[Between()])
    photo_side = IntegerField(validators=[Between()])
    includes_trainees = BooleanField()
    consent_first = BooleanField()
    release_gate = BooleanField()
    release_gate_reason = StringField(filters=[trimmed], validators=[AtMost(200)])
    rare_fewer_than = IntegerField(validators=[Between()])
    rare_from_cases = IntegerField(validators=[Between()])

    def validate_release_gate_reason(self, field: StringField) -> None:
        """Ask why the clinic goes without a second look; the answer is kept and recorded."""
        if not self.release_gate.data and not field.data:
            raise ValidationError(_("Say why cases may leave the clinic without a second look."))
