"""Chooses the picture that stands for a case, and counts what is left in it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pinboard.imaging.series import middle_third
from pinboard.intake.develop import Developed
from pinboard.intake.documents import KINDS as DOCUMENT_KINDS
from pinboard.models import Case, Instance, InstanceKind, InstanceState, MediaFile, Series

_SHOWN = (Instance.state == InstanceState.PUBLISHED, Instance.is_subject_only.is_(False))
"""What every reader of a case may see; what is for the person in it alone is neither its cover nor counted."""


def dress(session: Session, case: Case, *, series_id: int | None = None) -> None:
    """Set cover, modality and number of frames from what the case shows now; a series chosen once goes before."""
    chosen = series_id if series_id is not None else (case.cover or {}).get("series")
    found = session.execute(_first(case, chosen)).first()
    total = select(func.sum(Instance.frame_count)).where(Instance.case_id == case.id, *_SHOWN)
    case.frame_count = int(session.scalar(total) or 0)
    if found is None:
        case.cover = case.modality = None
        return
    instance, series = found
    case.modality = series.modality
    case.cover = _cover(session, instance, series) | ({"series": chosen} if chosen else {})
    if series.key_instance_id != instance.id:
        series.key_instance_id, series.key_frame = instance.id, instance.frame_count // 2


def choose_keys(session: Session, developed: Mapping[int, Developed]) -> None:
    """Let the image that shows the most, of the middle third of each series, stand for it."""
    shown = (
        select(Instance.id, Instance.series_id, Instance.kind)
        .where(Instance.id.in_(developed), Instance.kind.not_in(DOCUMENT_KINDS), *_SHOWN)
        .order_by(Instance.position, Instance.id)
    )
    members: dict[int, dict[int, InstanceKind]] = {}
    for instance_id, series_id, kind in session.execute(shown):
        members.setdefault(series_id, {})[instance_id] = kind
    for series_id, kinds in members.items():
        # A scout shows more than any slice, and nothing of what the series is about.
        plain = [one for one, kind in kinds.items() if kind == InstanceKind.IMAGE]
        instances = plain or list(kinds)
        middle = [instances[place] for place in middle_third(len(instances))]
        best = max(middle, key=lambda one: developed[one].entropy)
        series = session.get_one(Series, series_id)
        series.key_instance_id, series.key_frame = best, developed[best].key_frame


def choose_key(session: Session, series: Series) -> None:
    """Let the nearest image that is left stand for a series whose key image is gone.

    What is only hidden, and has no other beside it, comes back with the frame that was chosen of it.
    """
    left = (
        select(Instance)
        .where(Instance.series_id == series.id, Instance.state.in_([InstanceState.DRAFT, InstanceState.PUBLISHED]))
        .order_by(Instance.is_subject_only, Instance.position, Instance.id)
    )
    instances = session.scalars(left).all()
    if any(instance.id == series.key_instance_id for instance in instances):
        return
    gone = session.get(Instance, series.key_instance_id) if series.key_instance_id else None
    if not instances and gone is not None and gone.state == InstanceState.HIDDEN:
        return
    place = gone.position if gone else 0
    nearest = min(instances, key=lambda one: (one.is_subject_only, abs(one.position - place)), default=None)
    series.key_instance_id = nearest.id if nearest else None
    series.key_frame = nearest.frame_count // 2 if nearest else 0


def _first(case: Case, chosen: int | None) -> Select[Instance, Series]:
    """Order by series, the chosen one and in it the image that stands for it first."""
    is_chosen = Series.id == (chosen or 0)
    is_key = Instance.id == Series.key_instance_id
    return (
        select(Instance, Series)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id == case.id, *_SHOWN)
        .order_by(is_chosen.desc(), Series.position, Series.id, is_key.desc(), Instance.position, Instance.id)
        .limit(1)
    )


def _cover(session: Session, instance: Instance, series: Series) -> dict[str, object]:
    files = session.scalars(
        select(MediaFile)
        .where(MediaFile.instance_id == instance.id, MediaFile.content_type == "image/webp")
        .order_by(MediaFile.width)
    ).all()
    widest = files[-1]
    return {
        "name": instance.media_name,
        "width": widest.width,
        "height": widest.height,
        "tone": instance.tone,
        "alt": series.alt_text,
        "sizes": [[file.variant, file.width, file.height] for file in files],
        "is_photo": instance.is_photo,
    }
