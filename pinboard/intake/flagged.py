"""Knows whether a reader's report about a case waits for a reviewer, for whatever would show the case again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, Flag, FlagState, User


def open_flag(session: Session, case: Case) -> Flag | None:
    """Give the report that hides a case; there is one at a time."""
    waits = (Flag.case_id == case.id, Flag.state == FlagState.OPEN)
    return session.scalar(select(Flag).where(*waits).order_by(Flag.id).limit(1))


def refuse_flagged(session: Session, case: Case) -> None:
    """Leave a reported case where it is: its author does not overrule a reader, and its subject must not see it."""
    if open_flag(session, case) is not None:
        raise IntakeError("flagged")


def close(flag: Flag, state: FlagState, by: User) -> None:
    """Write down what became of a report and who decided."""
    flag.state, flag.resolved_by_id, flag.resolved_at = state, by.id, clock.now()
