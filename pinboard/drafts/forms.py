"""Reads the case form, whole or half-written: every field keeps what was typed, and each error has its sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from pinboard import vocabulary
from pinboard.drafts.words import CERTAINTIES, SEXES
from pinboard.models import Case
from pinboard.web.covers import SENSITIVE
from pinboard.web.forms import trimmed
from pinboard.web.text import _

LIMITS = {"title": 200, "question": 10_000, "history": 20_000, "findings": 20_000}
ALT_TEXT = 400
MOST_DIAGNOSES = 30
MOST_TAGS = 12
TAG = re.compile(r"[^\W_][\w +./-]{0,39}")
BLANK_ROWS = 3
KNOWN_CERTAINTIES = frozenset(value for value, _label in CERTAINTIES)

Fields = MultiDict[str, str]


@dataclass(slots=True)
class Diagnosis:
    """One row of the differential."""

    diagnosis: str = ""
    certainty: str = "possible"


@dataclass(slots=True)
class CaseForm:
    """What stands in the fields; `errors` names those that cannot be kept."""

    title: str = ""
    question: str = ""
    history: str = ""
    findings: str = ""
    tags: str = ""
    age_band: str = ""
    sex: str = ""
    body_part: str = ""
    body_part_text: str = ""
    laterality: str = ""
    sensitive_reason: str = ""
    consent_kind: str = ""
    level: str = ""
    taken_on: str = ""
    valid_until: str = ""
    filed_under: str = ""
    form_version: str = ""
    reason: str = ""
    reach: str = ""
    differential: list[Diagnosis] = field(default_factory=list)
    alt_texts: dict[str, str] = field(default_factory=dict)
    audience: set[str] = field(default_factory=set)
    trainees: bool = True
    audience_boards: set[str] = field(default_factory=set)
    audience_groups: set[str] = field(default_factory=set)
    audience_people: set[str] = field(default_factory=set)
    boards: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    """Places that were filled in for the author and that nobody sent yet."""
    extra_rows: int = 0

    @property
    def differential_rows(self) -> list[Diagnosis]:
        """Give the rows with enough blank ones behind them, so that nobody needs JavaScript to add one."""
        blank = max(BLANK_ROWS - len(self.differential), 0 if self.extra_rows == 0 else 1)
        return [*self.differential, *(Diagnosis() for _row in range(blank))]

    def refuse(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field; the first reason is the one to mend."""
        self.errors.setdefault(name, sentence)


TEXTS = (
    *("title", "question", "history", "findings", "tags", "age_band", "sex", "body_part", "body_part_text"),
    *("laterality", "consent_kind", "level", "taken_on", "valid_until", "filed_under", "form_version", "reason"),
    *("reach", "sensitive_reason"),
)
SETS = {
    "audience": "audience",
    "audience_board": "audience_boards",
    "audience_group": "audience_groups",
    "audience_person": "audience_people",
    "board": "boards",
}


def read(fields: Fields) -> CaseForm:
    """Take a form as it was sent and check everything that needs no database."""
    form = CaseForm()
    for name in TEXTS:
        setattr(form, name, text_of(fields, name))
    for name, attribute in SETS.items():
        setattr(form, attribute, set(fields.getlist(name)))
    form.trainees = "trainees" in fields
    form.differential = _differential(fields)
    form.alt_texts = {name[4:]: text_of(fields, name) for name in fields if name.startswith("alt-")}
    form.extra_rows = 1 if fields.get("add") == "diagnosis" else 0
    check(form)
    return form


def text_of(fields: Fields, name: str) -> str:
    """Give one field without what nobody can see; a browser's line ends become plain ones."""
    return str(trimmed(fields.get(name, "").replace("\r\n", "\n")))


def tags_of(form: CaseForm) -> list[str]:
    """Give the tags, each once and in order."""
    parts = (part.strip().lstrip("#").strip() for part in form.tags.split(","))
    return list(dict.fromkeys(part.casefold() for part in parts if part))


def check(form: CaseForm) -> None:
    """Collect what cannot be kept."""
    for name, limit in LIMITS.items():
        if len(getattr(form, name)) > limit:
            form.refuse(name, _("Use at most {count} characters.").format(count=limit))
    if "\n" in form.title:
        form.refuse("title", _("Write the question in one line."))
    for series, text in form.alt_texts.items():
        if len(text) > ALT_TEXT:
            form.refuse(f"alt-{series}", _("Use at most {count} characters.").format(count=ALT_TEXT))
    _check_lists(form)
    _check_codes(form)


def _check_lists(form: CaseForm) -> None:
    tags = tags_of(form)
    if len(tags) > MOST_TAGS:
        form.refuse("tags", _("Use at most {count} tags.").format(count=MOST_TAGS))
    elif not all(TAG.fullmatch(tag) for tag in tags):
        form.refuse("tags", _("A tag has letters, digits, blanks and hyphens, at most 40 of them."))
    if len(form.differential) > MOST_DIAGNOSES:
        form.refuse("differential", _("Use at most {count} diagnoses.").format(count=MOST_DIAGNOSES))
    if any(len(row.diagnosis) > 200 for row in form.differential):
        form.refuse("differential", _("Use at most {count} characters for a diagnosis.").format(count=200))


def _check_codes(form: CaseForm) -> None:
    if not form.body_part and form.body_part_text:
        form.body_part = _code_for(form.body_part_text)
    if not form.body_part_text:
        form.body_part = ""
    known: dict[str, Callable[[str], bool]] = {
        "age_band": lambda value: value in vocabulary.AGE_BANDS,
        "sex": lambda value: value in dict(SEXES),
        "laterality": lambda value: value in {side.code for side in vocabulary.laterality()},
        "sensitive_reason": lambda value: value in SENSITIVE,
        "body_part": lambda value: value in {part.code for part in vocabulary.body_parts()},
    }
    for name, is_known in known.items():
        value = getattr(form, name)
        if value and not is_known(value):
            form.refuse(name, _("Choose one of those that are offered."))
    if form.body_part_text and not form.body_part:
        form.refuse("body_part", _("This body part is not in the list. Choose one of those that are offered."))


def _code_for(text: str) -> str:
    """Find the region that was typed by its full name."""
    return vocabulary.body_part_named(text, say=_)


def _differential(fields: Fields) -> list[Diagnosis]:
    certainties = fields.getlist("certainty")
    rows = []
    for place, text in enumerate(fields.getlist("diagnosis")):
        certainty = certainties[place] if place < len(certainties) else "possible"
        if name := str(trimmed(text)):
            rows.append(Diagnosis(name, certainty if certainty in KNOWN_CERTAINTIES else "possible"))
    return rows


def of_case(case: Case) -> CaseForm:
    """Fill the form from what is stored of the case itself."""
    form = CaseForm(tags=", ".join(case.tags), body_part_text=_(vocabulary.meaning(case.body_part)))
    for name in ("title", "question", "history", "findings", "age_band", "sex", "body_part", "laterality"):
        setattr(form, name, getattr(case, name) or "")
    form.sensitive_reason = case.sensitive_reason or ""
    form.differential = [Diagnosis(str(row["diagnosis"]), str(row["certainty"])) for row in case.differential]
    form.boards = {str(board) for board in case.board_choice}
    return form
