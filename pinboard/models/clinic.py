"""What the clinic decided about itself: its name and the settings of the admin page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base


class ClinicSetting(Base):
    """One setting that an administrator can change while the site runs."""

    __tablename__ = "clinic_setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    changed_at: Mapped[datetime]


class Counter(Base):
    """A number that only grows; `case_seq` orders every list by when a case was published."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    value: Mapped[int]
