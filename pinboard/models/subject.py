"""The person in the images, known only by a keyed pseudonym."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base, PublicId


class Subject(Base):
    """One person. The chart code is what a clinic may write into its own chart."""

    __tablename__ = "subject"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    chart_code: Mapped[str] = mapped_column(String(24), unique=True)
    key_id: Mapped[str] = mapped_column(String(24))
    """Which pseudonym key made the code."""
    created_at: Mapped[datetime]
