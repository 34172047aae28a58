"""The public sample: offered by the author, picked by an administrator; either of them ends it alone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.models import (
    AccountState,
    Case,
    ClinicSetting,
    Grant,
    Source,
    User,
)
from pinboard.models.clinic_settings import DEFAULTS
from pinboard.policy.derive import rebuild
from pinboard.policy.gate import NotFound
from pinboard.policy.readers import NOBODY, PUBLIC, SHUT_OUT, Reader
from pinboard.policy.reasons import revoke

OPEN = "discover"
"""The clinic's decision that there is a page for visitors at all."""


def outsider(session: Session) -> Reader:
    """Give the reader that every visitor is: of the public sample, or of nothing while the clinic shows none.

    It is read from its row, because what readers depend on must not come from memory.
    """
    value = session.scalar(select(ClinicSetting.value).where(ClinicSetting.name == OPEN))
    return NOBODY if (DEFAULTS[OPEN] if value is None else value) else SHUT_OUT


def offer_public(session: Session, case: Case, *, is_offered: bool) -> None:
    """Note in the author's choice whether a case is offered; taking it back ends at once that outsiders see it."""
    case.audience_choice = {**case.audience_choice, "public": is_offered}
    session.flush()
    if not is_offered:
        unpick_public(session, case)


def pick_public(session: Session, case: Case, by: User) -> None:
    """Put a case that its author offered into the public sample; both are needed, and this half is an admin's."""
    if not (by.is_admin and by.state is AccountState.ACTIVE and case.audience_choice.get("public")):
        raise NotFound
    session.add(Grant(case_id=case.id, principal=PUBLIC, source=Source.PUBLIC, by_id=by.id, at=clock.now()))
    rebuild(session, [case.id])


def unpick_public(session: Session, case: Case) -> None:
    """Take a case out of the public sample."""
    revoke(session, case, source=Source.PUBLIC)
