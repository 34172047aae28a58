"""The acts of getting in: signing in, accepting an invitation, naming the clinic, choosing a new password."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.clock import now
from pinboard.identity import links, members, passwords, throttle
from pinboard.identity.members import NewMember
from pinboard.ids import public_id
from pinboard.intake.outbox import enqueue
from pinboard.models import AccountState, Board, BoardKind, LinkPurpose, Role, SingleUseLink, Subject, User
from pinboard.models.clinic_settings import decide


@dataclass(frozen=True, slots=True)
class Try:
    """How one try to sign in ended: with an account, or with seconds to wait."""

    user: User | None = None
    wait: int = 0


def check_password(session: Session, typed: str, password: str, *, address: str | None) -> Try:
    """Check a name and a password; commits, because a try must count whatever happens next.

    The failure is counted before the hash is computed and taken back on success, so that many tries at once get no
    more than one after the other. Nothing is locked while the hash is computed.
    """
    user = members.by_login(session, typed)
    who = f"user:{user.id}" if user else members.fold(typed)
    names = throttle.keys("login", who=who, address=address)
    seconds = throttle.wait(session, names)
    if seconds:
        return Try(wait=seconds)
    seconds = throttle.failed(session, names)
    known = user.password_hash if user and user.state == AccountState.ACTIVE and not user.is_demo else None
    session.commit()
    is_right = passwords.is_right(known, password)
    if user is None or not is_right:
        # Whose account it was is known; who tried is not.
        audit.record(session, actor=None, verb="sign-in-failed", thing=f"user:{user.public_id}" if user else None)
        session.commit()
        return Try(wait=seconds)
    throttle.succeeded(session, names)
    if passwords.needs_new_hash(user.password_hash or ""):
        user.password_hash = passwords.make_hash(password)
    return Try(user=user)


def set_up(session: Session, link: SingleUseLink, new: NewMember, *, clinic_name: str, wants_demo: bool) -> User | None:
    """Make the first administrator and name the clinic, unless somebody was faster."""
    if not members.is_empty(session) or not links.redeem(session, link):
        return None
    links.revoke(session, LinkPurpose.SETUP)
    user = members.add(session, new)
    decide(session, "clinic_name", clinic_name, by_id=user.id)
    audit.record(session, actor=user, verb="clinic-set-up")
    if wants_demo:
        decide(session, "demo_requested", True, by_id=user.id)
        enqueue(session, "load-demo", 0)
    return user


def join(session: Session, link: SingleUseLink, new: NewMember) -> User | None:
    """Make the account of an invitation, unless the link was used a moment ago."""
    if not links.redeem(session, link):
        return None
    user = members.add(session, new)
    link.user_id = user.id
    if user.role == Role.PATIENT and user.subject_id:
        session.add(_patient_board(session, user))
    session.flush()
    return user


def reset(session: Session, link: SingleUseLink, password: str) -> User | None:
    """Set the new password of a reset link, unless it was used a moment ago."""
    user = session.get(User, link.user_id)
    if user is None or user.state != AccountState.ACTIVE or not links.redeem(session, link):
        return None
    members.set_password(session, user, password, by=user)
    return user


def _patient_board(session: Session, user: User) -> Board:
    """Make the one board on which a patient finds what was released to him."""
    subject = session.get_one(Subject, user.subject_id)
    return Board(
        public_id=public_id(),
        slug=public_id(),
        kind=BoardKind.PATIENT,
        title=subject.chart_code,
        owner_id=user.id,
        subject_id=subject.id,
        created_at=now(),
    )
