"""What waits for one member: a comment, a release, a draft about to expire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.base import Base, PublicId
from pinboard.models.case import Case
from pinboard.models.user import User


class InboxItem(Base):
    """One line of an inbox. It names kinds and people; titles are looked up when it is shown, through the gate."""

    __tablename__ = "inbox_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    """comment, reply, draft-expires, released, publish-failed."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    dedupe: Mapped[str] = mapped_column(String(60))
    """One line per happening, however often a sweep runs."""
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    case: Mapped[Case | None] = relationship(lazy="raise_on_sql")
    actor: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[actor_id])

    __table_args__ = (Index(None, "user_id", "read_at", "id"), UniqueConstraint("user_id", "dedupe"))
