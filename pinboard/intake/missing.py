"""Says what a draft still lacks, as sentences that link to the place where it is mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from pinboard import policy
from pinboard.imaging.series import KEY_SLICES, VOLUMES
from pinboard.intake.review import confirmed_ids
from pinboard.models import Case, Instance, InstanceState, Series, Upload, UploadState

FEW = 3
"""Images of one series that are named one by one."""
SENTENCES = {
    "no-image": "Add at least one image.",
    "subject-only": "Every image is for the patient only. Choose at least one that your readers may see.",
    "receiving": "Wait until every image has arrived, or cancel it.",
    "head-slices": f"Choose at most {KEY_SLICES} slices of this head or neck: a face can be rebuilt from more.",
    "title": "Write the question in one sentence.",
    "consent": "Record the consent of the person in the images.",
    "audience": "Choose who may see the case.",
    "audience-too-wide": (
        "The consent does not reach as far as the audience you chose. Choose fewer readers or record more."
    ),
}
"""What is missing, by its code; translated where it is shown. What names an image is said there, too."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps a draft from being published."""

    code: str
    sentence: str
    anchor: str


def _missing(code: str, anchor: str) -> Missing:
    return Missing(code, SENTENCES[code], anchor)


def missing(session: Session, case: Case) -> list[Missing]:
    """List what is missing, in the order of the page; an empty list means that the case can be published."""
    return [*_images(session, case), *_words(session, case), *_readers(session, case)]


def _images(session: Session, case: Case) -> list[Missing]:
    ordered = (
        select(Instance.id, Instance.public_id, Instance.is_subject_only, Series.public_id.label("series"))
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id == case.id, Instance.state == InstanceState.DRAFT)
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    )
    rows = session.execute(ordered).all()
    if not rows:
        return [_missing("no-image", "images")]
    found = [*_unconfirmed(rows, confirmed_ids(session, case)), *_heads(session, case)]
    if all(row.is_subject_only for row in rows):
        found.append(_missing("subject-only", "series"))
    receiving = select(Upload.id).where(Upload.case_id == case.id, Upload.state == UploadState.RECEIVING).limit(1)
    if session.scalar(receiving) is not None:
        found.append(_missing("receiving", "images"))
    return found


def _unconfirmed(rows: Sequence[Row[*tuple[Any, ...]]], sure: set[int]) -> list[Missing]:
    """Name each image that nobody confirmed; of a series with more than a few of them, the series."""
    waiting = Counter(row.series for row in rows if row.id not in sure)
    found: dict[str, Missing] = {}
    for number, row in enumerate(rows, 1):
        if row.id in sure:
            continue
        if waiting[row.series] > FEW:
            sentence = f"Look at {waiting[row.series]} slices of one series and confirm them."
            found.setdefault(row.series, Missing("unconfirmed-slices", sentence, f"slices-{row.series}"))
        else:
            sentence = f"Look at image {number} and confirm it."
            found[row.public_id] = Missing("unconfirmed", sentence, f"image-{row.public_id}")
    return list(found.values())


def _heads(session: Session, case: Case) -> list[Missing]:
    """Name each series that shows so much of a head that a face could be rebuilt from it."""
    shown = (Instance.state == InstanceState.DRAFT, Instance.is_subject_only.is_(False))
    slices = (
        select(Series.public_id)
        .join(Instance, Instance.series_id == Series.id)
        .where(Series.case_id == case.id, Series.is_recognizable, Series.modality.in_(VOLUMES), *shown)
        .group_by(Series.id, Series.public_id, Series.position)
        .having(func.sum(Instance.frame_count) > KEY_SLICES)
        .order_by(Series.position, Series.id)
    )
    return [_missing("head-slices", f"series-{series}") for series in session.scalars(slices)]


def _words(session: Session, case: Case) -> list[Missing]:
    found = []
    if not case.title.strip():
        found.append(_missing("title", "title"))
    used = select(Instance.series_id).where(Instance.case_id == case.id, Instance.state == InstanceState.DRAFT)
    series = session.scalars(
        select(Series).where(Series.case_id == case.id, Series.id.in_(used)).order_by(Series.position, Series.id)
    )
    for number, one in enumerate(series, 1):
        if not one.alt_text.strip():
            sentence = f"Describe series {number} in a few words for those who cannot see it."
            found.append(Missing("alt-text", sentence, f"alt-{one.public_id}"))
    return found


def _readers(session: Session, case: Case) -> list[Missing]:
    found = []
    levels = policy.standing_levels(session, case)
    if not levels:
        found.append(_missing("consent", "consent"))
    if not policy.is_made(case.audience_choice):
        found.append(_missing("audience", "audience"))
    elif levels and not policy.fits(case.audience_choice, levels):
        found.append(_missing("audience-too-wide", "audience"))
    return found
