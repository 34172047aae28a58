"""Says in words what a correction changed, because the history keeps values as the tables hold them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pinboard import vocabulary
from pinboard.cases.queries import STATES
from pinboard.models import Resolution
from pinboard.web.covers import SENSITIVE
from pinboard.web.text import _, pgettext

CERTAINTIES = {"certain": _("certain"), "almost certain": _("almost certain"), "possible": _("possible")}
"""How sure an author is: the code that is kept, and its word."""
SEXES = {"F": _("Female"), "M": _("Male"), "O": _("Other")}
FIELDS = {
    "age_band": _("age"),
    "alt_text": _("description of a picture"),
    "body_part": _("body part"),
    "is_sensitive": _("covered on the wall"),
    "laterality": _("side"),
    "resolution": _("how it ended"),
    "sensitive_reason": _("what its cover says it shows"),
    "title": _("title"),
    "question": _("question"),
    "history": pgettext("of the patient", "history"),
    "findings": _("findings"),
    "differential": _("differential"),
    "outcome": _("outcome"),
    "sex": _("sex"),
    "tags": _("tags"),
}
"""What a field is called within a line of the history."""


def field_word(name: str | None) -> str:
    """Give what a field is called."""
    return FIELDS.get(name or "", name or "")


def said(name: str | None, value: str | None) -> str:
    """Give what stood or stands in a field, in words."""
    return _SAID.get(name or "", str)(value) if value else ""


def diagnosis_line(item: dict[str, Any]) -> str:
    """Write one diagnosis with how sure the author is, in the reader's words."""
    certainty = item.get("certainty")
    return f"{item['diagnosis']} ({CERTAINTIES.get(certainty, certainty)})" if certainty else str(item["diagnosis"])


def _coded(value: str) -> str:
    return _(vocabulary.meaning(value)) or value


_SAID: dict[str, Callable[[str], str]] = {
    "differential": lambda value: "; ".join(diagnosis_line(item) for item in json.loads(value)),
    "tags": lambda value: ", ".join(json.loads(value)),
    "is_sensitive": lambda value: _("yes") if json.loads(value) else _("no"),
    "body_part": _coded,
    "laterality": _coded,
    "sex": lambda value: SEXES.get(value, value),
    "resolution": lambda value: STATES[Resolution(value)],
    "sensitive_reason": lambda value: SENSITIVE.get(value, value),
}
