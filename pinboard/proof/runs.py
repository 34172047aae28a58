"""Proofs as rows: asked for by an administrator, run as a job, kept with what they found."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pinboard import audit, clock, ids
from pinboard.intake.outbox import enqueue
from pinboard.intake.stores import Stores
from pinboard.models import Job, JobState, Proof, User
from pinboard.proof.prove import Proved, prove

MOST_KEPT = 500
"""Violations that a row holds; the command prints all."""
_EVERY_SECONDS = 1.0
_LEASE = timedelta(minutes=60)


def start(session: Session, by: User | None) -> Proof:
    """Ask for a proof, or give the one that is under way."""
    if (running := current(session)) is not None:
        return running
    proof = Proof(public_id=ids.public_id(), by_id=by.id if by else None, started_at=clock.now(), violations=[])
    session.add(proof)
    session.flush()
    audit.record(session, actor=by, verb="proof-asked", thing=f"proof:{proof.public_id}")
    enqueue(session, "prove", proof.id)
    return proof


def current(session: Session) -> Proof | None:
    """Give the proof that waits or runs."""
    alive = select(Job.id).where(
        Job.kind == "prove", Job.ref_id == Proof.id, Job.state.in_([JobState.WAITING, JobState.RUNNING])
    )
    query = select(Proof).where(Proof.finished_at.is_(None), alive.exists()).order_by(Proof.id.desc()).limit(1)
    return session.scalar(query)


def run(stores: Stores, proof_id: int) -> None:
    """Do the walk of one row; the job."""
    with stores.reading() as session:
        proof = session.get(Proof, proof_id)
    if proof is None or proof.finished_at is not None:
        return
    try:
        proved = prove(stores, _Clerk(stores, proof_id))
    except Exception as error:
        _note(stores, proof_id, error=type(error).__name__[:40])
        raise
    keep(stores, proof_id, proved)


def keep(stores: Stores, proof_id: int, proved: Proved) -> None:
    """Write down what came of a walk."""
    _note(
        stores,
        proof_id,
        finished_at=proved.finished_at,
        violations=[one.as_json() for one in proved.violations[:MOST_KEPT]],
        line=proved.line,
        error=None,
    )


def keep_new(stores: Stores, proved: Proved, *, started_at: object) -> None:
    """Write down a walk that the command line made."""
    with stores.writing() as session:
        proof = Proof(public_id=ids.public_id(), by_id=None, started_at=started_at, violations=[])
        session.add(proof)
        session.flush()
        audit.record(session, actor=None, verb="proof-asked", thing=f"proof:{proof.public_id}")
        proof_id = proof.id
    keep(stores, proof_id, proved)


class _Clerk:
    """Writes progress once a second, and keeps the job its worker's for as long as it goes on."""

    def __init__(self, stores: Stores, proof_id: int) -> None:
        self._stores = stores
        self._proof_id = proof_id
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() < self._next and done < total:
            return
        self._next = time.monotonic() + _EVERY_SECONDS
        _note(self._stores, self._proof_id, checked=done, total=total)


def _note(stores: Stores, proof_id: int, **values: object) -> None:
    with stores.writing() as session:
        session.execute(update(Proof).where(Proof.id == proof_id).values(**values))
        mine = (Job.kind == "prove", Job.ref_id == proof_id, Job.state == JobState.RUNNING)
        session.execute(update(Job).where(*mine).values(lease_until=clock.now() + _LEASE))
