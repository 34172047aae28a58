"""Changes what the second look rests on: the images of a case, and the clinic's decision to ask for it at all."""

from __future__ import annotations

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.models import Case, Grant, Share, ShareKind, User
from pinboard.models.clinic_settings import decide
from pinboard.policy.derive import rebuild
from pinboard.policy.guard import GATE
from pinboard.policy.leaving import LEAVING, hold_gate

REASON = "release_gate_reason"


def void_attestations(session: Session, case: Case) -> None:
    """Take note that the images of a case changed: what was attested ends, and readers outside with it."""
    rebuild(session, [case.id])


def set_release_gate(session: Session, *, is_on: bool, reason: str, by: User) -> bool:
    """Decide whether cases need a second look before they leave; without it, only for a reason that is kept.

    Says whether that changed anything. Every case that readers outside were given is derived anew.
    """
    kept = "" if is_on else reason.strip()
    if not is_on and not kept:
        raise ValueError("a clinic that goes without the second look says why")
    hold_gate(session, for_change=True)
    changed = [decide(session, GATE, is_on, by_id=by.id), decide(session, REASON, kept, by_id=by.id)]
    if not any(changed):
        return False
    rebuild(session, session.scalars(_reached()).all())
    audit.record(session, actor=by, verb="release-gate-changed", detail={"is_on": is_on, "reason": kept})
    return True


def _reached() -> CompoundSelect[int]:
    links = select(Share.case_id).where(
        Share.kind == ShareKind.COLLEAGUE, Share.revoked_at.is_(None), Share.case_id.is_not(None)
    )
    return union(links, select(Grant.case_id).where(Grant.source.in_(LEAVING)))
