"""What people type to get in, and about themselves."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, StringField, TextAreaField
from wtforms.validators import ValidationError

from pinboard import vocabulary
from pinboard.identity import passwords
from pinboard.web import appearance, languages
from pinboard.web.forms import AtMost, Form, Needed, OneOf, is_email, is_login, trimmed
from pinboard.web.text import _


class SignInForm(Form):
    """Login name or e-mail address, and password."""

    login = StringField(filters=[trimmed], validators=[AtMost(254)])
    password = PasswordField()


class NewPasswordForm(Form):
    """A new password, typed once and shown on request; typing twice teaches copying."""

    password = PasswordField(validators=[Needed()])

    def check_password(self, *forbidden: str | None) -> bool:
        """Refuse a password that is short, common or made of the given words."""
        wrong = passwords.objection(self.password.data or "", forbidden)
        if wrong:
            self.refuse("password", _(wrong))
        return wrong is None


class JoinForm(NewPasswordForm):
    """Who accepts an invitation."""

    name = StringField(filters=[trimmed], validators=[Needed(), AtMost(120)])
    login = StringField(filters=[trimmed], validators=[Needed(), AtMost(80), is_login])
    email = StringField(filters=[trimmed], validators=[AtMost(254), is_email])


class SetupForm(JoinForm):
    """The clinic and its first administrator."""

    clinic_name = StringField(filters=[trimmed], validators=[Needed(), AtMost(80)])
    demo = BooleanField()


class UnlockForm(Form):
    """The password again."""

    password = PasswordField()


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    current = PasswordField(validators=[Needed()])


class ProfileForm(Form):
    """What colleagues see of somebody."""

    name = StringField(filters=[trimmed], validators=[Needed(), AtMost(120)])
    email = StringField(filters=[trimmed], validators=[AtMost(254), is_email])
    specialty = StringField()
    language = StringField()
    about = TextAreaField(filters=[trimmed], validators=[AtMost(400)])

    def validate_language(self, field: StringField) -> None:
        """Take a language that is there, or none."""
        if field.data and field.data not in languages.available():
            raise ValidationError(_("Choose one of the list."))

    def validate_specialty(self, field: StringField) -> None:
        """Take a specialty of the list only."""
        if field.data and field.data not in {item.code for item in vocabulary.specialties()}:
            raise ValidationError(_("Choose one of the list."))


def _one_of(name: str) -> StringField:
    return StringField(default=appearance.usual(name), validators=[OneOf(*appearance.CHOICES[name])])


class AppearanceForm(Form):
    """How pages look and whether single letters act."""

    theme = StringField(validators=[OneOf(*appearance.CHOICES["theme"])])
    contrast = _one_of("contrast")
    text = _one_of("text")
    motion = _one_of("motion")
    keys = BooleanField()
    covers = BooleanField()
