"""Accounts of the clinic, their sessions on the server, and the single-use links that make or mend them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base, PublicId, Word


class Role(enum.StrEnum):
    """What an account is; the administrator is a flag on any of them."""

    CLINICIAN = "clinician"
    TRAINEE = "trainee"
    DESK = "desk"
    PATIENT = "patient"


class AccountState(enum.StrEnum):
    """Whether an account may be used; only an active one has principals."""

    ACTIVE = "active"
    DISABLED = "disabled"


class User(Base):
    """One account. `verified_at` is what makes a clinician or trainee count as one."""

    __tablename__ = "user_"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    """Stored case-folded, as it is compared."""
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(Word(Role))
    is_admin: Mapped[bool] = mapped_column(Boolean, default=False)
    is_reviewer: Mapped[bool] = mapped_column(Boolean, default=False)
    """Decides what becomes of a case that a reader flagged; a clinician who administers always may."""
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    """The author of the demo board: shown, never signed in."""
    state: Mapped[AccountState] = mapped_column(Word(AccountState), default=AccountState.ACTIVE)
    specialty: Mapped[str | None] = mapped_column(String(40))
    """A code of CID 7030."""
    about: Mapped[str | None] = mapped_column(String(400))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    verification: Mapped[str | None] = mapped_column(String(200))
    """What the verifier saw: a licence, a badge, a colleague's word."""
    recheck_at: Mapped[datetime | None]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    """The person in the images whom this account belongs to; comes from the invitation alone."""
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    feed_seen_seq: Mapped[int | None]
    """The newest case of the feed at the last visit, from which “new since then” is counted."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]


class Account(NamedTuple):
    """What every request reads of an account, as plain values: to load an object costs more than to ask for them."""

    id: int
    name: str
    login: str
    role: Role
    state: AccountState
    is_admin: bool
    is_reviewer: bool
    verified_at: datetime | None
    recheck_at: datetime | None
    subject_id: int | None
    preferences: dict[str, Any]
    feed_seen_seq: int | None


class Session(Base):
    """One signed-in browser; the cookie holds a random token whose hash stands here."""

    __tablename__ = "session_"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """The absolute end; the idle end is computed from `seen_at` and the clinic's setting."""
    locked_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(60))
    """Family of browser and system, never the whole header."""
    address: Mapped[str] = mapped_column(String(45))
    """Network part of the address only (/24 or /48)."""


class LinkPurpose(enum.StrEnum):
    """What a single-use link may do; a link of one purpose opens nothing else."""

    SETUP = "setup"
    INVITATION = "invitation"
    RESET = "reset"


class SingleUseLink(Base):
    """A link that works once: the first administrator, an invitation, a new password. Only its hash is stored."""

    __tablename__ = "single_use_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Word(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role | None] = mapped_column(Word(Role))
    grants_admin: Mapped[bool] = mapped_column(Boolean, default=False)
    name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    verification: Mapped[str | None] = mapped_column(String(200))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"))
    """Whom a reset is for; who came of an invitation."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Throttle(Base):
    """Failed tries per account, address or link; rows survive a restart, which a counter in memory does not."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[datetime]
    updated_at: Mapped[datetime]


class Group(Base):
    """A named set of members."""

    __tablename__ = "group_"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    created_at: Mapped[datetime]


class GroupMember(Base):
    """Membership of a group: live, so leaving it rewrites no audience."""

    __tablename__ = "group_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("group_.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"), primary_key=True, index=True)
    added_at: Mapped[datetime]


class Connection(Base):
    """Two members who agreed to share with each other; asked by one, accepted by the other."""

    __tablename__ = "connection"

    asker_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"), primary_key=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"), primary_key=True, index=True)
    asked_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "asked_id", "accepted_at"),)
