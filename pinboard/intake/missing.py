"""Says what a draft still lacks, as sentences that link to the place where it is mended."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.intake.review import confirmed_ids
from pinboard.models import Case, Consent, ConsentLevel, Instance, InstanceState, Series, Upload, UploadState


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps a draft from being published."""

    code: str
    sentence: str
    anchor: str


def missing(session: Session, case: Case) -> list[Missing]:
    """List what is missing, in the order of the page; an empty list means that the case can be published."""
    return [*_images(session, case), *_words(session, case), *_readers(session, case)]


def _images(session: Session, case: Case) -> list[Missing]:
    ordered = (
        select(Instance, Series)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id == case.id, Instance.state == InstanceState.DRAFT)
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    )
    rows = session.execute(ordered).all()
    if not rows:
        return [Missing("no-image", "Add at least one image.", "images")]
    sure = confirmed_ids(session, case)
    found = [
        Missing("unconfirmed", f"Look at image {number} and confirm it.", f"image-{instance.public_id}")
        for number, (instance, _series) in enumerate(rows, 1)
        if instance.id not in sure
    ]
    receiving = select(Upload.id).where(Upload.case_id == case.id, Upload.state == UploadState.RECEIVING).limit(1)
    if session.scalar(receiving) is not None:
        found.append(Missing("receiving", "Wait until every image has arrived, or cancel it.", "images"))
    return found


def _words(session: Session, case: Case) -> list[Missing]:
    found = []
    if not case.title.strip():
        found.append(Missing("title", "Write the question in one sentence.", "title"))
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
    levels = standing_levels(session, case)
    if not levels:
        found.append(Missing("consent", "Record the consent of the person in the images.", "consent"))
    if not policy.is_made(case.audience_choice):
        found.append(Missing("audience", "Choose who may see the case.", "audience"))
    elif levels and not policy.fits(case.audience_choice, levels):
        sentence = "The consent does not reach as far as the audience you chose. Choose fewer readers or record more."
        found.append(Missing("audience-too-wide", sentence, "audience"))
    return found


def standing_levels(session: Session, case: Case) -> set[ConsentLevel]:
    """Give the levels of consent that are in force now."""
    now = clock.now()
    stands = (Consent.withdrawn_at.is_(None), Consent.taken_at <= now, Consent.valid_until > now)
    return set(session.scalars(select(Consent.level).where(Consent.case_id == case.id, *stands)))
