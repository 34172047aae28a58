"""Lets a frame that somebody chose stand for its series and its case, and makes its small pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import clock, ids, policy
from pinboard.intake.children import child_answer
from pinboard.intake.cover import dress
from pinboard.intake.develop import VARIANT_WIDTHS, Kept, pictured
from pinboard.intake.errors import IntakeError
from pinboard.intake.notes import doom, record
from pinboard.intake.outbox import enqueue
from pinboard.intake.stores import Stores
from pinboard.models import Case, Instance, InstanceState, MediaFile, MediaIntent, Receipt, Series, User

_SMALL = tuple(f"w{width}" for width in VARIANT_WIDTHS)


@dataclass(frozen=True, slots=True)
class _Task:
    """What one run needs to know; plain values, so that no session stays open while the child works."""

    series_id: int
    instance_id: int
    case_id: int
    frame: int
    pack: str
    span: tuple[int, int]
    receipt_id: int
    asked: dict[str, Any]


def choose(session: Session, instance: Instance, frame: int, *, by: User) -> None:
    """Let a frame stand for its series and for its case; pictures of a frame in a cine are made by a job.

    Raises `IntakeError` with "no-such-frame" where the image shows none of that number to every reader of its case.
    """
    is_shown = instance.state == InstanceState.PUBLISHED and not instance.is_subject_only
    if not is_shown or not 0 <= frame < instance.frame_count:
        raise IntakeError("no-such-frame")
    case = session.get_one(Case, instance.case_id, with_for_update=True)
    series = session.get_one(Series, instance.series_id)
    series.key_instance_id, series.key_frame = instance.id, frame
    dress(session, case, series_id=series.id)
    case.updated_at = clock.now()
    record(session, by, "key-image", case, instance=instance.public_id, frame=frame)
    if instance.frame_count > 1:
        enqueue(session, "cover", series.id)
    policy.rebuild(session, [case.id])


def run(stores: Stores, series_id: int) -> None:
    """Make the small pictures of the frame that stands for a series; run twice, they are made twice."""
    with stores.reading() as session:
        task = _task(session, series_id)
    if task is None:
        return
    # The frame comes from the pack, so that it is painted as somebody confirmed it.
    data = stores.media.read_range(task.pack, *task.span)
    answer = child_answer(stores, "cover", [data], task.asked, kind="pixel", foreground=False)
    lease_id, names = _lease(stores, task)
    tone, pictures, kept = pictured(answer, names)
    stores.media.put_many(pictures, task.receipt_id)
    with stores.writing() as session:
        _land(session, task, (lease_id, tone, kept))


def _task(session: Session, series_id: int) -> _Task | None:
    series = session.get(Series, series_id)
    instance = session.get(Instance, series.key_instance_id) if series and series.key_instance_id else None
    if series is None or instance is None or instance.state != InstanceState.PUBLISHED:
        return None
    wanted = (MediaFile.instance_id == instance.id, MediaFile.variant == "frames")
    pack = session.scalar(select(MediaFile).where(*wanted))
    if pack is None or not pack.index or not 0 <= series.key_frame < len(pack.index):
        return None
    start, length = pack.index[series.key_frame]
    shape = [instance.rows, instance.columns] + ([instance.samples] if instance.samples > 1 else [])
    return _Task(
        series_id=series.id,
        instance_id=instance.id,
        case_id=instance.case_id,
        frame=series.key_frame,
        pack=pack.object_name,
        span=(start, length),
        receipt_id=pack.receipt_id,
        asked={"header": instance.header, "shape": shape, "dtype": instance.dtype, "index": series.key_frame},
    )


def _lease(stores: Stores, task: _Task) -> tuple[str, Mapping[str, str]]:
    """Write down the names of what is about to be stored, so that a dead run leaves nothing that nobody knows."""
    lease_id, now = ids.public_id(), clock.now()
    names = {variant: ids.public_id() for variant in _SMALL}
    with stores.writing() as session:
        session.add_all(
            MediaIntent(object_name=name, lease_id=lease_id, case_id=task.case_id, created_at=now)
            for name in names.values()
        )
    return lease_id, names


def _land(session: Session, task: _Task, made: tuple[str, int, Sequence[Kept]]) -> None:
    """Put the new pictures in the place of the old ones, unless the image changed meanwhile."""
    lease_id, tone, kept = made
    mine = MediaIntent.lease_id == lease_id
    leased = set(session.scalars(select(MediaIntent.object_name).where(mine)))
    session.execute(delete(MediaIntent).where(mine))
    instance = session.get(Instance, task.instance_id, with_for_update=True)
    present = _task(session, task.series_id)
    if instance is None or present != task or not {one.object_name for one in kept} <= leased:
        doom(session, leased | {one.object_name for one in kept})
        return
    old = (MediaFile.instance_id == instance.id, MediaFile.variant.in_(_SMALL))
    doom(session, session.scalars(select(MediaFile.object_name).where(*old)))
    session.execute(delete(MediaFile).where(*old))
    receipt = session.get_one(Receipt, task.receipt_id)
    others = {name: digest for name, digest in receipt.hashes.items() if name not in _SMALL}
    receipt.hashes = others | {one.variant: one.sha256 for one in kept}
    for one in kept:
        session.add(
            MediaFile(
                media_name=instance.media_name,
                case_id=instance.case_id,
                instance_id=instance.id,
                receipt_id=task.receipt_id,
                **asdict(one),
            )
        )
    instance.tone = tone
    session.flush()
    dress(session, session.get_one(Case, task.case_id, with_for_update=True))
    policy.rebuild(session, [task.case_id])
