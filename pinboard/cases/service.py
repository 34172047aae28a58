"""Changes a published case: how its question ended."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.clock import now
from pinboard.models import Case, CaseChange, CaseState, InvalidTransition, Resolution


def solve(session: Session, case: Case, *, resolution: Resolution, outcome: str, by: int) -> None:
    """Say how a question ended; what stood there before stays in the history."""
    if case.state not in {CaseState.PUBLISHED, CaseState.HIDDEN}:
        raise InvalidTransition("only a published case can be solved")
    for field, before, after in (
        ("resolution", case.resolution.value, resolution.value),
        ("outcome", case.outcome, outcome),
    ):
        if before != after:
            change = CaseChange(case_id=case.id, by_id=by, at=now(), verb="edited", field=field)
            change.before, change.after = before, after
            session.add(change)
    case.resolution, case.outcome, case.updated_at = resolution, outcome, now()
    audit.record(session, actor=by, verb="solve", case=case, detail={"resolution": resolution.value})
    session.flush()
