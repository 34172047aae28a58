"""Says in plain sentences what might tell a reader who the person in the images is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, g
from sqlalchemy.orm import Session

from pinboard.drafts import images
from pinboard.drafts.blueprint import bp, draft_for
from pinboard.intake.radar import KEY_SLICES, Echo, Elsewhere, look_around
from pinboard.models import Case
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import respond
from pinboard.web.text import _, ngettext


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, and the other case that it speaks of where this reader may open it."""

    words: str
    is_warning: bool
    href: str = ""


@bp.get("/drafts/<draft>/radar")
@access("author", "reader")
def radar(draft: str) -> Response:
    """Show what might point to the patient; nothing of it keeps a case from being published."""
    case = draft_for(draft)
    lines = _lines(db.session(), case)
    return respond("pages/drafts/radar.html", "partials/drafts/radar.html", draft=case, lines=lines)


def _lines(session: Session, case: Case) -> list[Line]:
    names = images.numbers(session, case)
    found = []
    for echo in look_around(session, case, g.reader):
        what = _what([images.name_of(names, number) for number in echo.images])
        href = f"/c/{echo.elsewhere.public_id}" if echo.elsewhere and echo.elsewhere.public_id else ""
        found.append(Line(SENTENCES[echo.code](echo, what), echo.is_warning, href))
    return found


def _what(names: list[str]) -> str:
    if len(names) < 2:
        return names[0] if names else ""
    others = len(names) - 1
    return ngettext("{first} and another one", "{first} and {n} others", others).format(first=names[0], n=others)


def _same(echo: Echo, what: str) -> str:
    title = _title(echo.elsewhere)
    if title is None:
        return _("{what}: the very same picture is in another case, one that you do not see.").format(what=what)
    words = _("{what}: the very same picture is in “{title}”. One case can be pinned to many boards.")
    return words.format(what=what, title=title)


def _near(echo: Echo, what: str) -> str:
    title = _title(echo.elsewhere)
    if title is None:
        words = _("{what}: nearly the same picture is in another case, one that you do not see.")
        return words.format(what=what)
    words = _("{what}: nearly the same picture is in “{title}”. Whoever sees both may put them together.")
    return words.format(what=what, title=title)


def _head(echo: Echo, what: str) -> str:
    words = _(
        "{what}: from these {count} slices a face could be rebuilt. Up to {key} key slices, at least 5 mm apart, answer"
        " most questions and show no face."
    )
    return words.format(what=what, count=echo.count, key=KEY_SLICES)


def _rare(echo: Echo, _what: str) -> str:
    words = _(
        "Fewer than {count} cases here are alike in this: {words}. Whoever knows the patient may recognise them;"
        " leaving the age or the body part out helps."
    )
    return words.format(count=echo.count, words=", ".join(_(word) for word in echo.words))


def _telling(echo: Echo, _what: str) -> str:
    words = _("Some words leave few people: {words}. Leave them out if the question does not need them.")
    return words.format(words=", ".join(_("“{word}”").format(word=word) for word in echo.words))


def _photo(_echo: Echo, _what: str) -> str:
    return _("Look once more at the photos for tattoos, jewellery, name bands, screens and reflections.")


def _approved(echo: Echo, _what: str) -> str:
    words = ngettext(
        "You said of one marked phrase that it identifies nobody. Readers may see more in it.",
        "You said of {n} marked phrases that they identify nobody. Readers may see more in them.",
        echo.count,
    )
    return words.format(n=echo.count)


SENTENCES: dict[str, Callable[[Echo, str], str]] = {
    "same-picture": _same,
    "near-picture": _near,
    "head": _head,
    "rare": _rare,
    "words": _telling,
    "photo": _photo,
    "approved-words": _approved,
}


def _title(elsewhere: Elsewhere | None) -> str | None:
    """Give what the other case is called, to whoever may see it."""
    if elsewhere is None or not elsewhere.public_id:
        return None
    return elsewhere.title or _("Untitled draft")
