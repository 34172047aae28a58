"""Makes a draft visible: files first under a lease, then one short transaction, then the vault's keys die."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pinboard import clock, ids, policy
from pinboard.intake import arrange, words
from pinboard.intake.children import RefusedFile
from pinboard.intake.desk import LIVE, being_mended
from pinboard.intake.develop import VARIANTS, develop
from pinboard.intake.errors import IntakeError, NotReviewed
from pinboard.intake.landing import Landed, land, write_receipt
from pinboard.intake.missing import missing
from pinboard.intake.notes import doom, record, tell
from pinboard.intake.outbox import enqueue
from pinboard.intake.review import reviewed
from pinboard.intake.stores import Stores
from pinboard.models import (
    Case,
    CaseState,
    Instance,
    InstanceState,
    InvalidTransition,
    MediaIntent,
    Receipt,
    Series,
    User,
)
from pinboard.storage.keyfiles import KeyRing

LEASE = timedelta(minutes=10)

logger = logging.getLogger(__name__)


class LostLease(Exception):  # noqa: N818 - the case moved on; nothing failed
    """Somebody else published this case, or took it back, while this run was at work."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What one run needs to know; plain values, so that no session stays open while children work."""

    case_id: int
    draft: str
    lease_id: str
    instances: tuple[int, ...]
    names: tuple[str, ...]


def start(session: Session, case: Case, by: User, *, keys: KeyRing) -> None:
    """Take a lease on a complete draft and leave the rest to a job; a case on its way is left alone.

    Raises `IntakeError` with "incomplete", or with "doubtful-words" where the keys show words that nobody approved.
    """
    locked = session.get_one(Case, case.id, with_for_update=True, populate_existing=True)
    if locked.state in {CaseState.PUBLISHING, CaseState.PUBLISHED}:
        return
    if locked.state != CaseState.DRAFT:
        raise InvalidTransition(f"a case that is {locked.state} cannot be published")
    arrange.settle(session, locked)
    if missing(session, locked):
        raise IntakeError("incomplete")
    if words.doubts(session, keys, locked, words.words_of(session, locked)):
        raise IntakeError("doubtful-words")
    now = clock.now()
    locked.go(CaseState.PUBLISHING)
    locked.lease_id, locked.lease_until = ids.public_id(), now + LEASE
    locked.publish_error, locked.publish_progress, locked.updated_at = None, 0, now
    count = len(_live(session, locked.id))
    session.add_all(
        MediaIntent(object_name=ids.public_id(), lease_id=locked.lease_id, case_id=locked.id, created_at=now)
        for _ in range(count * len(VARIANTS))
    )
    record(session, by, "publish-start", locked)
    policy.rebuild(session, [locked.id])
    enqueue(session, "publish", locked.id)


def run(stores: Stores, case_id: int) -> None:
    """Publish one case that is under a lease; a second run finds the state and does nothing."""
    plan = _begin(stores, case_id)
    if plan is None:
        return
    try:
        landed = [_one(stores, plan, position) for position in range(len(plan.instances))]
        with stores.writing() as session:
            case = _leased(session, plan)
            land(session, case, landed)
    except LostLease:
        return
    except IntakeError as error:
        if error.code != "busy":
            _fail(stores, plan, _code(error))
            return
        raise
    except Exception as error:
        logger.warning("publishing case %s failed: %s", case_id, type(error).__name__)
        _fail(stores, plan, _code(error))
        if not isinstance(error, RefusedFile):
            raise
        return
    _shred(stores, case_id)


def recover(stores: Stores, now: datetime | None = None) -> None:
    """Finish what a dead process left: an expired lease becomes a draft again, a published case loses its vault."""
    now = now or clock.now()
    with stores.reading() as session:
        expired = session.execute(
            select(Case.id, Case.public_id, Case.lease_id).where(
                Case.state == CaseState.PUBLISHING, Case.lease_until < now
            )
        ).all()
        sealed = session.scalars(
            select(Case.id)
            .join(Instance, Instance.case_id == Case.id)
            .where(Case.state.not_in([CaseState.DRAFT, CaseState.PUBLISHING]), Instance.blob.is_not(None))
            .where(~being_mended())
            .distinct()
        ).all()
    for case_id, draft, lease_id in expired:
        _fail(stores, _Run(case_id, draft, lease_id or "", (), ()), "publish-expired")
    for case_id in sealed:
        _shred(stores, case_id)


