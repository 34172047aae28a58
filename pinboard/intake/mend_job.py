"""Develops an image that was redacted again: new files first, then one short transaction, then the vault's key dies."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.intake import desk, mend
from pinboard.intake.children import RefusedFile
from pinboard.intake.cover import choose_key, dress
from pinboard.intake.develop import VARIANTS, develop
from pinboard.intake.errors import IntakeError, NotReviewed
from pinboard.intake.landing import Landed, land_instance, write_receipt
from pinboard.intake.notes import doom, note, record, tell
from pinboard.intake.review import reviewed
from pinboard.intake.stores import Stores
from pinboard.models import (
    AuditEvent,
    Case,
    Confirmation,
    Instance,
    InstanceState,
    Job,
    JobState,
    MediaFile,
    MediaIntent,
    Receipt,
    Series,
    Subject,
    User,
)
from pinboard.models.clinic_settings import clinic

logger = logging.getLogger(__name__)


class LostMend(Exception):  # noqa: N818 - the image moved on; nothing failed
    """The image was shown again, removed or confirmed anew while this run was at work."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What one run needs to know; plain values, so that no session stays open while the child works."""

    instance_id: int
    draft: str
    blob: str
    names: tuple[str, ...]
    confirmed_at: datetime


def run(stores: Stores, instance_id: int) -> None:
    """Develop one image that somebody redacted again; a second run finds it done and does nothing."""
    plan = _begin(stores, instance_id)
    if plan is None:
        return
    try:
        landed = _develop(stores, plan)
        with stores.writing() as session:
            _land(session, plan, landed)
    except LostMend:
        _give_back(stores, plan, None)
        return
    except IntakeError as error:
        if error.code != "busy":
            _give_back(stores, plan, error.code)
            return
        raise
    except Exception as error:
        logger.warning("mending image %s failed: %s", instance_id, type(error).__name__)
        _give_back(stores, plan, error.code if isinstance(error, RefusedFile) else "failed")
        if not isinstance(error, RefusedFile):
            raise
        return
    _shred(stores, plan)


def recover(stores: Stores, now: datetime | None = None) -> None:
    """Finish what a dead process left, and give up what lay open for longer than pixels may wait for a look."""
    now = now or clock.now()
    with stores.reading() as session:
        mended = select(Instance, Case.public_id).join(Case, Case.id == Instance.case_id).where(desk.being_mended())
        rows = [(instance, draft) for instance, draft in session.execute(mended)]
        alone = [instance.id for instance, _draft in rows if _has_no_job(session, instance)]
        since = now - timedelta(days=clinic(session)["vault_days"])
        old = [(one.id, draft) for one, draft in rows if one.id not in alone and _opened_at(session, one) < since]
    for instance_id in alone:
        plan = _begin(stores, instance_id)
        if plan is not None:
            _give_back(stores, plan, "failed")
    for instance_id, draft in old:
        _close(stores, instance_id, draft)
    with stores.writing() as session:
        for lease_id in _orphans(session):
            mend.drop_intents(session, lease_id)


def _begin(stores: Stores, instance_id: int) -> _Run | None:
    with stores.reading() as session:
        instance = session.get(Instance, instance_id)
        if instance is None or instance.blob is None or not desk.is_open(instance):
            return None
        mine = select(MediaIntent.object_name).where(MediaIntent.lease_id == instance.blob)
        names = tuple(session.scalars(mine.order_by(MediaIntent.object_name)))
        confirmed_at = session.scalar(select(Confirmation.at).where(Confirmation.instance_id == instance_id))
        draft = session.scalar(select(Case.public_id).where(Case.id == instance.case_id))
    if not names or draft is None:
        return None
    return _Run(instance_id, draft, instance.blob, names, confirmed_at or clock.now())


def _develop(stores: Stores, plan: _Run) -> Landed:
    """Paint, check and store; the receipt is there before its objects."""
    with stores.reading() as session:
        instance, series = session.execute(
            select(Instance, Series)
            .join(Series, Series.id == Instance.series_id)
            .where(Instance.id == plan.instance_id)
        ).one()
    scrubbed = stores.vault.open(plan.draft, plan.blob)
    with stores.reading() as session:
        confirmed = reviewed(session, instance, scrubbed)
    key_frame = series.key_frame if series.key_instance_id == instance.id else None
    developed, things = develop(stores, confirmed, dict(zip(VARIANTS, plan.names, strict=True)), key_frame)
    with stores.writing() as session:
        _mine(session, plan)
        receipt_id = write_receipt(session, instance, developed)
        # A run that died before this one wrote a receipt for objects that are written anew now.
        dead = (Receipt.instance_id == plan.instance_id, Receipt.confirmed_at == plan.confirmed_at)
        session.execute(delete(Receipt).where(*dead, Receipt.id != receipt_id))
    stores.media.put_many(things, receipt_id)
    return Landed(plan.instance_id, receipt_id, developed)


