"""Binds a person's look at an image to exactly the bytes and boxes that were looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.custody import Box, Reviewed, Scrubbed
from pinboard.deid.profile import PROFILE_VERSION
from pinboard.intake import desk
from pinboard.intake.children import child_answer, picture_size
from pinboard.intake.errors import IntakeError, NotReviewed
from pinboard.intake.notes import record
from pinboard.intake.outbox import enqueue
from pinboard.intake.stores import Stores
from pinboard.models import Case, Confirmation, DrawnBox, Fill, Instance, InstanceState, User
from pinboard.storage.vault import VaultError

MOST_BOXES, MOST_ON_FRAMES = 200, 2_000
"""Areas of one image: different ones, and counted once more for every frame that one is drawn on by itself."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One frame of a draft as its author sees it; never written to a disk."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Held:
    """One image as somebody looks at it: its pixels, its areas, and whether exactly these were confirmed."""

    id: int
    public_id: str
    rows: int
    columns: int
    frame_count: int
    samples: int
    blob: str | None
    blob_sha256: str | None
    boxes: tuple[Box, ...]
    is_confirmed: bool


def set_boxes(session: Session, instance: Instance, boxes: Sequence[Box], by: User) -> None:  # noqa: ARG001
    """Replace what will be painted; whatever was confirmed before is no longer, and who confirms anew is recorded."""
    desk.check(session, instance)
    checked = _checked(boxes, instance)
    if boxes_sha256(checked) == boxes_sha256(boxes_of(session, instance)):
        return
    session.execute(delete(DrawnBox).where(DrawnBox.instance_id == instance.id))
    session.execute(delete(Confirmation).where(Confirmation.instance_id == instance.id))
    session.add_all(drawn(instance.id, box) for box in checked)
    if instance.state == InstanceState.DRAFT:
        # The marks of a published image stay until it is published anew.
        instance.dhash = instance.pixel_mac = None
    session.flush()
    session.expire(instance, ["boxes"])


def apply_to_series(session: Session, instance: Instance, by: User) -> int:
    """Add the areas of one image to the others of its series and size; gives how many of them changed.

    An area of a single frame goes along only where this image has no other frame.
    """
    desk.check(session, instance)
    mine = [replace(box, frame=None) for box in boxes_of(session, instance) if _is_of_all(box, instance)]
    alike = (Instance.rows == instance.rows, Instance.columns == instance.columns, Instance.state == instance.state)
    others = select(Instance).where(Instance.series_id == instance.series_id, Instance.id != instance.id, *alike)
    changed = 0
    for other in session.scalars(others).all():
        held = boxes_of(session, other)
        there = [replace(box, frame=None) for box in held if _is_of_all(box, other)]
        if added := [box for box in mine if box not in there]:
            set_boxes(session, other, [*held, *added], by)
            changed += 1
    return changed


def _is_of_all(box: Box, instance: Instance) -> bool:
    return box.frame is None or instance.frame_count == 1


def confirm(session: Session, instance: Instance, by: User) -> Confirmation:
    """Record that somebody looked at this image as it will be published."""
    desk.check(session, instance)
    if instance.blob_sha256 is None:
        raise IntakeError("not-confirmed")
    session.execute(delete(Confirmation).where(Confirmation.instance_id == instance.id))
    confirmation = Confirmation(
        instance_id=instance.id,
        blob_sha256=instance.blob_sha256,
        boxes_sha256=boxes_sha256(boxes_of(session, instance)),
        profile_version=PROFILE_VERSION,
        by_id=by.id,
        at=clock.now(),
    )
    session.add(confirmation)
    session.flush()
    record(session, by, "confirm", session.get_one(Case, instance.case_id))
    if instance.state == InstanceState.DRAFT:
        enqueue(session, "fingerprint", instance.id)
    return confirmation


def unconfirm(session: Session, instance: Instance) -> None:
    """Take a confirmation back."""
    desk.check(session, instance)
    session.execute(delete(Confirmation).where(Confirmation.instance_id == instance.id))


def confirmed(session: Session, instance: Instance) -> bool:
    """Tell whether somebody confirmed exactly this image with exactly these boxes."""
    confirmation = session.scalar(select(Confirmation).where(Confirmation.instance_id == instance.id))
    return _holds(confirmation, instance.blob_sha256, boxes_of(session, instance))


def confirmed_ids(session: Session, case: Case) -> set[int]:
    """Give the images of a draft that are confirmed, in three statements however many there are."""
    live = (Instance.case_id == case.id, Instance.state != InstanceState.REMOVED)
    return {one.id for one in held(session, *live) if one.is_confirmed}