def _live(session: Session, case_id: int) -> list[int]:
    ordered = (
        select(Instance.id)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id == case_id, Instance.state == InstanceState.DRAFT)
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    )
    return list(session.scalars(ordered))


def _begin(stores: Stores, case_id: int) -> _Run | None:
    with stores.writing() as session:
        case = session.get(Case, case_id, with_for_update=True)
        if case is None or case.state != CaseState.PUBLISHING or case.lease_id is None:
            return None
        case.lease_until = clock.now() + LEASE
        names = session.scalars(
            select(MediaIntent.object_name)
            .where(MediaIntent.lease_id == case.lease_id)
            .order_by(MediaIntent.object_name)
        )
        return _Run(case.id, case.public_id, case.lease_id, tuple(_live(session, case.id)), tuple(names))


def _one(stores: Stores, plan: _Run, position: int) -> Landed:
    """Develop one instance, from the vault to the media store."""
    instance_id = plan.instances[position]
    names = dict(zip(VARIANTS, plan.names[position * len(VARIANTS) :], strict=False))
    with stores.reading() as session:
        instance = session.get_one(Instance, instance_id)
    if instance.blob is None or len(names) != len(VARIANTS):
        raise NotReviewed
    scrubbed = stores.vault.open(plan.draft, instance.blob)
    with stores.reading() as session:
        confirmed = reviewed(session, instance, scrubbed)
    developed, things = develop(stores, confirmed, names, None)
    with stores.writing() as session:
        case = _leased(session, plan)
        receipt_id = write_receipt(session, instance, developed)
        case.publish_progress = min(99, (position + 1) * 100 // len(plan.instances))
        case.lease_until = clock.now() + LEASE
    stores.media.put_many(things, receipt_id)
    return Landed(instance_id, receipt_id, developed)


def _leased(session: Session, plan: _Run) -> Case:
    case = session.get(Case, plan.case_id, with_for_update=True)
    if case is None or case.state != CaseState.PUBLISHING or case.lease_id != plan.lease_id:
        raise LostLease
    return case


def _code(error: Exception) -> str:
    match error:
        case NotReviewed():
            return "not-reviewed"
        case RefusedFile(code="too-large"):
            return "publish-too-large"
        case RefusedFile():
            return "publish-damaged"
    return "publish-failed"


def _fail(stores: Stores, plan: _Run, code: str) -> None:
    """Give the draft back to its author, names deleted, with the reason and a line in the inbox."""
    with stores.writing() as session:
        try:
            case = _leased(session, plan)
        except LostLease:
            return
        case.go(CaseState.DRAFT)
        case.lease_id = case.lease_until = None
        case.publish_error, case.publish_progress, case.updated_at = code, 0, clock.now()
        names = list(session.scalars(select(MediaIntent.object_name).where(MediaIntent.lease_id == plan.lease_id)))
        doom(session, names)
        session.execute(delete(MediaIntent).where(MediaIntent.lease_id == plan.lease_id))
        session.execute(delete(Receipt).where(Receipt.case_id == case.id))
        tell(session, case, "publish-failed", f"publish-failed:{plan.lease_id}")
        record(session, None, "publish-failed", case, code=code)
        policy.rebuild(session, [case.id])


def _shred(stores: Stores, case_id: int) -> None:
    """Destroy the keys of what is published; from here on nothing can bring the unpainted pixels back.

    What is being mended in the same case keeps its own: its row names a blob before that is sealed, and the blobs are
    listed before the rows are read, so that no mend that begins meanwhile is among them.
    """
    with stores.reading() as session:
        draft = session.scalar(select(Case.public_id).where(Case.id == case_id))
    if draft is None:
        return
    left = stores.vault.blobs(draft)
    with stores.reading() as session:
        is_live = session.scalar(select(Case.state).where(Case.id == case_id)) in LIVE
        sealed = select(Instance).join(Case, Case.id == Instance.case_id)
        sealed = sealed.where(Case.id == case_id, Instance.blob.is_not(None))
        mended = {one.blob for one in session.scalars(sealed.where(being_mended()))}
        done = {one.id: one.blob for one in session.scalars(sealed.where(~being_mended()))}
    if not is_live:
        stores.vault.destroy(draft)
    for blob in {*left, *done.values()} - mended:
        stores.vault.destroy_blob(draft, str(blob))
    if is_live and not mended:
        stores.vault.remove_empty(draft)
    with stores.writing() as session:
        same = (Instance.id.in_(done), Instance.blob.in_(done.values()))
        session.execute(update(Instance).where(*same).values(blob=None))
