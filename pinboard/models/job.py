"""The outbox of background work: what must happen is in the same transaction as why."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base, Word


class JobState(enum.StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of background work, named by kind and the id it is about. Running it twice does no harm."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    """publish, delete-media, mail, load-demo, sweep."""
    ref_id: Mapped[int]
    state: Mapped[JobState] = mapped_column(Word(JobState), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (Index(None, "state", "run_after"), UniqueConstraint("kind", "ref_id"))


class DoomedMedia(Base):
    """Objects of the media store that no row serves any more and a job will delete."""

    __tablename__ = "doomed_media"

    object_name: Mapped[str] = mapped_column(String(26), primary_key=True)
    since: Mapped[datetime]
