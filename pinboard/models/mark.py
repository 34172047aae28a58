"""What a reader drew over a frame: vectors that the viewer lays over the picture, never pixels of it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.base import Base, PublicId, Word
from pinboard.models.user import User


class MarkKind(enum.StrEnum):
    """The shape of a mark."""

    ARROW = "arrow"
    BOX = "box"
    ELLIPSE = "ellipse"
    TEXT = "text"
    LENGTH = "length"


class Mark(Base):
    """One shape on one frame of a published image, with a letter by which comments speak of it."""

    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"))
    frame: Mapped[int] = mapped_column(default=0)
    """Number of the frame within its instance, from 0."""
    kind: Mapped[MarkKind] = mapped_column(Word(MarkKind))
    points: Mapped[list[Any]] = mapped_column(JSON)
    """[[x, y], …] in pixels of the native frame, fractions allowed."""
    text: Mapped[str] = mapped_column(String(120), default="")
    letter: Mapped[str] = mapped_column(String(3))
    """A, B … Z, AA …: unique within its case, also after it was removed."""
    by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index(None, "case_id", "instance_id"),)


class CommentMark(Base):
    """A comment speaks of a mark; both lead to each other on the page."""

    __tablename__ = "comment_mark"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    mark_id: Mapped[int] = mapped_column(ForeignKey("mark.id", ondelete="CASCADE"), primary_key=True, index=True)
