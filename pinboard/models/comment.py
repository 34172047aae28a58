"""The one thread of a case."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.base import Base, PublicId, Word
from pinboard.models.user import User


class Visibility(enum.StrEnum):
    """Which register a comment belongs to; counts are kept per register."""

    CLINIC = "clinic"
    BLIND = "blind"
    """Of a blind opinion: hidden from others until theirs is given."""


class Comment(Base):
    """What somebody said about a case; one level of replies."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility), default=Visibility.CLINIC)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """The words are hidden at once and erased a day later; the place stays, so that a reply keeps its question."""

    author: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index(None, "case_id", "id"),)