def _mine(session: Session, plan: _Run) -> Instance:
    """Give the image if it still waits for exactly this run."""
    instance = session.get(Instance, plan.instance_id, with_for_update=True, populate_existing=True)
    if instance is None or instance.blob != plan.blob or not desk.is_open(instance):
        raise LostMend
    case = session.get_one(Case, instance.case_id, with_for_update=True)
    at = session.scalar(select(Confirmation.at).where(Confirmation.instance_id == instance.id))
    if case.state not in desk.LIVE or at is None:
        raise LostMend
    if at != plan.confirmed_at:
        raise NotReviewed
    return instance


def _land(session: Session, plan: _Run, landed: Landed) -> None:
    """Put the new picture in the place of the old one: rows, cover, readers, history; the old objects are doomed."""
    instance = _mine(session, plan)
    case = session.get_one(Case, instance.case_id)
    old = MediaFile.instance_id == instance.id
    doom(session, session.scalars(select(MediaFile.object_name).where(old)))
    session.execute(delete(MediaFile).where(old))
    session.execute(delete(MediaIntent).where(MediaIntent.lease_id == plan.blob))
    land_instance(session, landed, session.get_one(Subject, case.subject_id))
    choose_key(session, session.get_one(Series, instance.series_id))
    dress(session, case)
    by_id = session.scalar(select(Confirmation.by_id).where(Confirmation.instance_id == instance.id))
    note(session, case, session.get_one(User, by_id), "image-redacted")
    record(session, None, "image-redacted", case, instance=instance.public_id)
    policy.rebuild(session, [case.id])


def _shred(stores: Stores, plan: _Run) -> None:
    """Destroy the key of what is shown again; until a row says so, the next round repeats it."""
    stores.vault.destroy_blob(plan.draft, plan.blob)
    with stores.writing() as session:
        instance = session.get(Instance, plan.instance_id, with_for_update=True)
        if instance is not None and instance.blob == plan.blob:
            instance.blob = None


def _give_back(stores: Stores, plan: _Run, code: str | None) -> None:
    """Let the image be painted and confirmed anew, with a line in the inbox where something went wrong."""
    with stores.writing() as session:
        mend.drop_intents(session, plan.blob)
        mine = (Receipt.instance_id == plan.instance_id, Receipt.confirmed_at == plan.confirmed_at)
        is_used = select(MediaFile.id).where(MediaFile.receipt_id == Receipt.id).exists()
        session.execute(delete(Receipt).where(*mine, ~is_used))
        instance = session.get(Instance, plan.instance_id, with_for_update=True)
        if instance is None or instance.blob != plan.blob or code is None:
            return
        case = session.get_one(Case, instance.case_id)
        session.execute(delete(Confirmation).where(Confirmation.instance_id == instance.id))
        tell(session, case, "mend-failed", f"mend-failed:{plan.names[0] if plan.names else plan.blob}")
        record(session, None, "image-mend-failed", case, code=code)


def _close(stores: Stores, instance_id: int, draft: str) -> None:
    """Take the pixels of an image out of the vault that nobody looked at in time; it stays hidden."""
    with stores.writing() as session:
        instance = session.get_one(Instance, instance_id, with_for_update=True)
        blob, case = instance.blob, session.get_one(Case, instance.case_id)
        if blob is None or instance.state != InstanceState.HIDDEN:
            return
        instance.blob = instance.blob_sha256 = None
        session.execute(delete(Confirmation).where(Confirmation.instance_id == instance_id))
        mend.drop_intents(session, blob)
        record(session, None, "image-mend-end", case, instance=instance.public_id)
    stores.vault.destroy_blob(draft, blob)


def _has_no_job(session: Session, instance: Instance) -> bool:
    """Tell whether an image waits for a job that will not come."""
    waits = (Job.kind == "mend", Job.ref_id == instance.id, Job.state.in_([JobState.WAITING, JobState.RUNNING]))
    return desk.is_under_way(session, instance) and session.scalar(select(Job.id).where(*waits)) is None


def _opened_at(session: Session, instance: Instance) -> datetime:
    """Give when an image was last sealed into the vault to be mended, which only the audit knows."""
    events = select(AuditEvent.at, AuditEvent.detail).where(
        AuditEvent.case_id == instance.case_id, AuditEvent.verb == "image-mend"
    )
    times = [at for at, detail in session.execute(events) if detail.get("instance") == instance.public_id]
    return max(times, default=instance.created_at)


def _orphans(session: Session) -> list[str]:
    """Give the leases of intents that neither a case on its way nor an image being mended holds."""
    held_by_case = select(Case.id).where(Case.lease_id == MediaIntent.lease_id).exists()
    waits = (Instance.blob == MediaIntent.lease_id, Instance.state == InstanceState.HIDDEN)
    held_by_image = select(Instance.id).where(*waits).exists()
    return list(session.scalars(select(MediaIntent.lease_id).where(~held_by_case, ~held_by_image).distinct()))
