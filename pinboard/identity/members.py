"""Makes, verifies, disables and mends accounts; every act leaves an audit event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.clock import now
from pinboard.config import Config
from pinboard.identity import links, passwords, sessions
from pinboard.ids import public_id
from pinboard.models import AccountState, LinkPurpose, Role, User

RECHECK_AFTER = timedelta(days=365)
PROFESSIONAL = {Role.CLINICIAN, Role.TRAINEE}


SENTENCES = {
    "taken": "This login name or e-mail address is in use already.",
    "not-a-professional": "Only clinicians and trainees are checked.",
    "patient": "A patient’s account cannot administer the clinic.",
    "not-a-clinician": "Only a clinician can decide about reported cases.",
    "last-admin": "This is the last administrator. Make another one first.",
}
"""What must not be done to an account, by its code; translated where it is shown."""


class MemberError(Exception):
    """Something that must not be done to an account; the message is a sentence for whoever tried."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class NewMember:
    """What is known about somebody who gets an account."""

    login: str
    name: str
    role: Role
    password: str | None = None
    email: str | None = None
    is_admin: bool = False
    subject_id: int | None = None
    invited_by_id: int | None = None
    verification: str | None = None


def add(session: Session, new: NewMember, *, by: User | None = None) -> User:
    """Make an account. A clinician or trainee counts as one only when somebody said what they saw."""
    login, email = fold(new.login), fold(new.email) if new.email else None
    if is_taken(session, login, email):
        raise MemberError("taken", SENTENCES["taken"])
    moment, is_checked = now(), new.role in PROFESSIONAL and new.verification is not None
    user = User(
        public_id=public_id(),
        login=login,
        email=email,
        name=" ".join(new.name.split()),
        role=new.role,
        is_admin=new.is_admin,
        password_hash=passwords.make_hash(new.password) if new.password else None,
        password_changed_at=moment if new.password else None,
        verified_at=moment if is_checked else None,
        verified_by_id=new.invited_by_id if is_checked else None,
        verification=new.verification if is_checked else None,
        recheck_at=moment + RECHECK_AFTER if is_checked else None,
        invited_by_id=new.invited_by_id,
        subject_id=new.subject_id,
        created_at=moment,
    )
    session.add(user)
    session.flush()
    _record(session, by or user, "member-added", user, role=str(new.role), is_admin=new.is_admin)
    return user


def fold(text: str) -> str:
    """Write a login name or address the way it is compared."""
    return text.strip().casefold()


def by_login(session: Session, text: str) -> User | None:
    """Find an account by login name or e-mail address."""
    name = fold(text)
    return session.scalar(select(User).where(or_(User.login == name, User.email == name)).limit(1))


def is_taken(session: Session, login: str, email: str | None, *, but: User | None = None) -> bool:
    """Tell whether a login name or address would open, or shadow, another account."""
    names = [name for name in (login, email) if name]
    others = [User.id != but.id] if but else []
    return session.scalar(select(User.id).where(or_(User.login.in_(names), User.email.in_(names)), *others)) is not None


def is_empty(session: Session) -> bool:
    """Tell whether the clinic has no administrator yet, so that the set-up link still opens."""
    return session.scalar(select(User.id).where(User.is_admin.is_(True)).limit(1)) is None


def set_password(session: Session, user: User, password: str, *, by: User | None, keep: Any = None) -> None:
    """Change a password; every other session and every open reset link of the account is dead with it."""
    user.password_hash, user.password_changed_at = passwords.make_hash(password), now()
    sessions.end_all(session, user, but=keep)
    links.revoke(session, LinkPurpose.RESET, user)
    _record(session, by, "password-changed", user)


def disable(session: Session, user: User, *, by: User | None) -> None:
    """Shut an account; its sessions and links are dead at once."""
    _keep_one_admin(session, user)
    user.state = AccountState.DISABLED
    sessions.end_all(session, user)
    links.revoke(session, LinkPurpose.RESET, user)
    _record(session, by, "member-disabled", user)


def enable(session: Session, user: User, *, by: User | None) -> None:
    """Open a disabled account again."""
    user.state = AccountState.ACTIVE
    _record(session, by, "member-enabled", user)


def verify(session: Session, user: User, what: str, *, by: User) -> None:
    """Write down what proves that somebody is a clinician or trainee; it holds for a year."""
    if user.role not in PROFESSIONAL:
        raise MemberError("not-a-professional", SENTENCES["not-a-professional"])
    user.verified_at, user.verified_by_id, user.verification = now(), by.id, what
    user.recheck_at = now() + RECHECK_AFTER
    _record(session, by, "member-verified", user)


def set_admin(session: Session, user: User, is_admin: bool, *, by: User | None) -> None:
    """Give or take the administrator's flag; one administrator always stays."""
    if user.role == Role.PATIENT and is_admin:
        raise MemberError("patient", SENTENCES["patient"])
    if not is_admin:
        _keep_one_admin(session, user)
    user.is_admin = is_admin
    _record(session, by, "admin-given" if is_admin else "admin-taken", user)


def set_reviewer(session: Session, user: User, is_reviewer: bool, *, by: User | None) -> None:
    """Name somebody, or nobody any more, who decides about cases that readers report."""
    if is_reviewer and user.role != Role.CLINICIAN:
        raise MemberError("not-a-clinician", SENTENCES["not-a-clinician"])
    user.is_reviewer = is_reviewer
    _record(session, by, "reviewer-given" if is_reviewer else "reviewer-taken", user)


def log_out(session: Session, user: User, *, by: User | None) -> None:
    """End every session of an account."""
    sessions.end_all(session, user)
    _record(session, by, "member-logged-out", user)


def send_reset(session: Session, user: User, *, by: User | None) -> str:
    """Make a reset link for somebody and give its path."""
    path = links.reset_password(session, user, by_id=by.id if by else None)
    _record(session, by, "reset-link-made", user)
    return path


def ensure_admin(session: Session, config: Config) -> User | None:
    """Make the first administrator from the settings, once; the caller commits."""
    if not (config.admin_email and config.admin_password) or not is_empty(session):
        return None
    wrong = passwords.objection(config.admin_password, [config.admin_email])
    if wrong:
        raise MemberError("password", f"PINBOARD_ADMIN_PASSWORD cannot be taken: {wrong}")
    links.revoke(session, LinkPurpose.SETUP)
    name = config.admin_email.split("@", maxsplit=1)[0].replace(".", " ").title()
    return add(
        session,
        NewMember(
            login=config.admin_email,
            email=config.admin_email,
            name=name,
            role=Role.CLINICIAN,
            password=config.admin_password,
            is_admin=True,
            verification="first administrator, from the settings",
        ),
    )


def _keep_one_admin(session: Session, user: User) -> None:
    if not user.is_admin or user.state != AccountState.ACTIVE:
        return
    others = select(func.count()).where(
        User.is_admin.is_(True),
        User.state == AccountState.ACTIVE,
        User.id != user.id,
    )
    if not session.scalar(others):
        raise MemberError("last-admin", SENTENCES["last-admin"])


def _record(session: Session, by: User | None, verb: str, user: User, **detail: Any) -> None:
    audit.record(session, actor=by, verb=verb, thing=f"user:{user.public_id}", detail=detail)
