"""Every key that does something, by where it does: the list that people read and that tests hold the scripts to.

A stroke is written as in `aria-keyshortcuts`: modifiers with a plus before the key. Two keys one after the other have
a space between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import current_app
from werkzeug.exceptions import HTTPException

from pinboard.policy import Reader
from pinboard.web.commands import may_open
from pinboard.web.text import _

CASE = ("cases.show", "cases.series")
WALLS = ("boards.show", "boards.feed")
VIEWERS = ("patients.show", *CASE)


@dataclass(frozen=True, slots=True)
class Key:
    """What some strokes do, each for itself or as the two ways of one thing; `opens` is what nobody may do without."""

    strokes: tuple[str, ...]
    does: str
    opens: str = ""

    @property
    def shown(self) -> list[list[str]]:
        """Give each stroke as the caps that are pressed."""
        return [[str(CAPS.get(cap, cap)) for cap in caps(stroke)] for stroke in self.strokes]


@dataclass(frozen=True, slots=True)
class Place:
    """Pages on which the same keys do the same, for whoever may open the first; without `endpoints` every page."""

    name: str
    title: str
    keys: tuple[Key, ...]
    endpoints: tuple[str, ...] = ()


CAPS = {
    "Control": _("Ctrl"), "Shift": _("Shift"), "Enter": _("Enter"), "Escape": _("Esc"), "Space": _("Space"),
    "Delete": _("Del"), "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓", "-": "−",
}  # fmt: skip
ARROWS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown")

PLACES = (
    Place("everywhere", _("Everywhere"), (
        Key(("/",), _("search"), "search.index"),
        Key(("Control+K",), _("find a command, a board or a case by its name; on a Mac with Cmd"), "help.commands"),
        Key(("?",), _("this list"), "help.shortcuts"),
        Key(("g h",), _("go home")),
        Key(("g b",), _("go to the boards"), "boards.index"),
        Key(("g i",), _("go to the inbox"), "inbox.index"),
        Key(("n",), _("new case"), "drafts.new"),
        Key(("Control+Enter",), _("send what you wrote")),
        Key(("Escape",), _("close")),
    )),
    Place("wall", _("On a wall of cases"), (
        Key(ARROWS, _("from card to card")),
        Key(("j", "k"), _("next and previous card")),
        Key(("[", "]"), _("previous and next picture of the card in focus")),
        Key(("s",), _("pin the card in focus to a board")),
    ), WALLS),
    Place("board", _("On a board"), (
        Key(("f",), _("follow it, or no longer")),
        Key(("x",), _("choose cases, to move or copy them")),
    ), ("boards.show",)),
    Place("search", _("In a search"), (
        Key(("j", "k"), _("next and previous answer")),
    ), ("search.index",)),
    Place("case", _("On a case"), (
        Key(("j", "k"), _("next and previous case of the wall or search it was opened from")),
        Key(("u",), _("back to that wall or search")),
        Key(("s",), _("pin the case to a board")),
        Key(("c",), _("write a comment")),
        Key(("e",), _("edit the case")),
    ), CASE),
    Place("viewer", _("On a picture"), (
        Key(("[", "]"), _("previous and next frame")),
        Key(("Space",), _("play or stop")),
        Key(("w",), _("next window")),
        Key(("i",), _("invert")),
        Key(("+", "-", "0"), _("larger, smaller, fit")),
        Key(ARROWS, _("what dragging does, while the picture has the focus")),
    ), VIEWERS),
    Place("marks", _("With marks on a picture"), (
        Key(("m",), _("show or hide them")),
        Key(("Delete",), _("remove your own mark in focus")),
    ), CASE),
    Place("arrange", _("While a board is arranged"), (
        Key(("x",), _("choose the case in focus, or no longer")),
        Key(("Shift+x",), _("choose all up to here")),
        Key(("u",), _("back to the board")),
    ), ("boards.arrange",)),
    Place("review", _("While an image is reviewed"), (
        Key(("a",), _("add an area")),
        Key(("d", "Delete"), _("delete the chosen area")),
        Key(ARROWS, _("move the chosen area; with Shift make it larger or smaller")),
        Key(("z", "Control+Z"), _("undo")),
        Key(("b",), _("blur instead of painting")),
        Key(("f",), _("this frame only")),
        Key(("y",), _("accept all suggestions")),
        Key(("w",), _("the same areas on all images of the series")),
        Key(("p",), _("show it as painted")),
        Key(("i",), _("invert")),
        Key(("+", "-", "0"), _("larger, smaller, fit")),
        Key(("[", "]"), _("previous and next frame")),
        Key(("Enter",), _("confirm the image")),
        Key(("j",), _("the next image to look at")),
    ), ("drafts.review", "drafts.redact")),
    Place("slices", _("While a slice is enlarged"), (
        Key(("ArrowLeft", "ArrowRight"), _("previous and next slice")),
        Key(("+", "-"), _("larger, smaller")),
    ), ("drafts.slices",)),
)  # fmt: skip


def caps(stroke: str) -> list[str]:
    """Take a stroke apart into what is pressed; the plus alone is a key."""
    return [cap for press in stroke.split(" ") for cap in (press.split("+") if len(press) > 1 else [press])]


def keys_for(reader: Reader, path: str = "") -> list[Place]:
    """Give the keys of what a reader may open, those of the page at `path` first."""
    allowed = [_allowed(place, reader) for place in PLACES]
    here = _endpoint(path)
    return sorted((place for place in allowed if place.keys), key=lambda place: here not in place.endpoints)


def _allowed(place: Place, reader: Reader) -> Place:
    if place.endpoints and not may_open(place.endpoints[0], reader):
        return replace(place, keys=())
    return replace(place, keys=tuple(key for key in place.keys if not key.opens or may_open(key.opens, reader)))


def _endpoint(path: str) -> str:
    """Name the view that answers at a path; a path that nobody answers at is no place."""
    try:
        return str(current_app.url_map.bind("").match(path)[0])
    except HTTPException:
        return ""
