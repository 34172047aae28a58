"""Revocable, expiring grants by link or slip, and who opened what."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.base import Base, PublicId, Word
from pinboard.models.case import Case


class ShareKind(enum.StrEnum):
    """For whom a share is, which decides what it shows."""

    SUBJECT = "subject"
    COLLEAGUE = "colleague"


class Share(Base):
    """A link. Only hashes of its secrets are stored; the secrets are shown once."""

    __tablename__ = "share"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    kind: Mapped[ShareKind] = mapped_column(Word(ShareKind))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id", ondelete="CASCADE"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("share.id", ondelete="CASCADE"), index=True)
    """A child never outlives or out-permits its parent."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(200))
    """Of the second factor: a PIN that is handed over another way."""
    label: Mapped[str] = mapped_column(String(80))
    allows_download: Mapped[bool] = mapped_column(Boolean, default=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    """Last opened."""
    open_count: Mapped[int] = mapped_column(default=0)

    case: Mapped[Case | None] = relationship(lazy="raise_on_sql")


class ShareUnlock(Base):
    """A browser that gave a share's PIN; its cookie holds a token whose hash stands here."""

    __tablename__ = "share_unlock"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Opening(Base):
    """One opening of a case by somebody; written in batches, chained per batch."""

    __tablename__ = "opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    share_id: Mapped[int | None] = mapped_column(ForeignKey("share.id", ondelete="SET NULL"))
    register: Mapped[str] = mapped_column(String(8))
    what: Mapped[str] = mapped_column(String(16))
    """page, picture, download."""
    device: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "case_id", "at"), Index(None, "share_id", "at"))


class OpeningBatch(Base):
    """The link of the chain over a batch of openings."""

    __tablename__ = "opening_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    at: Mapped[datetime]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
