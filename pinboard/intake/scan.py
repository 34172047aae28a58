"""Has text and faces looked for in an image that came in, and writes down what a person might want to paint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard.custody import Box
from pinboard.deid.rectangles import MARGIN, Rectangle, covered, tight
from pinboard.intake import desk, memory
from pinboard.intake.errors import IntakeError
from pinboard.intake.outbox import enqueue_each
from pinboard.intake.review import drawn
from pinboard.intake.stores import Stores
from pinboard.models import (
    Case,
    CaseState,
    Confirmation,
    DrawnBox,
    Instance,
    InstanceKind,
    InstanceState,
    ScanState,
    Series,
    Suggestion,
    SuggestionKind,
)
from pinboard.sandbox import ChildFailed, ChildRefused
from pinboard.sandbox.look import Look, Suggested, look, may_show_face
from pinboard.storage.vault import VaultError

SURE = 0.5
"""Confidence from which on what people painted before stands for what software found in the same place."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What one run needs to know; plain values, so that no session stays open while the children look."""

    draft: str
    blob: str
    wants_faces: bool


def ask(session: Session, instance: Instance) -> None:
    """Have an image looked at, soon and in the background."""
    ask_each(session, [instance])


def ask_each(session: Session, instances: Sequence[Instance]) -> None:
    """Have images looked at in the background; what was drawn here from numbers has no words but ours."""
    for instance in instances:
        is_drawn = instance.kind is InstanceKind.ECG
        instance.scan = ScanState.DONE if is_drawn else ScanState.WAITING
        if not is_drawn:
            instance.detector = None
    enqueue_each(session, "scan", [one.id for one in instances if one.scan is ScanState.WAITING])


def run(stores: Stores, instance_id: int) -> None:
    """Look at one image that lies open for painting; a second look replaces what the first one suggested."""
    with stores.reading() as session:
        task = _task(session, instance_id)
    if task is None:
        return
    try:
        scrubbed = stores.vault.open(task.draft, task.blob)
        seen = look(stores.pool, scrubbed.instance, wants_faces=task.wants_faces)
    except VaultError:
        return
    except (ChildFailed, ChildRefused):
        seen = None
    with stores.writing() as session:
        case = select(Case).join(Instance, Instance.case_id == Case.id).where(Instance.id == instance_id)
        session.scalar(case.with_for_update(of=Case))
        instance = session.get(Instance, instance_id)
        if instance is not None and _task(session, instance_id) == task:
            _keep(session, instance, seen)


def _task(session: Session, instance_id: int) -> _Task | None:
    instance = session.get(Instance, instance_id)
    if instance is None or instance.blob is None:
        return None
    try:
        desk.check(session, instance)
    except IntakeError:
        return None
    draft = session.scalars(select(Case.public_id).where(Case.id == instance.case_id)).one()
    modality = session.scalar(select(Series.modality).where(Series.id == instance.series_id))
    return _Task(draft, instance.blob, instance.is_photo or may_show_face(modality))


def _keep(session: Session, instance: Instance, seen: Look | None) -> None:
    instance.scan = _state(seen)
    instance.detector = seen.detector if seen is not None and seen.is_whole else None
    session.execute(delete(Suggestion).where(Suggestion.instance_id == instance.id))
    found = _tidy(seen.suggested if seen else (), instance)
    remembered = _remembered(session, instance, found)
    for one in (*_not_under(found, remembered), *remembered):
        session.add(_row(instance, one))
    _draw_outside(session, instance, found)
    session.flush()
    session.expire(instance, ["suggestions", "boxes"])


def _state(seen: Look | None) -> ScanState:
    if seen is None:
        return ScanState.FAILED
    if seen.is_whole:
        return ScanState.DONE
    return ScanState.PARTLY if seen.detector is None else ScanState.FAILED


def _tidy(suggested: Sequence[Suggested], instance: Instance) -> list[Suggested]:
    """Put the margin of what lies outside an image inside of it: its border is known, and what it shows stays."""
    found = []
    for one in suggested:
        if one.kind != SuggestionKind.OUTSIDE:
            found.append(one)
        elif min(one.x1 - one.x0, one.y1 - one.y0) >= MARGIN:
            x0, y0, x1, y1 = tight(_corners(one), rows=instance.rows, columns=instance.columns)
            found.append(replace(one, x0=x0, y0=y0, x1=x1, y1=y1))
    return found


def _remembered(session: Session, instance: Instance, found: Sequence[Suggested]) -> list[Suggested]:
    """Give what people painted before on such images, where the device itself does not say it already."""
    if instance.device is None:
        return []
    outside = [_corners(one) for one in found if one.kind == SuggestionKind.OUTSIDE]
    return [
        Suggested(SuggestionKind.MEMORY, one.confidence, None, *one.box)
        for one in memory.suggest(session, instance.device, instance.rows, instance.columns)
        if covered(one.box, outside) < memory.ENOUGH
    ]


def _not_under(found: Sequence[Suggested], remembered: Sequence[Suggested]) -> list[Suggested]:
    """Leave out what a surely remembered area says better, so that one thing is suggested once."""
    sure = [_corners(one) for one in remembered if one.confidence >= SURE]
    return [one for one in found if one.kind == SuggestionKind.OUTSIDE or covered(_corners(one), sure) < memory.ENOUGH]


def _draw_outside(session: Session, instance: Instance, found: Sequence[Suggested]) -> None:
    """Draw what a device itself declares to be no image, on a draft that nobody has drawn on or confirmed."""
    case_state = session.scalar(select(Case.state).where(Case.id == instance.case_id))
    if case_state != CaseState.DRAFT or instance.state != InstanceState.DRAFT:
        return
    for touched in (DrawnBox, Confirmation):
        if session.scalar(select(touched.id).where(touched.instance_id == instance.id).limit(1)) is not None:
            return
    outside = (one for one in found if one.kind == SuggestionKind.OUTSIDE)
    session.add_all(drawn(instance.id, Box(*_corners(one), one.frame)) for one in outside)


def _row(instance: Instance, one: Suggested) -> Suggestion:
    return Suggestion(
        instance_id=instance.id,
        kind=SuggestionKind(one.kind),
        confidence=one.confidence,
        frame=one.frame,
        x0=one.x0,
        y0=one.y0,
        x1=one.x1,
        y1=one.y1,
    )


def _corners(one: Suggested) -> Rectangle:
    return one.x0, one.y0, one.x1, one.y1
