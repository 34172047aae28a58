"""Reads the history of a case, its consents and its images for the one who keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard import policy
from pinboard.models import Board, Case, CaseChange, Consent, Instance, InstanceState, Series, Source, Study, User
from pinboard.policy import Reader, Why
from pinboard.upkeep.words import field_word, said
from pinboard.web.text import _

SENTENCE = {
    "published": _("Published"),
    "attested": _("Looked at by a second clinician"),
    "edited": _("Corrected"),
    "image-removed": _("An image was removed"),
    "image-hidden": _("An image was hidden"),
    "image-shown": _("An image was shown again"),
    "image-redacted": _("An image was redacted again"),
    "flag-restored": _("Reported by a reader, looked at and shown again"),
    "flag-redacted": _("Reported by a reader, mended and shown again"),
    "withdrawn": _("Withdrawn"),
    "restored": _("Brought back"),
    "hidden": _("Hidden"),
    "shown": _("Shown again"),
    "released": _("Released to the patient"),
    "release-ended": _("Taken back from the patient"),
    "solved": _("Outcome written down"),
    "sample-offered": _("Offered for the page for visitors"),
    "sample-ended": _("No longer offered for the page for visitors"),
    "sample-picked": _("Shown on the page for visitors"),
    "sample-unpicked": _("Taken off the page for visitors"),
    "consent-withdrawn": _("Consent withdrawn"),
    "erased": _("Erased"),
}
"""What a change is called in the history; none of the words comes from a person."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history."""

    at: datetime
    words: str
    name: str
    reason: str
    before: str
    after: str


def history_of(session: Session, case_id: int) -> list[Change]:
    """Give what changed, newest first, with who did it."""
    query = (
        select(CaseChange.at, CaseChange.verb, CaseChange.field, CaseChange.before, CaseChange.after)
        .add_columns(CaseChange.reason, User.name)
        .join(User, User.id == CaseChange.by_id)
        .where(CaseChange.case_id == case_id)
        .order_by(CaseChange.id.desc())
    )
    return [
        Change(
            at=row.at,
            words=_line(row.verb, row.field),
            name=row.name,
            reason=row.reason or "",
            before=said(row.field, row.before),
            after=said(row.field, row.after),
        )
        for row in session.execute(query.limit(500))
    ]


def consents_of(session: Session, case_id: int) -> Sequence[Consent]:
    """Give the consents of a case, those withdrawn too."""
    return session.scalars(select(Consent).where(Consent.case_id == case_id).order_by(Consent.id)).all()


def reasons_for(session: Session, reader: Reader, case: Case, *, is_keeper: bool) -> list[Why]:
    """Give why a case is seen; whoever does not keep it reads no label of a link and no board that is not theirs."""
    reasons = policy.audience_of(session, case)
    if is_keeper:
        return reasons
    walls = session.scalars(select(Board.id).where(policy.may_board(reader, "see")))
    own = {policy.on_board(number) for number in walls}
    links = {Source.COLLEAGUE_SHARE, Source.SUBJECT_SHARE}
    shared = {policy.CLINICIANS, policy.TRAINEES}
    return [
        replace(why, name="")
        if why.source in links or (why.source is Source.BOARD and why.principal not in own | shared)
        else why
        for why in reasons
    ]


def images_of(session: Session, case_id: int) -> list[Row[Any]]:
    """Give the images that are part of a published case, in order, those that are hidden or the subject's own too."""
    query = (
        select(Instance.public_id, Instance.media_name, Instance.columns, Instance.rows, Instance.frame_count)
        .add_columns(Series.modality, Series.alt_text, Series.public_id.label("series"))
        .add_columns(Instance.is_subject_only, Instance.number)
        .add_columns((Instance.state == InstanceState.HIDDEN).label("is_hidden"), Instance.blob.label("blob"))
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.case_id == case_id)
        .where(Instance.state.in_([InstanceState.PUBLISHED, InstanceState.HIDDEN]))
        .where(Instance.media_name.is_not(None))
        .order_by(Study.position, Study.id, Series.position, Series.id, Instance.position, Instance.id)
    )
    return list(session.execute(query))


def kept_of(images: Sequence[Row[Any]]) -> list[tuple[int, list[tuple[int, str]]]]:
    """Give the images that only the person in them sees: number of the series, and number and name of each slice."""
    kept: list[tuple[int, list[tuple[int, str]]]] = []
    for number, (_series, rows) in enumerate(groupby(images, key=attrgetter("series")), 1):
        slices = [(row.number or place, row.public_id) for place, row in enumerate(rows, 1) if row.is_subject_only]
        if slices:
            kept.append((number, slices))
    return kept


def _line(verb: str, field: str | None) -> str:
    """Say what changed, and in which field; translated now, because the name of the field joins it."""
    words = str(SENTENCE.get(verb, verb))
    return _("{change}: {field}").format(change=words, field=field_word(field)) if field else words
