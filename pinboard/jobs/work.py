"""Runs one row of the outbox: claimed by one worker at a time, tried again with patience, harmless if run twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.intake.stores import Stores
from pinboard.models import Job, JobState

Work = Callable[[Stores, int], None]

LEASE = timedelta(minutes=60)
"""Longest time a job may take before another worker thinks that its worker died."""
ATTEMPTS = 3
FIRST_PAUSE = timedelta(seconds=20)

logger = logging.getLogger(__name__)


def run_job(stores: Stores, kinds: Mapping[str, Work], job_id: int) -> None:
    """Run one job if it is due and nobody else runs it; its failure is a row, never an exception."""
    claimed = _claim(stores, job_id)
    if claimed is None:
        return
    kind, ref_id = claimed
    try:
        kinds[kind](stores, ref_id)
    except Exception as error:  # noqa: BLE001 - whatever happened must end in the row
        # Only the type: a message could hold a value of a file.
        logger.warning("job %s of kind %s failed: %s", job_id, kind, type(error).__name__)
        _fail(stores, job_id, type(error).__name__)
    else:
        _finish(stores, job_id)


def kind_of(stores: Stores, job_id: int) -> str | None:
    """Give the kind of a job, None where its row is gone."""
    with stores.reading() as session:
        return session.scalar(select(Job.kind).where(Job.id == job_id))


def due(session: Session, limit: int = 200) -> list[int]:
    """List jobs that wait to be run, and those whose worker is gone."""
    now = clock.now()
    ready = (Job.state == JobState.WAITING) & (Job.run_after <= now)
    abandoned = (Job.state == JobState.RUNNING) & (Job.lease_until < now)
    found = session.scalars(select(Job.id).where(or_(ready, abandoned)).order_by(Job.run_after, Job.id).limit(limit))
    return list(found)


def free_abandoned(stores: Stores) -> None:
    """Put back what a process that is gone was running; only for the one process that runs all jobs."""
    with stores.writing() as session:
        for job in session.scalars(select(Job).where(Job.state == JobState.RUNNING)):
            job.state, job.lease_until = JobState.WAITING, None


def _claim(stores: Stores, job_id: int) -> tuple[str, int] | None:
    now = clock.now()
    with stores.writing() as session:
        job = session.get(Job, job_id, with_for_update=True)
        if job is None:
            return None
        is_ready = job.state == JobState.WAITING and job.run_after <= now
        is_abandoned = job.state == JobState.RUNNING and (job.lease_until is None or job.lease_until < now)
        if not (is_ready or is_abandoned):
            return None
        job.state, job.lease_until = JobState.RUNNING, now + LEASE
        job.attempts += 1
        return job.kind, job.ref_id


def _finish(stores: Stores, job_id: int) -> None:
    with stores.writing() as session:
        job = session.get(Job, job_id, with_for_update=True)
        # Asked for again while it ran: the row waits already, and must be run once more.
        if job is not None and job.state == JobState.RUNNING:
            job.state, job.lease_until, job.error = JobState.DONE, None, None


def _fail(stores: Stores, job_id: int, reason: str) -> None:
    with stores.writing() as session:
        job = session.get(Job, job_id, with_for_update=True)
        if job is None or job.state != JobState.RUNNING:
            return
        job.error, job.lease_until = reason[:40], None
        job.state = JobState.WAITING if job.attempts < ATTEMPTS else JobState.FAILED
        job.run_after = clock.now() + FIRST_PAUSE * 4 ** (job.attempts - 1)
