"""Tells which images lie open for painting: those of a draft, and those of a published case that are being mended."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from pinboard.intake.errors import IntakeError
from pinboard.models import Case, CaseState, Instance, InstanceState, MediaIntent

LIVE = frozenset({CaseState.PUBLISHED, CaseState.HIDDEN, CaseState.WITHDRAWN})
"""States in which an image of a case may lie in the vault once more."""


def being_mended() -> ColumnElement[bool]:
    """Give the clause for an image whose pixels are in the vault again, or on their way there; needs its case."""
    return and_(Instance.state == InstanceState.HIDDEN, Instance.blob.is_not(None), Case.state.in_(LIVE))


def on_desk() -> ColumnElement[bool]:
    """Give the clause for an image that somebody may paint and confirm."""
    again = and_(Instance.blob.is_not(None), Instance.blob_sha256.is_not(None))
    return or_(Instance.state == InstanceState.DRAFT, and_(Instance.state == InstanceState.HIDDEN, again))


def is_open(instance: Instance) -> bool:
    """Tell whether an image of a published case lies open for painting."""
    return instance.state == InstanceState.HIDDEN and instance.blob is not None and instance.blob_sha256 is not None


def is_under_way(session: Session, instance: Instance) -> bool:
    """Tell whether a job develops this image now, so that nobody paints on it meanwhile."""
    if instance.blob is None:
        return False
    return (
        session.scalar(select(MediaIntent.lease_id).where(MediaIntent.lease_id == instance.blob).limit(1)) is not None
    )


def check(session: Session, instance: Instance) -> None:
    """Refuse to paint or confirm an image that is neither of a draft nor being mended."""
    state = session.scalar(select(Case.state).where(Case.id == instance.case_id))
    if state == CaseState.DRAFT and instance.state == InstanceState.DRAFT:
        return
    if state not in LIVE or not is_open(instance) or is_under_way(session, instance):
        raise IntakeError("not-a-draft")
