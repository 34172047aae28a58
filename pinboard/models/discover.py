"""What outsiders may see: offered by the author, picked by an administrator; neither alone is enough."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.base import Base
from pinboard.models.case import Case


class PublicSample(Base):
    """One case on its way to the page for outsiders. Who may see it is the audience, as everywhere."""

    __tablename__ = "public_sample"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    """The sentence that the author agreed to show; kept here, so that no correction of the case goes out."""
    question: Mapped[str] = mapped_column(Text, default="")
    author_name: Mapped[str] = mapped_column(String(120), default="")
    """Empty unless the author wants to be named."""
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    offered_at: Mapped[datetime]
    picked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    picked_at: Mapped[datetime | None]
    week_of: Mapped[datetime | None]
    """When it was made the case of the week; the latest one is."""

    case: Mapped[Case] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index(None, "picked_at"), Index(None, "week_of"))
