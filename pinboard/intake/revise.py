"""Corrects a published case in the open: one image removed, words mended, the history visible to its readers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.intake.cover import choose_key, dress
from pinboard.intake.errors import IntakeError
from pinboard.intake.notes import doom, note, record
from pinboard.intake.outbox import enqueue
from pinboard.models import (
    Case,
    CaseChange,
    CaseState,
    Instance,
    InstanceState,
    Mark,
    MediaFile,
    Release,
    Series,
    User,
)

EDITABLE = (
    "title",
    "question",
    "history",
    "findings",
    "differential",
    "outcome",
    "tags",
    "age_band",
    "sex",
    "body_part",
    "laterality",
    "resolution",
    "is_sensitive",
    "sensitive_reason",
)
"""What may be corrected after publishing; anything else is decided by an act of its own."""

_VISIBLE = frozenset({CaseState.PUBLISHED, CaseState.HIDDEN})
_THERE = (InstanceState.PUBLISHED, InstanceState.HIDDEN)


def remove_image(session: Session, instance: Instance, by: User, reason: str) -> None:
    """Take one image out of a published case: its URLs are dead at once, its bytes go by a job."""
    case = session.get_one(Case, instance.case_id, with_for_update=True)
    if case.state not in _VISIBLE or instance.state not in _THERE:
        raise IntakeError("not-published")
    others = select(Instance.id).where(Instance.case_id == case.id, Instance.state.in_(_THERE), policy.FOR_EVERYBODY)
    if session.scalar(others.where(Instance.id != instance.id).limit(1)) is None:
        raise IntakeError("last-image")
    if instance.blob is not None:
        # It was being redacted; with its state gone, the next round shreds what lies in the vault.
        enqueue(session, "sweep", 0)
    instance.state, instance.removed_at, instance.media_name = InstanceState.REMOVED, clock.now(), None
    instance.header, instance.dhash, instance.pixel_mac = {}, None, None
    names = list(session.scalars(select(MediaFile.object_name).where(MediaFile.instance_id == instance.id)))
    session.execute(delete(MediaFile).where(MediaFile.instance_id == instance.id))
    _forget_marks(session, instance)
    session.flush()
    choose_key(session, session.get_one(Series, instance.series_id))
    dress(session, case)
    _shrink_releases(session, case, instance)
    doom(session, names)
    note(session, case, by, "image-removed", reason=reason)
    record(session, by, "image-remove", case, instance=instance.public_id)
    policy.void_attestations(session, case)


def edit_words(session: Session, case: Case, changes: Mapping[str, Any], by: User) -> list[str]:
    """Correct words of a published case; gives the fields that changed, each with its line in the history."""
    if case.state not in _VISIBLE:
        raise IntakeError("not-published")
    if not set(changes) <= set(EDITABLE):
        raise IntakeError("not-editable")
    changed = [name for name, value in changes.items() if getattr(case, name) != value]
    for name in changed:
        before = getattr(case, name)
        setattr(case, name, changes[name])
        session.add(
            CaseChange(
                case_id=case.id,
                by_id=by.id,
                at=clock.now(),
                verb="edited",
                field=name,
                before=_shown(before),
                after=_shown(changes[name]),
            )
        )
    if changed:
        case.updated_at = clock.now()
        record(session, by, "edit", case, fields=changed)
        session.flush()
    return changed


def edit_alt_text(session: Session, series: Series, text: str, by: User) -> None:
    """Correct how a series is described to those who cannot see it."""
    case = session.get_one(Case, series.case_id)
    if case.state not in _VISIBLE:
        raise IntakeError("not-published")
    if series.alt_text == text:
        return
    before, series.alt_text = series.alt_text, text
    session.add(
        CaseChange(
            case_id=case.id, by_id=by.id, at=clock.now(), verb="edited", field="alt_text", before=before, after=text
        )
    )
    session.flush()
    dress(session, case)
    record(session, by, "edit", case, fields=["alt_text"])


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    return json.dumps(value, ensure_ascii=False)


def _forget_marks(session: Session, removed: Instance) -> None:
    """Forget what was drawn on the image; the rows stay, so that no other mark gets their letters."""
    gone = update(Mark).where(Mark.instance_id == removed.id).values(removed_at=clock.now(), points=[], text="")
    session.execute(gone, execution_options={"synchronize_session": "fetch"})


def _shrink_releases(session: Session, case: Case, removed: Instance) -> None:
    """Take the image out of what its subject was given; a release without images ends."""
    standing = select(Release).where(Release.case_id == case.id, Release.revoked_at.is_(None))
    for release in session.scalars(standing):
        if removed.id in release.instances:
            release.instances = [one for one in release.instances if one != removed.id]
            if not release.instances:
                release.revoked_at = clock.now()
