"""Removes, every few minutes, what its time has passed for: drafts, readers, links, and files that no row names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.intake import boards, memory, mend_job
from pinboard.intake.desk import LIVE, being_mended
from pinboard.intake.drafts import discard
from pinboard.intake.notes import doom, tell
from pinboard.intake.outbox import enqueue
from pinboard.intake.publish import recover
from pinboard.intake.stores import Stores
from pinboard.intake.withdraw import purge_withdrawn
from pinboard.models import (
    Audience,
    Case,
    CaseState,
    Comment,
    DoomedMedia,
    Instance,
    Job,
    JobState,
    Mark,
    MediaFile,
    MediaIntent,
    ShareUnlock,
    SingleUseLink,
    Throttle,
    Upload,
    UploadState,
)
from pinboard.models import Session as SignedIn

WARN_DAYS = 2
STALLED = timedelta(hours=1)
LINKS_KEPT = timedelta(days=30)
JOBS_KEPT = timedelta(days=7)
FINISHED = ("arrange", "fingerprint", "mail", "mend", "publish", "scan")
"""Kinds of which each row is about one thing, and is of no use once it is done."""
WORDS_KEPT = timedelta(days=1)
"""How long a deleted comment or mark can be brought back by its author; then what it said is gone."""


def sweep(stores: Stores, now: datetime | None = None) -> None:
    """Do one round; every part is harmless when repeated and when broken off."""
    now = now or clock.now()
    recover(stores, now)
    mend_job.recover(stores, now)
    _expire_drafts(stores, now)
    with stores.writing() as session:
        _warn(session, now)
        _forget_rows(session, now)
        purge_withdrawn(session)
        boards.purge_removed(session, now)
        memory.forget_unused(session, now)
    _destroy_strays(stores)
    stores.vault.sweep(now)
    stores.media.sweep(now)


def _expire_drafts(stores: Stores, now: datetime) -> None:
    expired = select(Case.id).where(Case.state == CaseState.DRAFT, Case.expires_at < now)
    with stores.reading() as session:
        found = list(session.scalars(expired))
    for case_id in found:
        with stores.writing() as session:
            case = session.get(Case, case_id, with_for_update=True)
            if case is not None and case.state == CaseState.DRAFT:
                discard(session, stores, case, None)


def _warn(session: Session, now: datetime) -> None:
    """Put a line into the inbox of whoever loses a draft in two days."""
    soon = select(Case).where(Case.state == CaseState.DRAFT, Case.expires_at < now + timedelta(days=WARN_DAYS))
    for case in session.scalars(soon):
        tell(session, case, "draft-expires", f"draft-expires:{case.public_id}")


def _forget_rows(session: Session, now: datetime) -> None:
    session.execute(delete(Audience).where(Audience.not_after < now))
    session.execute(delete(SignedIn).where(SignedIn.expires_at < now))
    session.execute(delete(ShareUnlock).where(ShareUnlock.expires_at < now))
    old = now - LINKS_KEPT
    gone = or_(SingleUseLink.expires_at < old, SingleUseLink.used_at < old, SingleUseLink.revoked_at < old)
    session.execute(delete(SingleUseLink).where(gone))
    session.execute(delete(Throttle).where(Throttle.updated_at < now - timedelta(days=1), Throttle.blocked_until < now))
    done = (Job.state.in_([JobState.DONE, JobState.FAILED]), Job.kind.in_(FINISHED))
    session.execute(delete(Job).where(*done, Job.run_after < now - JOBS_KEPT))
    session.execute(
        update(Comment).where(Comment.deleted_at < now - WORDS_KEPT, Comment.body != "").values(body=""),
    )
    session.execute(update(Mark).where(Mark.removed_at < now - WORDS_KEPT).values(points=[], text=""))
    # A process that died while it received leaves a slot that its sender may fill again.
    session.execute(
        update(Upload)
        .where(Upload.state == UploadState.RECEIVING, Upload.created_at < now - STALLED)
        .values(state=UploadState.WAITING)
    )


def _destroy_strays(stores: Stores) -> None:
    """Destroy what is left in the vault of a case that is no draft; the blobs are listed before the rows."""
    left = {draft: stores.vault.blobs(draft) for draft in stores.vault.drafts()}
    unreviewed = [CaseState.DRAFT, CaseState.PUBLISHING]
    with stores.reading() as session:
        drafts = set(session.scalars(select(Case.public_id).where(Case.state.in_(unreviewed))))
        live = set(session.scalars(select(Case.public_id).where(Case.state.in_(LIVE))))
        named = select(Instance.blob).join(Case, Case.id == Instance.case_id).where(being_mended())
        mended = set(session.scalars(named))
    for draft in left.keys() - drafts - live:
        stores.vault.destroy(draft)
    for draft in left.keys() & live:
        for blob in set(left[draft]) - mended:
            stores.vault.destroy_blob(draft, blob)


def sweep_media(stores: Stores) -> None:
    """Doom the objects that no row names; once a day, because it lists the whole store.

    An intent is committed before its object is written, so what neither a row nor an intent names has no future.
    """
    for some in _chunks(list(stores.media.names())):
        with stores.writing() as session:
            doom(session, set(some) - _named(session, some))
    with stores.writing() as session:
        enqueue(session, "sweep-media", 0, clock.now() + timedelta(days=1))


def _named(session: Session, names: list[str]) -> set[str]:
    found: set[str] = set()
    for column in (MediaFile.object_name, MediaIntent.object_name, DoomedMedia.object_name):
        found |= set(session.scalars(select(column).where(column.in_(names))))
    return found


def _chunks(names: list[str], size: int = 500) -> Iterator[list[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))
