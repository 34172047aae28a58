"""Puts background work into the transaction that makes it necessary, and wakes the workers once that is committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import Pool

from pinboard import clock
from pinboard.models import Job, JobState

Waker = Callable[[int], None]

# By pool, because a web request works on a second form of the same engine.
_wakers: WeakKeyDictionary[Pool, Waker] = WeakKeyDictionary()
_PENDING = "pinboard.jobs"


def wake_with(engine: Engine, waker: Waker | None) -> None:
    """Say how the workers of one database hear of new work; without it the poller finds the row by itself."""
    if waker is None:
        _wakers.pop(engine.pool, None)
    else:
        _wakers[engine.pool] = waker


def enqueue(session: Session, kind: str, ref_id: int, run_after: datetime | None = None) -> Job:
    """Ask for one piece of work; asking again while it waits changes nothing but how soon it runs."""
    at = run_after or clock.now()
    job = session.scalar(select(Job).where(Job.kind == kind, Job.ref_id == ref_id).with_for_update())
    if job is None:
        job = Job(kind=kind, ref_id=ref_id, state=JobState.WAITING, attempts=0, run_after=at, created_at=clock.now())
        session.add(job)
    else:
        job.run_after = min(job.run_after, at) if job.state == JobState.WAITING else at
        # Work that is running may have looked away already, so it runs once more.
        job.state, job.attempts, job.error, job.lease_until = JobState.WAITING, 0, None, None
    session.flush()
    if at <= clock.now():
        session.info.setdefault(_PENDING, []).append((_pool(session), job.id))
    return job


def enqueue_each(session: Session, kind: str, ref_ids: Sequence[int]) -> None:
    """Ask for one piece of work on each of many things, now."""
    waiting = select(Job.ref_id).where(Job.kind == kind, Job.ref_id.in_(ref_ids))
    known, now = set(session.scalars(waiting)), clock.now()
    fresh = [
        Job(kind=kind, ref_id=ref_id, state=JobState.WAITING, attempts=0, run_after=now, created_at=now)
        for ref_id in ref_ids
        if ref_id not in known
    ]
    session.add_all(fresh)
    session.flush()
    session.info.setdefault(_PENDING, []).extend((_pool(session), job.id) for job in fresh)
    for ref_id in known:
        enqueue(session, kind, ref_id)


def _pool(session: Session) -> Pool:
    bind = session.get_bind()
    return bind.engine.pool if isinstance(bind, Connection) else bind.pool


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for pool, job_id in session.info.pop(_PENDING, []):
        waker = _wakers.get(pool)
        if waker is not None:
            waker(job_id)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    if previous.parent is None:
        session.info.pop(_PENDING, None)
