"""What shows that a case may be where it is: words checked, attested, flagged, proved."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base, PublicId, Word


class IdentifierHash(Base):
    """Keyed hash of a word that identified someone in a draft's files; what its author types is compared with it.

    Key and hash on one disk are a dictionary, so these rows die when the draft is published or thrown away.
    """

    __tablename__ = "identifier_hash"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("case_id", "digest"),)


class WordApproval(Base):
    """Somebody said of a phrase that looked like an identifier that it is none; only its keyed hash is kept."""

    __tablename__ = "word_approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(24))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("case_id", "digest"),)


class AttestState(enum.StrEnum):
    """What became of the wish that a second clinician looks."""

    WAITING = "waiting"
    ATTESTED = "attested"
    RETURNED = "returned"
    VOID = "void"
    """The images changed since."""


class Attestation(Base):
    """A second clinician looked at exactly these images and says that they may leave the clinic."""

    __tablename__ = "attestation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    state: Mapped[AttestState] = mapped_column(Word(AttestState), default=AttestState.WAITING)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    asked_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(400), default="")
    images_sha256: Mapped[str] = mapped_column(String(64))
    """Hash over the images that were looked at; another picture needs another look."""

    __table_args__ = (Index(None, "case_id", "state"), Index(None, "state", "asked_at"))


class FlagKind(enum.StrEnum):
    """What a reader says identifies somebody."""

    NAME = "name"
    DATE = "date"
    NUMBER = "number"
    FACE = "face"
    OTHER = "other"


class FlagState(enum.StrEnum):
    """What a reviewer did about it."""

    OPEN = "open"
    RESTORED = "restored"
    REDACTED = "redacted"
    ERASED = "erased"


class Flag(Base):
    """A reader's report that something in a case identifies its subject; the case is hidden until a reviewer acts."""

    __tablename__ = "flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    state: Mapped[FlagState] = mapped_column(Word(FlagState), default=FlagState.OPEN)
    kind: Mapped[FlagKind] = mapped_column(Word(FlagKind))
    was: Mapped[str] = mapped_column(String(24))
    """The state of the case before, to which it goes back."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    share_id: Mapped[int | None] = mapped_column(ForeignKey("share.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    resolved_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (Index(None, "case_id", "state"), Index(None, "state", "at"))


class Proof(Base):
    """One run over everything that is stored: what was checked, what violates the profile, the signed line."""

    __tablename__ = "proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    checked: Mapped[int] = mapped_column(default=0)
    violations: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """[{"code", "thing", "sentence"}]; never a value."""
    line: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(String(40))
