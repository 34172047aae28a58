"""Asks about doubtful words wherever they are saved: the phrase marked in its sentence, and a tick that it is harmless.

With JavaScript or without it the tick travels in the form, so what was typed is never lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import request
from flask_login import current_user

from pinboard.intake import words
from pinboard.intake.words import Doubt
from pinboard.models import Board, Case
from pinboard.web.extensions import db, stores
from pinboard.web.text import _, pgettext

TICK = "not-identifying"
"""The field that holds the keyed hashes of what was ticked."""

SENTENCES = {
    "own": _("This stands in the header of an image of this case."),
    "name": _("This looks like a name."),
    "email": _("This looks like an e-mail address."),
    "phone": _("This looks like a telephone number."),
    "date": _("This looks like a full date. A year, or how long ago it was, says enough."),
    "age": _("This is an age over 89. Write “over 90”."),
    "number": _("This looks like the number of a record."),
    "link": _("This link may lead to a person."),
}
"""What is doubted about each kind of phrase."""
PLACES = {
    "title": _("Title"),
    "question": _("Question"),
    "history": pgettext("of the patient", "History"),
    "findings": _("Findings"),
    "differential": _("Differential"),
    "tags": _("Tags"),
    "reason": _("Reason"),
    "form_version": _("Version of the form"),
}
"""The fields in which a doubtful word may stand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One phrase as the form asks about it."""

    digest: str
    sentence: str
    before: str
    phrase: str
    after: str
    field: str
    place: str
    is_ticked: bool


def left(case: Case | None, texts: Mapping[str, str | None], places: Mapping[str, str] | None = None) -> list[Asked]:
    """Give what is to be asked before these words are saved: all of it until every phrase is changed or ticked.

    Nothing is written while something is left; otherwise the ticks are remembered for the case.
    """
    found = words.doubts(db.session(), stores().keys, case, _plain(texts))
    ticked = _ticked()
    if any(doubt.digest not in ticked for doubt in found):
        return asked(found, places)
    if case is not None:
        words.approve(db.session(), case, found, current_user.user)
    return []


def note_board(board: Board, texts: Mapping[str, str | None]) -> None:
    """Enter into the audit what was ticked about the words of a board; a board has no case that remembers it."""
    found = words.doubts(db.session(), stores().keys, None, _plain(texts))
    ticked = _ticked()
    words.approve(db.session(), None, [one for one in found if one.digest in ticked], current_user.user, board=board)


def take_ticks(case: Case) -> None:
    """Remember what was ticked about the words of a case that are already kept, as those of a draft are."""
    ticked = _ticked()
    if ticked:
        found = words.doubts(db.session(), stores().keys, case, words.words_of(db.session(), case))
        words.approve(db.session(), case, [doubt for doubt in found if doubt.digest in ticked], current_user.user)


def standing(case: Case, places: Mapping[str, str] | None = None) -> list[Asked]:
    """Give what is doubted in the words of a case as they are kept."""
    found = words.doubts(db.session(), stores().keys, case, words.words_of(db.session(), case))
    return asked(found, places)


def asked(found: Collection[Doubt], places: Mapping[str, str] | None = None) -> list[Asked]:
    """Put doubts into words; `places` names the fields where a form has several."""
    ticked = _ticked()
    return [
        Asked(
            digest=doubt.digest,
            sentence=SENTENCES[doubt.kind],
            before=doubt.before,
            phrase=doubt.phrase,
            after=doubt.after,
            field=doubt.field,
            place=(places or {}).get(doubt.field, ""),
            is_ticked=doubt.digest in ticked,
        )
        for doubt in found
    ]


def _ticked() -> frozenset[str]:
    return frozenset(request.form.getlist(TICK))


def _plain(texts: Mapping[str, str | None]) -> dict[str, str]:
    return {field: text or "" for field, text in texts.items()}
