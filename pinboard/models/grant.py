"""Who may see a case: the reasons (`grant_`), what the consent allows, and the table derived from both (`audience`)."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import EARLIEST, LATEST, Base, Word


class Source(enum.StrEnum):
    """Why somebody may see a case; each source needs a consent level, in one table in `policy`."""

    AUTHOR = "author"
    DELEGATE = "delegate"
    NAMED = "named"
    CONNECTION = "connection"
    GROUP = "group"
    BOARD = "board"
    CLINIC = "clinic"
    TRAINEES = "trainees"
    COLLEAGUE_SHARE = "colleague-share"
    PUBLIC = "public"
    RELEASE = "release"
    SUBJECT_SHARE = "subject-share"


class Grant(Base):
    """One reason for one principal to see one case, within a window of time."""

    __tablename__ = "grant_"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    principal: Mapped[str] = mapped_column(String(32))
    source: Mapped[Source] = mapped_column(Word(Source))
    source_id: Mapped[int | None]
    not_before: Mapped[datetime] = mapped_column(default=EARLIEST)
    not_after: Mapped[datetime] = mapped_column(default=LATEST)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime]

    __table_args__ = (
        Index(None, "case_id", "principal", "source", "source_id"),
        Index(None, "source", "source_id"),
    )


class Audience(Base):
    """The readers a case has; derived, never written by hand. Only `policy.rebuild` touches it."""

    __tablename__ = "audience"

    principal: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), primary_key=True)
    not_before: Mapped[datetime] = mapped_column(primary_key=True)
    not_after: Mapped[datetime]

    __table_args__ = (
        Index(None, "case_id", "principal"),
        Index(None, "not_after"),
        {"sqlite_with_rowid": False},
    )


class ConsentLevel(enum.StrEnum):
    """How far the person in the images agreed that they may go."""

    CARE = "care"
    CLINIC = "clinic"
    OUTSIDE = "outside"
    PUBLIC = "public"


class ConsentKind(enum.StrEnum):
    """How the consent was given."""

    SIGNED = "signed"
    PAPER = "paper"
    VERBAL = "verbal"
    EXEMPTION = "exemption"


class Consent(Base):
    """One consent for one case: how far, how, since and until when. No name of a patient, ever."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    level: Mapped[ConsentLevel] = mapped_column(Word(ConsentLevel))
    kind: Mapped[ConsentKind] = mapped_column(Word(ConsentKind))
    form_version: Mapped[str | None] = mapped_column(String(40))
    filed_under: Mapped[str | None] = mapped_column(String(24))
    """A chart code, for consent on paper."""
    reason: Mapped[str | None] = mapped_column(String(200))
    """The clinic's policy, for an exemption."""
    language: Mapped[str | None] = mapped_column(String(12))
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    taken_at: Mapped[datetime]
    valid_until: Mapped[datetime] = mapped_column(default=LATEST)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    created_at: Mapped[datetime]
