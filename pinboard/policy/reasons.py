"""Gives and takes reasons to see a case, and tells them: “who can see this, and why”."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.models import EARLIEST, LATEST, Case, Counter, Grant, Source
from pinboard.policy.derive import rebuild


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a reason holds."""

    not_before: datetime = EARLIEST
    not_after: datetime = LATEST


ALWAYS = Window()


def grant(  # noqa: PLR0913 - a reason has this many parts, and all but three have a name at the call
    session: Session,
    case: Case,
    principal: str,
    source: Source,
    *,
    by: int | None,
    source_id: int | None = None,
    window: Window = ALWAYS,
) -> None:
    """Add one reason and derive the audience; the very same reason twice stays one, another window is another."""
    session.flush()
    same = select(Grant.id).where(
        Grant.case_id == case.id,
        Grant.principal == principal,
        Grant.source == source,
        Grant.source_id.is_not_distinct_from(source_id),
        Grant.not_before == window.not_before,
        Grant.not_after == window.not_after,
    )
    if session.scalar(same.limit(1)) is None:
        reason = Grant(
            case_id=case.id, principal=principal, source=source, source_id=source_id, by_id=by, at=clock.now()
        )
        reason.not_before, reason.not_after = window.not_before, window.not_after
        session.add(reason)
    rebuild(session, [case.id])


def revoke(
    session: Session,
    case: Case,
    *,
    principal: str | None = None,
    source: Source | None = None,
    source_id: int | None = None,
) -> int:
    """Take away every reason that fits all that is given, derive the audience, and say how many there were."""
    if principal is None and source is None:
        raise ValueError("name the principal or the source whose reasons go")
    session.flush()
    fitting = [Grant.case_id == case.id]
    fitting += [Grant.principal == principal] if principal is not None else []
    fitting += [Grant.source == source] if source is not None else []
    fitting += [Grant.source_id == source_id] if source_id is not None else []
    gone = session.execute(delete(Grant).where(*fitting).returning(Grant.id)).all()
    rebuild(session, [case.id])
    return len(gone)


def publish_order(session: Session) -> int:
    """Give the next place in the order of publishing; whoever asks holds it until the transaction ends."""
    step = update(Counter).where(Counter.name == "case_seq").values(value=Counter.value + 1).returning(Counter.value)
    given = session.scalar(step, execution_options={"synchronize_session": False})
    if given is None:
        raise LookupError("the counter case_seq is missing; the migrations make it")
    return given
