"""What a card shows beyond its picture: a few frames of its series, its other photographs, and what lies under a cover.

`GET /c/<case>/glimpse.json` answers `{"kind": "frames", "at": 5, "pictures": [{"src": "/media/…/f3", "alt": "…"}, …]}`
with at most twelve frames of the series that stands for the case, or `"kind": "photos"` with one picture of each
series where the case is a handful of photographs or films. A card asks for it when somebody points at it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, render_template
from flask import session as form_session
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.cases import queries
from pinboard.cases.cards import CARD, Card, Eyes, card, card_html, cards_html
from pinboard.models import Case, CaseState, MediaFile, Role
from pinboard.policy import NotFound, case_for
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import is_fragment, see_other
from pinboard.web.stage import few, small

bp = Blueprint("glimpse", __name__)

MOST_SHOWN = 40
"""Covers that a sign-in remembers as lifted; the oldest is forgotten, because a cookie has little room."""
_MOST_PHOTOS = 12
_FEWEST_FRAMES = 3
_CARD_WIDTHS = ("w474", "w236")


@bp.app_template_global("card_html")
def html(shown: Card, place: int, menu: str = "") -> Markup:
    """Give one card as this request's reader sees it."""
    return card_html(shown, place, menu, eyes())


@bp.app_template_global("cards_html")
def several(shown: list[Card], first: int) -> Markup:
    """Give a page of cards as this request's reader sees them."""
    return cards_html(shown, first, eyes())


def eyes() -> Eyes:
    """Tell what the cards of this request depend on."""
    if "eyes" not in g:
        g.eyes = _eyes()
    found: Eyes = g.eyes
    return found


def _eyes() -> Eyes:
    may_pin = bool(g.reader.role is Role.CLINICIAN and g.reader.verified)
    if not current_user.is_authenticated:
        return Eyes(may_pin=False)
    covers = current_user.preferences.get("covers") is not False
    return Eyes(may_pin, covers, frozenset(form_session.get("shown", ())))


@bp.get("/c/<case_id>/glimpse.json")
@access("reader")
def glimpse(case_id: str) -> Response:
    """Give the pictures that a card steps through."""
    session = db.session()
    case = _published(session, case_id)
    runs = queries.runs(session, case.id)
    said = _frames(runs, case) or {"kind": "photos", "at": 0, "pictures": _photos(session, runs, case)}
    answer = jsonify(said)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/c/<case_id>/uncover")
@access("reader")
def uncover(case_id: str) -> Response:
    """Lift the cover of a case's picture until this reader signs out."""
    session = db.session()
    case = _published(session, case_id)
    others = [one for one in form_session.get("shown", []) if one != case.public_id]
    form_session["shown"] = [*others, case.public_id][-MOST_SHOWN:]
    if not is_fragment():
        return see_other(f"/c/{case.public_id}")
    row = session.execute(select(*CARD).where(Case.id == case.id)).one()
    return make_response(render_template("partials/cases/shown.html", card=card(row), rank=1))


def _published(session: Session, case_id: str) -> Case:
    case = case_for(session, g.reader, "see", case_id)
    if case.state is not CaseState.PUBLISHED or not case.cover:
        raise NotFound
    return case


def _frames(runs: list[queries.Run], case: Case) -> dict[str, Any] | None:
    """Give a few frames of the series that stands for the case, and which of them is nearest to its picture."""
    name = (case.cover or {}).get("name")
    for run in runs:
        if run.frames >= _FEWEST_FRAMES and any(part.media_name == name for part in run.parts):
            shown = list(few(run.frames))
            pieces = [run.place(frame) for frame in shown]
            pictures = [{"src": f"/media/{small(part, own)}", "alt": run.alt} for part, own in pieces]
            at = min(range(len(shown)), key=lambda place: abs(shown[place] - run.key))
            return {"kind": "frames", "at": at, "pictures": pictures}
    return None


def _photos(session: Session, runs: list[queries.Run], case: Case) -> list[dict[str, str]]:
    """Give one picture of each series, the cover first."""
    name = (case.cover or {}).get("name")
    pieces = [(part, run.alt) for run in runs for part in run.parts]
    pieces.sort(key=lambda piece: piece[0].media_name != name)
    widths = _widths(session, [part.media_name for part, _alt in pieces[:_MOST_PHOTOS]])
    return [
        {"src": f"/media/{part.media_name}/{widths[part.media_name]}", "alt": alt}
        for part, alt in pieces[:_MOST_PHOTOS]
        if part.media_name in widths
    ]


def _widths(session: Session, names: list[str]) -> dict[str, str]:
    """Find for each picture the widest form that a card has use for; a small one has only small forms."""
    rows = session.execute(
        select(MediaFile.media_name, MediaFile.variant)
        .where(MediaFile.media_name.in_(names), MediaFile.variant.in_(_CARD_WIDTHS))
        .order_by(MediaFile.width)
    )
    return {name: variant for name, variant in rows}  # noqa: C416 - rows unpack, and the last of a name is the widest
