"""Searches that a member keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base, PublicId


class SavedSearch(Base):
    """A question to the search box under a name, and how far its answers were seen."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(400))
    """As typed in the grammar of the search box."""
    seen_seq: Mapped[int] = mapped_column(default=0)
    """The newest case it found when it was last opened."""
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("user_id", "name"),)
