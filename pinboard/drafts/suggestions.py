"""Says of each suggested area what it is, why, and whether somebody still has to decide about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.custody import Box
from pinboard.deid.rectangles import Rectangle, covered
from pinboard.intake.review import boxes_of
from pinboard.models import Instance, ScanState, Suggestion, SuggestionKind
from pinboard.web.text import _, ngettext

ENOUGH = 0.8
"""Share of a suggestion that must lie under drawn areas, so that nobody need accept it any more."""
DOUBTFUL = 0.5
"""What was thrown away more often than kept is shown, and not accepted with the rest."""

WHY = {
    SuggestionKind.TEXT: _("text"),
    SuggestionKind.FACE: _("face"),
    SuggestionKind.OUTSIDE: _("outside the image"),
    SuggestionKind.MEMORY: _("painted before on this device"),
    SuggestionKind.STROKES: _("maybe letters"),
}


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggested area as the review page shows it."""

    id: int
    kind: str
    why: str
    words: str
    percent: int
    is_weak: bool
    state: str
    """`open`, `accepted` where the very same area is drawn, `covered` where others lie over it."""
    box: Box

    def as_json(self) -> dict[str, object]:
        """Give what the script of the page draws."""
        box = self.box
        corners = {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1, "frame": box.frame}
        return {"id": self.id, "why": str(self.why), "words": self.words, "weak": self.is_weak, **corners}


def suggested(rows: Iterable[Suggestion], drawn: Sequence[Box], frames: int) -> list[Suggested]:
    """Give the suggestions of one image beside what is drawn on it: the sure ones first, then from top to bottom."""
    found = [_suggested(row, drawn, frames) for row in rows]
    return sorted(found, key=lambda one: (one.is_weak, one.box.frame or 0, one.box.y0, one.box.x0, one.id))


def of_instance(session: Session, instance: Instance) -> list[Suggested]:
    """Give the suggestions of one image."""
    rows = session.scalars(select(Suggestion).where(Suggestion.instance_id == instance.id).order_by(Suggestion.id))
    return suggested(rows, boxes_of(session, instance), instance.frame_count)


def accepted(drawn: Sequence[Box], offered: Sequence[Suggested], wish: str) -> list[Box]:
    """Draw one suggestion by its number, or with `all` whatever is sure and open; drawn ones are not drawn twice."""
    if wish == "all":
        return [*drawn, *(one.box for one in offered if is_open(one))]
    return [*drawn, *(one.box for one in offered if str(one.id) == wish and one.state == "open")]


def taken_back(drawn: Sequence[Box], offered: Sequence[Suggested], wish: str) -> list[Box]:
    """Take the area away that was made of a suggestion."""
    gone = [one.box for one in offered if str(one.id) == wish]
    return [box for box in drawn if not any(_is_same(box, other) for other in gone)]


def is_open(one: Suggested) -> bool:
    """Tell whether somebody has to decide before the image can be confirmed without a word about it."""
    return one.state == "open" and not one.is_weak


def doubt(scan: ScanState | None, offered: Iterable[Suggested]) -> str:
    """Say in a word what is undecided: nothing, the search itself, or so many suggestions."""
    return "waiting" if scan is ScanState.WAITING else str(sum(map(is_open, offered)))


def is_answered(now: str, told: str | None) -> bool:
    """Tell whether who confirms knew of what is undecided now."""
    return now in {"0", "waiting"} or told == now


def mark(instance: Instance, drawn: Sequence[Box], offered: Iterable[Suggested]) -> str:
    """Give a mark that changes whenever what is said of an image does."""
    held = [instance.scan, [box.as_list() for box in drawn], [(one.id, one.state) for one in offered]]
    return hashlib.blake2b(json.dumps(held).encode(), digest_size=9).hexdigest()


def scan_words(scan: ScanState | None, offered: Sequence[Suggested], *, is_drawn: bool = False) -> str:
    """Say what the software knows, and no more than that."""
    if is_drawn:
        return _("Drawn here from its numbers: its only words are the names of the leads. Look at it yourself.")
    look = _("Look at the image yourself, and paint over names, numbers, dates and faces.")
    if scan is None:
        return _("No text was looked for.") + " " + look
    if scan is ScanState.FAILED:
        return _("The search for text and faces failed.") + " " + look
    if scan is ScanState.WAITING:
        return _("Text and faces are looked for. You need not wait to begin.")
    return _found(scan, offered)


def _found(scan: ScanState, offered: Sequence[Suggested]) -> str:
    sure = [one for one in offered if not one.is_weak]
    waiting = sum(map(is_open, sure))
    if scan is ScanState.PARTLY and not sure:
        return _("Suggestions of text and faces are not installed here. Look at the image yourself.")
    if not sure:
        return _("No text detected. Look once more.")
    if waiting == 0:
        return _("Every suggestion lies under an area. Look once more.")
    return ngettext("1 area is suggested.", "{count} areas are suggested.", waiting).format(count=waiting)


def _suggested(row: Suggestion, drawn: Sequence[Box], frames: int) -> Suggested:
    box = Box(row.x0, row.y0, row.x1, row.y1, row.frame)
    why = WHY[row.kind]
    is_doubtful = row.kind is SuggestionKind.MEMORY and row.confidence < DOUBTFUL
    return Suggested(
        id=row.id,
        kind=row.kind.value,
        why=why,
        words=_words(box, why, frames),
        percent=round(100 * row.confidence),
        is_weak=row.kind is SuggestionKind.STROKES or is_doubtful,
        state=_state(box, drawn, frames),
        box=box,
    )


def _words(box: Box, why: str, frames: int) -> str:
    text = _("{why}, {width} × {height} at {x}, {y}")
    if frames > 1:
        text = _("{why}, {width} × {height} at {x}, {y}, on every frame")
    if frames > 1 and box.frame is not None:
        text = _("{why}, {width} × {height} at {x}, {y}, on frame {frame} only")
    size = {"width": box.x1 - box.x0, "height": box.y1 - box.y0, "x": box.x0, "y": box.y0}
    return text.format(why=why, frame=(box.frame or 0) + 1, **size)


def _state(box: Box, drawn: Sequence[Box], frames: int) -> str:
    if any(_is_same(box, other) for other in drawn):
        return "accepted"
    here = [other for other in drawn if other.frame is None or frames == 1 or other.frame == box.frame]
    share = covered(_corners(box), map(_corners, here))
    return "open" if share < ENOUGH else "covered"


def _corners(box: Box) -> Rectangle:
    return box.x0, box.y0, box.x1, box.y1


def _is_same(one: Box, other: Box) -> bool:
    return one.as_list()[:5] == other.as_list()[:5]
