"""Hides a case because a reader says that something in it identifies its subject, until a reviewer decides."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pinboard import clock, ids, policy
from pinboard.intake import withdraw
from pinboard.intake.errors import IntakeError
from pinboard.intake.flagged import close, open_flag
from pinboard.intake.notes import note, record, tell
from pinboard.models import (
    AccountState,
    Case,
    CaseChange,
    CaseRole,
    CaseState,
    Flag,
    FlagKind,
    FlagState,
    InvalidTransition,
    Role,
    Share,
    User,
)

MENDED = ("edited", "image-removed", "image-hidden", "image-redacted")
"""Lines of the history that mean that what was reported may be gone."""


def raise_flag(session: Session, case: Case, kind: FlagKind, *, by: User | None, share: Share | None = None) -> Flag:
    """Take a case from everyone but its author, delegates and reviewers; a second report finds the first."""
    case = session.get_one(Case, case.id, with_for_update=True, populate_existing=True)
    standing = open_flag(session, case)
    if standing is not None:
        return standing
    if case.state not in {CaseState.PUBLISHED, CaseState.WITHDRAWN}:
        raise InvalidTransition(f"a case that is {case.state} shows itself to nobody who could report it")
    flag = Flag(
        public_id=ids.public_id(),
        case_id=case.id,
        kind=kind,
        was=case.state,
        by_id=by.id if by else None,
        share_id=share.id if share else None,
        at=clock.now(),
    )
    case.go(CaseState.HIDDEN)
    case.updated_at = flag.at
    session.add(flag)
    session.flush()
    link = {"share": share.public_id} if share else {}
    record(session, by, "flag", case, kind=kind.value, **link)
    for keeper in _keepers(session, case):
        tell(session, case, "flagged", f"flagged:{flag.public_id}", to=keeper)
    for reviewer in reviewers(session):
        tell(session, case, "flag-waits", f"flag-waits:{flag.public_id}", to=reviewer)
    policy.rebuild(session, [case.id])
    return flag


def show_again(session: Session, flag: Flag, by: User) -> FlagState:
    """Give a case back to its readers, as it was or as it was mended meanwhile; say which of the two."""
    case = session.get_one(Case, flag.case_id, with_for_update=True, populate_existing=True)
    _check(session, flag, case)
    if case.author_id == by.id and any(other != by.id for other in reviewers(session)):
        raise IntakeError("own-case")
    fields = _mended(session, flag)
    state = FlagState.RESTORED if fields is None else FlagState.REDACTED
    _forget_words(session, case, fields or set())
    case.go(CaseState(flag.was))
    close(flag, state, by)
    note(session, case, by, "flag-restored" if state == FlagState.RESTORED else "flag-redacted")
    record(session, by, "flag-restored" if state == FlagState.RESTORED else "flag-redacted", case)
    _tell_outcome(session, flag, case, f"flag-{state}")
    policy.rebuild(session, [case.id])
    return state


def erase(session: Session, flag: Flag, by: User) -> None:
    """Erase a reported case for good: its words and pictures, everywhere; receipts and audit stay."""
    case = session.get_one(Case, flag.case_id, with_for_update=True, populate_existing=True)
    _check(session, flag, case)
    withdraw.erase(session, case, by)
    record(session, by, "flag-erased", case)
    _tell_outcome(session, flag, case, "flag-erased")


def reviewers(session: Session) -> list[int]:
    """Give the members who decide about reports."""
    able = (User.role == Role.CLINICIAN, User.state == AccountState.ACTIVE, User.verified_at.is_not(None))
    current = or_(User.recheck_at.is_(None), User.recheck_at > clock.now())
    named = or_(User.is_reviewer.is_(True), User.is_admin.is_(True))
    return list(session.scalars(select(User.id).where(*able, current, named).order_by(User.id)))


def _check(session: Session, flag: Flag, case: Case) -> None:
    session.refresh(flag)
    if flag.state != FlagState.OPEN or case.state != CaseState.HIDDEN:
        raise InvalidTransition("somebody decided about this report meanwhile")


def _mended(session: Session, flag: Flag) -> set[str] | None:
    """Give the fields that were corrected since the report, None where nothing was changed at all."""
    since = (CaseChange.case_id == flag.case_id, CaseChange.at >= flag.at, CaseChange.verb.in_(MENDED))
    changes = session.execute(select(CaseChange.verb, CaseChange.field).where(*since)).all()
    return {field for _verb, field in changes if field} if changes else None


def _forget_words(session: Session, case: Case, fields: set[str]) -> None:
    """Take the words that a report was about out of the history too; only what stands now stays."""
    edits = (
        select(CaseChange)
        .where(CaseChange.case_id == case.id, CaseChange.field.in_(fields))
        .order_by(CaseChange.id.desc())
    )
    newest: set[str | None] = set()
    for change in session.scalars(edits):
        change.before = None
        if change.field in newest:
            change.after = None
        newest.add(change.field)


def _keepers(session: Session, case: Case) -> set[int]:
    return {case.author_id, *session.scalars(select(CaseRole.user_id).where(CaseRole.case_id == case.id))}


def _tell_outcome(session: Session, flag: Flag, case: Case, kind: str) -> None:
    """Tell the author what was decided, and a member who reported it that somebody looked."""
    tell(session, case, kind, f"{kind}:{flag.public_id}")
    if flag.by_id is not None and flag.by_id != case.author_id:
        tell(session, case, "flag-closed", f"flag-closed:{flag.public_id}", to=flag.by_id)
