"""The append-only, hash-chained record of who changed what, when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base


class AuditEvent(Base):
    """One row of the chain. Its subjects are ids; it never holds words that somebody typed."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    """None where the clinic's machine acted: a sweep, the command line."""
    verb: Mapped[str] = mapped_column(String(40))
    thing: Mapped[str | None] = mapped_column(String(60))
    """kind:public id."""
    case_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (Index(None, "case_id", "id"), Index(None, "actor_id", "id"), Index(None, "verb", "id"))
