"""Gives a confirmed image of a draft the marks by which the same picture is found elsewhere, before it is published.

The marks are made of the picture as painted. A hash of what was there before, beside its key, would let anybody who
has both try names until one fits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.custody import Box
from pinboard.intake.children import RefusedFile, child_answer
from pinboard.intake.review import boxes_of, boxes_sha256, confirmed
from pinboard.intake.stores import Stores
from pinboard.models import Case, CaseState, Instance, InstanceState, Series
from pinboard.sandbox import Answer
from pinboard.storage.keyfiles import KeyRing
from pinboard.storage.vault import VaultError

_DHASH = re.compile("[0-9a-f]{16}")
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a picture is found by: nearly the same in `dhash`, the very same in `pixel_mac`."""

    dhash: str | None
    pixel_mac: str


@dataclass(frozen=True, slots=True)
class _Task:
    """What one run needs to know; plain values, so that no session stays open while the child works."""

    draft: str
    blob: str
    boxes: tuple[Box, ...]
    key_frame: int | None


def marks_of(answer: Answer, keys: KeyRing) -> Marks:
    """Check the marks in a child's answer, and key the hash of the pixels."""
    dhash, sha256 = answer.json.get("dhash"), answer.json.get("pixels_sha256")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise RefusedFile("damaged")
    if dhash is not None and not (isinstance(dhash, str) and _DHASH.fullmatch(dhash)):
        raise RefusedFile("damaged")
    mac = hmac.new(keys.subkey("pixels"), bytes.fromhex(sha256), hashlib.sha256)
    return Marks(dhash, mac.hexdigest())


def run(stores: Stores, instance_id: int) -> None:
    """Mark one image that was confirmed; what is not confirmed any more, or on its way already, needs none."""
    with stores.reading() as session:
        task = _task(session, instance_id)
    if task is None:
        return
    try:
        scrubbed = stores.vault.open(task.draft, task.blob)
        asked = {"boxes": [box.as_list() for box in task.boxes], "key_frame": task.key_frame}
        answer = child_answer(stores, "fingerprint", [scrubbed.instance], asked, kind="pixel", foreground=False)
        marks = marks_of(answer, stores.keys)
    except (VaultError, RefusedFile):
        # Publishing will say so to the author; here nobody waits.
        return
    with stores.writing() as session:
        instance = session.get(Instance, instance_id, with_for_update=True)
        now = _task(session, instance_id)
        if instance is not None and now is not None and boxes_sha256(now.boxes) == boxes_sha256(task.boxes):
            instance.dhash, instance.pixel_mac = marks.dhash, marks.pixel_mac


def _task(session: Session, instance_id: int) -> _Task | None:
    instance = session.get(Instance, instance_id)
    if instance is None or instance.blob is None or instance.state != InstanceState.DRAFT:
        return None
    case = session.get_one(Case, instance.case_id)
    if case.state != CaseState.DRAFT or not confirmed(session, instance):
        return None
    series = session.scalars(select(Series).where(Series.id == instance.series_id)).one()
    key_frame = series.key_frame if series.key_instance_id == instance.id else None
    return _Task(case.public_id, instance.blob, tuple(boxes_of(session, instance)), key_frame)
