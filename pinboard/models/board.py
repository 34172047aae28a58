"""Walls of pins: one per specialty, personal, of a group, or a patient's."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.base import Base, PublicId, Word
from pinboard.models.case import Case
from pinboard.models.user import User


class BoardKind(enum.StrEnum):
    """What a board is for, which decides who may see and pin."""

    SPECIALTY = "specialty"
    PERSONAL = "personal"
    GROUP = "group"
    PATIENT = "patient"


class BoardVerb(enum.StrEnum):
    """Roles on one board."""

    OWNER = "owner"
    EDITOR = "editor"
    READER = "reader"


class BoardOrder(enum.StrEnum):
    """How a board lays out its pins until its reader chooses another way."""

    HAND = "hand"
    NEWEST = "newest"
    ACTIVE = "active"
    """By the latest comment of the reader's register."""


class Board(Base):
    """One wall."""

    __tablename__ = "board"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[BoardKind] = mapped_column(Word(BoardKind))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    specialty: Mapped[str | None] = mapped_column(String(40), unique=True)
    """A code of CID 7030."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group_.id"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    cover_case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id", ondelete="SET NULL"))
    """The case whose picture stands for the board, for readers who may see that case."""
    order: Mapped[BoardOrder] = mapped_column("order_", Word(BoardOrder), default=BoardOrder.HAND)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    """In the trash since then; it comes back with its pins for 30 days."""

    __table_args__ = (Index(None, "kind", "title"),)


class BoardSection(Base):
    """A heading within a board; its pins stand below it."""

    __tablename__ = "board_section"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    """Lower stands first; pins of no section stand before all."""
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "board_id", "position"),)


class BoardVisit(Base):
    """What one member has seen of one board, and whether it is followed; the unread number is counted from it."""

    __tablename__ = "board_visit"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"), primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="CASCADE"), primary_key=True, index=True)
    followed_at: Mapped[datetime | None]
    visited_at: Mapped[datetime | None]
    seen_pin_id: Mapped[int] = mapped_column(default=0)
    """The newest pin that was there at the last visit; ids of pins only grow."""


class BoardRole(Base):
    """What one member may do with one board; being on it is live, so it rewrites no audience."""

    __tablename__ = "board_role"

    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[BoardVerb] = mapped_column(Word(BoardVerb))
    given_at: Mapped[datetime]


class Pin(Base):
    """One case placed on one board. It shows; it never widens who may see."""

    __tablename__ = "pin"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    """Higher stands first; a new pin gets the highest."""
    section_id: Mapped[int | None] = mapped_column(ForeignKey("board_section.id", ondelete="SET NULL"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime]
    latest_comment_id: Mapped[int] = mapped_column(default=0)
    """The last comment that stands in the clinic's register of the case, 0 for none; triggers keep it, nobody else."""

    case: Mapped[Case] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("board_id", "case_id"),
        Index(None, "board_id", "position", "case_id"),
        Index(None, "board_id", "id"),
        Index(None, "board_id", "latest_comment_id", "id"),
    )


class Release(Base):
    """What a patient may see of one case: an act of its own, by the author or a delegate."""

    __tablename__ = "release_"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"), index=True)
    caption: Mapped[str] = mapped_column(Text)
    """Plain words for the person in the images."""
    author_name: Mapped[str] = mapped_column(String(120))
    """The name the author agreed to show."""
    shows_date: Mapped[bool] = mapped_column(default=True)
    instances: Mapped[list[Any]] = mapped_column(JSON)
    """Ids of the released instances."""
    not_before: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    by: Mapped[User] = relationship(lazy="raise_on_sql")
