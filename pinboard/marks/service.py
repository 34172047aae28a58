"""Draws, moves and takes away marks; each keeps its letter for good, because comments speak of it by that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.marks.queries import is_shown
from pinboard.marks.shapes import Points
from pinboard.models import Case, Instance, Mark, MarkKind
from pinboard.policy import NotFound

MOST = 200
"""Marks of one case; beyond that nobody finds one."""
LAST_LETTER = "ZZZ"
RESTORE_FOR = timedelta(days=1)
"""How long a mark that was taken away can come back; then its points and words are forgotten."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape on a frame of an image."""

    kind: MarkKind
    frame: int
    points: Points
    text: str = ""


def image_of(session: Session, case: Case, media: str | None, frame: int) -> Instance:
    """Give the image on which somebody draws, or answer as if it were not there."""
    query = select(Instance).where(Instance.case_id == case.id, Instance.media_name == media, is_shown())
    found = session.scalar(query.where(Instance.frame_count > frame))
    if found is None:
        raise NotFound
    return found


def mark_of(session: Session, case: Case, public: str, *, by: int | None) -> Mark:
    """Give a mark that this person drew; those of others are not there for a change."""
    found = session.scalar(select(Mark).where(Mark.case_id == case.id, Mark.public_id == public, Mark.by_id == by))
    if found is None:
        raise NotFound
    return found


def is_full(session: Session, case: Case) -> bool:
    """Tell whether a case has as many marks as it may have, or has used up the letters."""
    count = select(func.count()).where(Mark.case_id == case.id, Mark.removed_at.is_(None))
    return (session.scalar(count) or 0) >= MOST or _last_letter(session, case) == LAST_LETTER


def draw(session: Session, case: Case, instance: Instance, drawn: Drawn, *, by: int) -> Mark:
    """Add a mark with the next letter of its case."""
    # Two who draw at the same moment would get the same letter.
    session.get_one(Case, case.id, with_for_update=True)
    mark = Mark(
        public_id=public_id(),
        case_id=case.id,
        instance_id=instance.id,
        frame=drawn.frame,
        kind=drawn.kind,
        points=drawn.points,
        text=drawn.text,
        letter=next_letter(_last_letter(session, case)),
        by_id=by,
        created_at=now(),
    )
    session.add(mark)
    session.flush()
    return mark


def move(session: Session, mark: Mark, points: Points) -> None:
    """Put a mark elsewhere on its frame."""
    mark.points = points
    session.flush()


def remove(session: Session, case: Case, mark: Mark, *, by: int) -> None:
    """Take a mark out of sight at once; nothing else ever gets its letter."""
    if mark.removed_at is None:
        mark.removed_at = now()
        audit.record(session, actor=by, verb="mark-remove", case=case, thing=f"mark:{mark.public_id}")
        session.flush()


def restore(session: Session, mark: Mark) -> bool:
    """Bring back a mark that was just taken away; tell whether it still could be."""
    if mark.removed_at is None or not mark.points or now() - mark.removed_at >= RESTORE_FOR:
        return False
    mark.removed_at = None
    session.flush()
    return True


def next_letter(last: str) -> str:
    """Give what follows: A … Z, AA … AZ, BA … ZZZ."""
    number = 0
    for letter in last:
        number = number * 26 + ord(letter) - 64
    number += 1
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def _last_letter(session: Session, case: Case) -> str:
    longest = (func.length(Mark.letter).desc(), Mark.letter.desc())
    return session.scalar(select(Mark.letter).where(Mark.case_id == case.id).order_by(*longest).limit(1)) or ""
