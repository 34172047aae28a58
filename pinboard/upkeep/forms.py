"""The words of a case as its author corrects them, and the reasons that some acts ask for."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from pinboard import vocabulary
from pinboard.models import Case
from pinboard.upkeep.words import CERTAINTIES, SEXES, diagnosis_line
from pinboard.web.covers import SENSITIVE
from pinboard.web.forms import AtMost, Form, Needed, trimmed
from pinboard.web.text import _

MOST_TAGS = 12
_NOTHING = SelectChoice("", _("Not given"))
NOT_COVERED = SelectChoice("", _("Not covered"))


class WordsForm(Form):
    """Everything that `intake.revise` may change."""

    title = StringField(
        validators=[Needed(_("The title is the question in one sentence.")), AtMost(200)], filters=[trimmed]
    )
    question = TextAreaField(validators=[AtMost(10_000)], filters=[trimmed])
    history = TextAreaField(validators=[AtMost(20_000)], filters=[trimmed])
    findings = TextAreaField(validators=[AtMost(20_000)], filters=[trimmed])
    differential = TextAreaField(validators=[AtMost(6_000)], filters=[trimmed])
    tags = StringField(validators=[AtMost(400)], filters=[trimmed])
    age_band = SelectField(choices=[_NOTHING, *(SelectChoice(band, _(band)) for band in vocabulary.AGE_BANDS)])
    sex = SelectField(choices=[_NOTHING, *(SelectChoice(code, word) for code, word in SEXES.items())])
    body_part = StringField(validators=[Optional(), AtMost(80)], filters=[trimmed])
    laterality = SelectField()
    sensitive_reason = SelectField(
        choices=[NOT_COVERED, *(SelectChoice(*item) for item in SENSITIVE.items())], default=""
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.laterality.choices = [
            _NOTHING,
            *(SelectChoice(side.code, _(side.meaning)) for side in vocabulary.laterality()),
        ]

    @classmethod
    def of(cls, case: Case) -> WordsForm:
        """Fill the form from a case, unless something was sent."""
        return cls(
            title=case.title,
            question=case.question,
            history=case.history,
            findings=case.findings,
            differential="\n".join(diagnosis_line(item) for item in case.differential),
            tags=", ".join(case.tags),
            age_band=case.age_band or "",
            sex=case.sex or "",
            body_part=_(vocabulary.meaning(case.body_part)),
            laterality=case.laterality or "",
            sensitive_reason=(case.sensitive_reason or "other") if case.is_sensitive else "",
        )

    def validate_body_part(self, field: StringField) -> None:
        """Take a name of the list, however it is capitalised."""
        if field.data and _code_of(field.data) is None:
            raise ValidationError(_("Choose a body part from the list."))

    def texts(self) -> dict[str, str]:
        """Give everything in it that somebody typed, by field."""
        names = ("title", "question", "history", "findings", "differential", "tags")
        return {name: self[name].data or "" for name in names}

    def changes(self) -> dict[str, Any]:
        """Give the columns of a case as the form has them."""
        texts = {name: self[name].data or "" for name in ("title", "question", "history", "findings")}
        return {
            **texts,
            "differential": [_item(line) for line in (self.differential.data or "").splitlines() if line.strip()][:30],
            "tags": _tags(self.tags.data or ""),
            "age_band": self.age_band.data or None,
            "sex": self.sex.data or None,
            "body_part": _code_of(self.body_part.data or ""),
            "laterality": self.laterality.data or None,
            "is_sensitive": bool(self.sensitive_reason.data),
            "sensitive_reason": self.sensitive_reason.data or None,
        }


class ReasonForm(Form):
    """Why an image goes; readers see it in the history."""

    reason = StringField(
        validators=[Needed(_("Say why in a few words; readers see it.")), AtMost(200)], filters=[trimmed]
    )


def _code_of(text: str) -> str | None:
    return vocabulary.body_part_named(text, say=_) or None


def _item(line: str) -> dict[str, str]:
    """Read “diagnosis (certainty)”, in the reader's words or in codes; without one it is only possible."""
    text = line.strip()
    for certainty, word in CERTAINTIES.items():
        for ending in (f"({word})", f"({certainty})"):
            if text.casefold().endswith(ending.casefold()):
                return {"diagnosis": text[: -len(ending)].strip()[:200], "certainty": certainty}
    return {"diagnosis": text[:200], "certainty": "possible"}


def _tags(text: str) -> list[str]:
    parts = (part.strip().lstrip("#").strip().casefold()[:40] for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part))[:MOST_TAGS]