def held(session: Session, *which: ColumnElement[bool]) -> list[Held]:
    """Give what a look at some images is bound to, in the order of their series, without reading a header."""
    columns = (Instance.id, Instance.public_id, Instance.rows, Instance.columns, Instance.frame_count)
    statement = select(*columns, Instance.samples, Instance.blob, Instance.blob_sha256).where(*which)
    found = session.execute(statement.order_by(Instance.position, Instance.id)).all()
    ids = select(Instance.id).where(*which)
    boxes: dict[int, list[Box]] = {row.id: [] for row in found}
    for row in session.scalars(select(DrawnBox).where(DrawnBox.instance_id.in_(ids)).order_by(DrawnBox.id)):
        boxes[row.instance_id].append(box_of(row))
    looked = select(Confirmation).where(Confirmation.instance_id.in_(ids))
    confirmations = {row.instance_id: row for row in session.scalars(looked)}
    return [
        Held(*row, tuple(boxes[row.id]), _holds(confirmations.get(row.id), row.blob_sha256, boxes[row.id]))
        for row in found
    ]


def reviewed(session: Session, instance: Instance, scrubbed: Scrubbed) -> Reviewed:
    """Give the only thing that publishing takes, with every hash computed anew, or raise `NotReviewed`."""
    confirmation = session.scalar(select(Confirmation).where(Confirmation.instance_id == instance.id))
    boxes = boxes_of(session, instance)
    if confirmation is None or not _holds(confirmation, instance.blob_sha256, boxes):
        raise NotReviewed
    if hashlib.sha256(scrubbed.instance).hexdigest() != confirmation.blob_sha256:
        raise NotReviewed
    return Reviewed(scrubbed, tuple(boxes), confirmation.profile_version, confirmation.by_id)


def preview(
    stores: Stores,
    instance: Instance,
    frame: int = 0,
    *,
    painted: bool = False,
    window: tuple[float, float] | None = None,
) -> Preview:
    """Decode one frame of a draft in a sandbox child, for whoever waits at a screen.

    `painted` shows it with the areas drawn so far, as they would be published; `window` is centre and width.
    """
    if not 0 <= frame < instance.frame_count:
        raise IntakeError("no-such-frame")
    with stores.reading() as session:
        draft = session.scalar(select(Case.public_id).where(Case.id == instance.case_id))
        boxes = [box.as_list() for box in boxes_of(session, instance)] if painted else []
    if draft is None or instance.blob is None:
        raise IntakeError("not-a-draft")
    try:
        scrubbed = stores.vault.open(draft, instance.blob)
    except VaultError:
        raise IntakeError("not-confirmed") from None
    asked: dict[str, Any] = {"frame": frame, "boxes": boxes}
    if window:
        asked["window"] = list(window)
    answer = child_answer(stores, "preview", [scrubbed.instance], asked, kind="pixel")
    width, height = picture_size(answer, magic=b"\xff\xd8\xff")
    return Preview(answer.parts[0], width, height)


def boxes_of(session: Session, instance: Instance) -> list[Box]:
    """Give the boxes that are drawn on an image."""
    rows = session.scalars(select(DrawnBox).where(DrawnBox.instance_id == instance.id).order_by(DrawnBox.id))
    return [box_of(row) for row in rows]


def boxes_sha256(boxes: Iterable[Box]) -> str:
    """Hash a set of boxes; the order in which they were drawn does not count."""
    canonical = sorted([-1 if box.frame is None else box.frame, *box.as_list()[1:]] for box in boxes)
    return hashlib.sha256(json.dumps(canonical, separators=(",", ":")).encode()).hexdigest()


def box_of(row: DrawnBox) -> Box:
    """Give the box that a row describes."""
    return Box(row.x0, row.y0, row.x1, row.y1, row.frame, "blur" if row.fill is Fill.BLUR else "block")


def drawn(instance_id: int, box: Box) -> DrawnBox:
    """Give the row that describes a box."""
    corners = {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}
    return DrawnBox(instance_id=instance_id, frame=box.frame, fill=Fill(box.fill), **corners)


def _holds(confirmation: Confirmation | None, blob_sha256: str | None, boxes: Iterable[Box]) -> bool:
    return (
        confirmation is not None
        and confirmation.profile_version == PROFILE_VERSION
        and confirmation.blob_sha256 == blob_sha256
        and confirmation.boxes_sha256 == boxes_sha256(boxes)
    )


def check_number(boxes: Sequence[Box]) -> None:
    """Refuse more areas than anybody draws on one image."""
    on_frames = {replace(box, frame=None) for box in boxes if box.frame is not None}
    everywhere = sum(box.frame is None for box in boxes)
    if len(boxes) > MOST_ON_FRAMES or everywhere + len(on_frames) > MOST_BOXES:
        raise IntakeError("too-many-boxes")


def _checked(boxes: Sequence[Box], instance: Instance) -> list[Box]:
    check_number(boxes)
    for box in boxes:
        if not (0 <= box.x0 < box.x1 <= instance.columns and 0 <= box.y0 < box.y1 <= instance.rows):
            raise IntakeError("box-outside")
        if box.frame is not None and not 0 <= box.frame < instance.frame_count:
            raise IntakeError("box-frame")
    return list(dict.fromkeys(boxes))
