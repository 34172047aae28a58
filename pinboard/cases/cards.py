"""Makes the card of a case: what it says, and its piece of page, kept for as long as it would come out the same.

A kept piece is found by everything that it is made of: the row of the case, how long ago that was, the language, and
the two things about a reader that it shows. What changes a card changes its key, so nothing has to be thrown away, and
a piece holds nothing of a reader but those two.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import Row, Text, cast

from pinboard.clock import now
from pinboard.models import Case, Resolution
from pinboard.vocabulary import modality
from pinboard.web.covers import SENSITIVE
from pinboard.web.extensions import csrf_token
from pinboard.web.languages import language
from pinboard.web.text import _, ngettext
from pinboard.web.times import ago

CARD = (
    Case.id,
    Case.public_id,
    Case.title,
    Case.resolution,
    Case.modality,
    Case.frame_count,
    Case.comment_count,
    # As text: most cards are kept already, and what describes their picture need not be read again.
    cast(Case.cover, Text).label("cover"),
    Case.is_sensitive,
    Case.sensitive_reason,
    Case.published_at,
)
"""What a card needs, in one row."""

STATES = {
    Resolution.UNSOLVED: _("Unsolved"),
    Resolution.SOLVED: _("Solved"),
    Resolution.TEACHING: _("Teaching"),
}
EAGER = 12
"""As many pictures load at once; the others when they come near."""
WIDEST = 736
"""A card is never wider than half of this, so what is wider only costs bytes."""
MOST_DOTS = 8
_MOST_KEPT = 4000
_MENU, _TOKEN = secrets.token_hex(16), secrets.token_hex(16)
"""Where in a kept piece what is the reader's own is put; nobody can write these into a title."""
_kept: dict[Hashable, str] = {}


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture of a card, ready for its attributes."""

    src: str
    small: str
    srcset: str
    width: int
    height: int
    alt: str
    css: str
    """Classes of the plate: tone, kind of picture, and where an extreme format is cropped or framed."""
    is_photo: bool


@dataclass(frozen=True)
class Card:
    """One case as a wall shows it; what it says is worked out when it is asked for."""

    row: tuple[Any, ...]
    """The columns of `CARD`."""
    pin_id: str | None = None
    board: str | None = None

    @property
    def id(self) -> str:
        """Name the case in addresses."""
        return str(self.row[1])

    @property
    def title(self) -> str:
        """Give the question in one sentence."""
        return str(self.row[2])

    @property
    def state(self) -> str:
        """Give how it ended, as a class."""
        return str(self.row[3])

    @property
    def state_word(self) -> str:
        """Give how it ended, as a word."""
        return STATES[self.row[3]]

    @property
    def facts(self) -> str:
        """Give how the pictures were made, how many there are, and how many comments."""
        kind, frames, comments = self.row[4:7]
        facts = [_(modality(kind)), _images(frames) if frames > 1 else "", _comments(comments) if comments else ""]
        return ", ".join(fact for fact in facts if fact)

    @property
    def frames(self) -> int:
        """Count its pictures."""
        return int(self.row[5])

    @cached_property
    def cover(self) -> Cover | None:
        """Give its picture."""
        picture = json.loads(self.row[7]) if self.row[7] else None
        return cover(picture) if picture else None

    @property
    def is_sensitive(self) -> bool:
        """Tell whether its author had the picture covered."""
        return bool(self.row[8])

    @property
    def reason(self) -> str:
        """Give why, as the end of a sentence."""
        return str(SENSITIVE.get(self.row[9] or "", SENSITIVE["other"]))

    @property
    def at(self) -> datetime | None:
        """Give when it was published."""
        at: datetime | None = self.row[10]
        return at

    @property
    def ago(self) -> str:
        """Give how long ago that was."""
        return ago(self.row[10]) if self.row[10] else ""

    @property
    def dots(self) -> int:
        """Count the dots under several photographs of one case; a series has none."""
        shown = self.cover
        return min(self.frames, MOST_DOTS) if shown and shown.is_photo and self.frames > 1 else 0


def card(row: Row[*tuple[Any, ...]], *, pin_id: str | None = None) -> Card:
    """Make a card from a row that begins with the columns of `CARD`."""
    return Card(tuple(row[: len(CARD)]), pin_id)


def cover(picture: dict[str, Any]) -> Cover:
    """Build the addresses of a cover once; a template that builds them costs more than the query."""
    base = f"/media/{picture['name']}/"
    sizes = picture["sizes"] or [["w474", picture["width"], picture["height"]]]
    fitting = [size for size in sizes if size[1] <= WIDEST] or sizes[:1]
    middle = next((size for size in fitting if size[1] >= 400), fitting[-1])
    ratio = picture["width"] / max(1, picture["height"])
    shape = " tall" if ratio < 0.5 else " wide" if ratio > 2.4 else ""
    is_photo = bool(picture.get("is_photo"))
    return Cover(
        src=f"{base}{middle[0]}",
        small=f"{base}{sizes[0][0]}",
        srcset=", ".join(f"{base}{variant} {width}w" for variant, width, _height in fitting),
        width=picture["width"],
        height=picture["height"],
        alt=picture.get("alt") or "",
        css=f"k{picture.get('tone', 0)}{' photo' if is_photo else ''}{shape}",
        is_photo=is_photo,
    )


@dataclass(frozen=True, slots=True)
class Eyes:
    """What a card shows differently from reader to reader, and nothing else about them."""

    may_pin: bool
    covers: bool = True
    """Whether pictures that may disturb are covered for this reader."""
    shown: frozenset[str] = frozenset()
    """Cases whose cover was lifted since signing in."""


def cards_html(cards: list[Card], first: int, eyes: Eyes) -> Markup:
    """Give the pieces of a page of cards without menus; what all of them need is asked for once."""
    spoken, moment = language(), now()
    pieces = [_piece(card, place, eyes, (spoken, moment)).replace(_MENU, "") for place, card in enumerate(cards, first)]
    return Markup("\n".join(pieces))  # noqa: S704 - the template escaped every value in them


def card_html(card: Card, place: int, menu: str, eyes: Eyes) -> Markup:
    """Give the piece of page of one card; the menu and the token of this reader are put in last, and never kept."""
    piece = _piece(card, place, eyes, (language(), now()))
    return Markup(piece.replace(_MENU, menu))  # noqa: S704 - the template escaped every value in it


def _piece(card: Card, place: int, eyes: Eyes, here: tuple[str, datetime]) -> str:
    spoken, moment = here
    is_covered = card.is_sensitive and eyes.covers and card.id not in eyes.shown
    rank = 0 if place == 0 else 1 if place < EAGER else 2
    key = (card.row, _age(card.at, moment), rank, eyes.may_pin, is_covered, spoken)
    piece = _kept.get(key)
    if piece is None:
        template = current_app.jinja_env.get_template("partials/cases/card.html")
        piece = template.render(
            card=card, rank=rank, may_pin=eyes.may_pin, is_covered=is_covered, menu=_MENU, token=_TOKEN
        )
        _keep(key, piece)
    return piece.replace(_TOKEN, csrf_token()) if is_covered else piece


def _keep(key: Hashable, piece: str) -> None:
    """Forget the older half when there are many; to lose one costs a rendering and nothing else."""
    if len(_kept) >= _MOST_KEPT:
        for old in list(_kept)[: _MOST_KEPT // 2]:
            _kept.pop(old, None)
    _kept[key] = piece


def _age(at: datetime | None, moment: datetime) -> int:
    """Give a number that changes no later than the words for “how long ago” do."""
    seconds = (moment - at).total_seconds() if at else 0
    if seconds < 45:
        return -1
    if seconds < 3600:
        return round(seconds / 60)
    if seconds < 86_400:
        return 100 + round(seconds / 3600)
    return 200 + round(seconds / 86_400) if seconds < 86_400 * 60 else 300


def _images(count: int) -> str:
    return ngettext("{count}\u00a0image", "{count}\u00a0images", count).format(count=count)


def _comments(count: int) -> str:
    return ngettext("{count}\u00a0comment", "{count}\u00a0comments", count).format(count=count)
