"""What a reader draws: on which frame, which shape, where, and the words of a text."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import NumberRange, ValidationError

from pinboard.marks import shapes
from pinboard.models import MarkKind
from pinboard.web.forms import AtMost, Form, OneOf, trimmed
from pinboard.web.text import _

LONGEST = 120
NOT_A_SHAPE = _("This shape could not be read. Draw it again.")
TOO_SMALL = _("This shape is too small to be seen. Draw it larger.")


class PointsForm(Form):
    """Where the points of a shape are."""

    points = HiddenField(filters=[trimmed])


class MarkForm(PointsForm):
    """A new mark."""

    media = HiddenField(filters=[trimmed])
    frame = IntegerField(default=0, validators=[NumberRange(0, 999_999)])
    kind = HiddenField(filters=[trimmed], validators=[OneOf(*MarkKind)])
    text = StringField(filters=[trimmed], validators=[AtMost(LONGEST)])

    @property
    def shape(self) -> MarkKind:
        """Give the kind; it was validated."""
        return MarkKind(self.kind.data)

    def validate_points(self, field: HiddenField) -> None:
        """Refuse what is not the shape that it says it is."""
        if self.kind.data not in list(MarkKind) or shapes.read(field.data, self.shape) is None:
            raise ValidationError(NOT_A_SHAPE)

    def validate_text(self, field: StringField) -> None:
        """Ask for the words of a text."""
        if self.kind.data == MarkKind.TEXT and not field.data:
            raise ValidationError(_("Write the words first."))
