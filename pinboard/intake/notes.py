"""What several steps leave behind in their transaction: a line in an inbox, a change readers see, bytes to delete."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import audit, clock, ids
from pinboard.intake.outbox import enqueue
from pinboard.models import Case, CaseChange, DoomedMedia, InboxItem, User


def record(session: Session, by: User | None, verb: str, case: Case, **detail: Any) -> None:
    """Enter into the audit what somebody did with a case; None where the clinic's machine acted."""
    audit.record(session, actor=by, verb=verb, case=case, detail=detail)


def doom(session: Session, names: Iterable[str]) -> None:
    """Hand objects of the media store to the job that deletes them."""
    now, doomed = clock.now(), set(names)
    for name in doomed:
        if session.get(DoomedMedia, name) is None:
            session.add(DoomedMedia(object_name=name, since=now))
    if doomed:
        session.flush()
        enqueue(session, "delete-media", 0)


def note(session: Session, case: Case, by: User, verb: str, *, reason: str | None = None) -> None:
    """Add what happened to the history that a case's readers see."""
    session.add(
        CaseChange(case_id=case.id, by_id=by.id, at=clock.now(), verb=verb, reason=(reason or "")[:200] or None)
    )
    case.updated_at = clock.now()


def tell(session: Session, case: Case, kind: str, dedupe: str, *, to: int | None = None) -> None:
    """Put one line into an inbox, the author's if nobody is named, however often it is asked for."""
    user_id = case.author_id if to is None else to
    known = select(InboxItem.id).where(InboxItem.user_id == user_id, InboxItem.dedupe == dedupe)
    if session.scalar(known) is None:
        session.add(
            InboxItem(
                public_id=ids.public_id(),
                user_id=user_id,
                kind=kind,
                case_id=case.id,
                dedupe=dedupe,
                at=clock.now(),
            )
        )
