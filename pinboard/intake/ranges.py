"""Paints and confirms many slices of a series in one step, bound to the same hashes as one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.custody import Box
from pinboard.deid.profile import PROFILE_VERSION
from pinboard.intake.errors import IntakeError
from pinboard.intake.montage import Slice
from pinboard.intake.notes import record
from pinboard.intake.outbox import enqueue
from pinboard.intake.review import Held, boxes_sha256, check_number, drawn
from pinboard.models import Case, CaseState, Confirmation, DrawnBox, Instance, InstanceState, User


def confirm_whole(
    session: Session, case: Case, slices: Iterable[Slice], *, seen: Collection[int], by: User
) -> list[Held]:
    """Confirm every image of which each slice was seen; gives those that were not confirmed before.

    `slices` are those of the series as they stand in this transaction, `seen` the numbers of those that were shown.
    """
    hold(session, case)
    waiting: dict[int, Held] = {}
    missed: set[int] = set()
    for one in slices:
        if one.number not in seen:
            missed.add(one.held.id)
        if not one.held.is_confirmed and one.held.blob_sha256 is not None:
            waiting[one.held.id] = one.held
    done = [held for key, held in waiting.items() if key not in missed]
    if not done:
        return []
    session.execute(delete(Confirmation).where(Confirmation.instance_id.in_([held.id for held in done])))
    now = clock.now()
    session.add_all(
        Confirmation(
            instance_id=held.id,
            blob_sha256=held.blob_sha256,
            boxes_sha256=boxes_sha256(held.boxes),
            profile_version=PROFILE_VERSION,
            by_id=by.id,
            at=now,
        )
        for held in done
    )
    session.flush()
    record(session, by, "confirm", case, images=len(done))
    for held in done:
        enqueue(session, "fingerprint", held.id)
    return done


def unconfirm(session: Session, case: Case, slices: Iterable[Slice]) -> int:
    """Take confirmations back; gives of how many images."""
    hold(session, case)
    ids = {one.held.id for one in slices if one.held.is_confirmed}
    session.execute(delete(Confirmation).where(Confirmation.instance_id.in_(ids)))
    return len(ids)


def paint(session: Session, case: Case, slices: Sequence[Slice], box: Box) -> list[int]:
    """Draw one area on some slices, all of one size; gives the numbers of those that did not have it."""
    if not all(0 <= box.x0 < box.x1 <= one.held.columns and 0 <= box.y0 < box.y1 <= one.held.rows for one in slices):
        raise IntakeError("box-outside")
    bare = replace(box, frame=None)
    changed = [one for one in slices if not _has(one, bare)]
    after: dict[int, tuple[Box, ...]] = {}
    for held, frames in _by_image(changed):
        there = {other.frame for other in held.boxes if replace(other, frame=None) == bare}
        if len(frames | there) == held.frame_count:
            kept = tuple(other for other in held.boxes if replace(other, frame=None) != bare)
            after[held.id] = (*kept, bare)
        else:
            after[held.id] = (*held.boxes, *(replace(bare, frame=frame) for frame in sorted(frames)))
    _write(session, case, after)
    return [one.number for one in changed]


def unpaint(session: Session, case: Case, slices: Sequence[Slice], box: Box) -> list[int]:
    """Take one area from some slices; where it lay on every frame of an image, it stays on the other frames."""
    bare = replace(box, frame=None)
    changed = [one for one in slices if _has(one, bare)]
    after: dict[int, tuple[Box, ...]] = {}
    for held, frames in _by_image(changed):
        kept = [other for other in held.boxes if replace(other, frame=None) != bare]
        mine = {other.frame for other in held.boxes if replace(other, frame=None) == bare}
        left = (set(range(held.frame_count)) if None in mine else {one for one in mine if one is not None}) - frames
        after[held.id] = (*kept, *(replace(bare, frame=frame) for frame in sorted(left)))
    _write(session, case, after)
    return [one.number for one in changed]


def put(session: Session, case: Case, boxes: Mapping[Held, Sequence[Box]]) -> None:
    """Draw areas of their own on some images, beside those that they have."""
    _write(session, case, {held.id: (*held.boxes, *more) for held, more in boxes.items() if more})


def _has(one: Slice, bare: Box) -> bool:
    return any(replace(box, frame=None) == bare and box.frame in {None, one.frame} for box in one.held.boxes)


def _by_image(slices: Iterable[Slice]) -> list[tuple[Held, set[int]]]:
    found: dict[int, tuple[Held, set[int]]] = {}
    for one in slices:
        found.setdefault(one.held.id, (one.held, set()))[1].add(one.frame)
    return list(found.values())


def _write(session: Session, case: Case, after: dict[int, tuple[Box, ...]]) -> None:
    """Replace the areas of some images; whatever was confirmed of them is no longer."""
    hold(session, case)
    for boxes in after.values():
        check_number(boxes)
    session.execute(delete(DrawnBox).where(DrawnBox.instance_id.in_(after)))
    session.execute(delete(Confirmation).where(Confirmation.instance_id.in_(after)))
    session.add_all(drawn(key, box) for key, boxes in after.items() for box in dict.fromkeys(boxes))
    same = (Instance.id.in_(after), Instance.state == InstanceState.DRAFT)
    session.execute(update(Instance).where(*same).values(dhash=None, pixel_mac=None))
    session.flush()
    session.expire_all()


def hold(session: Session, case: Case) -> None:
    """Hold the case against its being published meanwhile, and refuse one that is no draft any more."""
    state = session.scalar(select(Case.state).where(Case.id == case.id).with_for_update())
    if state != CaseState.DRAFT:
        raise IntakeError("not-a-draft")
