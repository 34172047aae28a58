"""What the pages of a draft show: images, series, the list of drafts, what is missing as links."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.drafts.images import images, instance_for, name_of, numbers, ordered
from pinboard.drafts.words import count_images, erased_in, example, kind_of, suggestion
from pinboard.intake.missing import Missing, missing
from pinboard.models import (
    Case,
    CaseState,
    Instance,
    InstanceState,
    Series,
)
from pinboard.web.text import _

__all__ = ["drafts_of", "gaps", "images", "instance_for", "series"]

WARN_BEFORE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class DraftSeries:
    """One series on the case form."""

    public_id: str
    name: str
    kind: str
    image: str
    width: int
    height: int
    frame: int
    suggestion: str
    example: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One line of the list of drafts."""

    public_id: str
    title: str
    images: str
    created_at: datetime
    erased: str
    is_ending: bool
    is_publishing: bool
    image: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, with the place where it is mended."""

    sentence: str
    href: str


def series(session: Session, case: Case) -> list[DraftSeries]:
    """Give the series of a draft, each with the image that stands for it."""
    names = numbers(session, case)
    found: dict[int, list[Instance]] = {}
    for instance, _modality in ordered(session, case):
        found.setdefault(instance.series_id, []).append(instance)
    rows = session.scalars(select(Series).where(Series.id.in_(found)).order_by(Series.position, Series.id)).all()
    keys = {
        row.id: next((one for one in found[row.id] if one.id == row.key_instance_id), found[row.id][0]) for row in rows
    }
    of_keys = select(Instance.id, Instance.header).where(Instance.id.in_([key.id for key in keys.values()]))
    headers = {row.id: row.header for row in session.execute(of_keys)}
    return [
        _series(
            row,
            _Members(keys[row.id], found[row.id]),
            names,
            suggestion(row.modality, headers[keys[row.id].id], case.body_part),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class _Members:
    """The images of a series that are on the desk, and the one that stands for them."""

    key: Instance
    every: list[Instance]


def _series(row: Series, members: _Members, names: dict[int, int], suggested: str) -> DraftSeries:
    key, every = members.key, members.every
    known = [names[one.id] for one in every if one.id in names]
    name = name_of(names, key.id)
    if len(every) > 1 and known:
        name = _("Images {first} to {last}").format(first=min(known), last=max(known))
    frames = key.frame_count if len(every) == 1 else 1
    return DraftSeries(
        public_id=row.public_id,
        name=name,
        kind=kind_of(row.modality, frames),
        image=key.public_id,
        width=key.columns,
        height=key.rows,
        frame=min(row.key_frame, key.frame_count - 1),
        suggestion=suggested,
        example=example(row.modality),
        alt_text=row.alt_text,
    )


def gaps(session: Session, case: Case, offered: Collection[str] = ()) -> list[Gap]:
    """Give what is missing, called as the pages call it, as links; what the form offers already is not missing."""
    names = {one.public_id: one.name for one in images(session, case)}
    titles = {one.public_id: one.name for one in series(session, case)}
    return [_gap(case.public_id, item, names | titles) for item in missing(session, case) if item.anchor not in offered]


def _gap(draft: str, item: Missing, names: dict[str, str]) -> Gap:
    sentence, anchor = item.sentence, item.anchor
    if item.code == "unconfirmed":
        image = anchor.removeprefix("image-")
        sentence = _("Look at {name} and confirm it.").format(name=names.get(image, _("every image")))
        return Gap(sentence, url_for("drafts.review", draft=draft, image=image))
    if item.code == "alt-text":
        public_id = anchor.removeprefix("alt-")
        sentence = _("Describe {name} for readers who cannot see it.").format(
            name=names.get(public_id, _("each series"))
        )
        return Gap(sentence, url_for("drafts.show", draft=draft, _anchor=f"f-alt-{public_id}"))
    if item.code == "unconfirmed-slices":
        public_id = anchor.removeprefix("slices-")
        sentence = _("Look at the slices of {name} and confirm them.").format(
            name=names.get(public_id, _("each series"))
        )
        return Gap(sentence, url_for("drafts.slices", draft=draft, series=public_id))
    if item.code in {"head-slices", "subject-only"}:
        return Gap(_(sentence), url_for("drafts.series", draft=draft, all=1))
    if anchor == "images":
        return Gap(_(sentence), url_for("drafts.new", draft=draft))
    place = "f-title" if anchor == "title" else anchor
    return Gap(_(sentence), url_for("drafts.show", draft=draft, _anchor=place))


def drafts_of(session: Session, user_id: int) -> list[DraftRow]:
    """Give the drafts of an author, the one touched last first."""
    cases = session.scalars(
        select(Case)
        .where(Case.author_id == user_id, Case.state.in_([CaseState.DRAFT, CaseState.PUBLISHING]))
        .order_by(Case.updated_at.desc(), Case.id.desc())
        .limit(200)
    ).all()
    if not cases:
        return []
    live = (Instance.case_id.in_([case.id for case in cases]), Instance.state == InstanceState.DRAFT)
    firsts = select(Instance.case_id, func.count(), func.min(Instance.id)).where(*live).group_by(Instance.case_id)
    counts = {case_id: (count, first) for case_id, count, first in session.execute(firsts)}
    shown = {
        one.id: one for one in session.scalars(select(Instance).where(Instance.id.in_([c[1] for c in counts.values()])))
    }
    return [_draft_row(case, *counts.get(case.id, (0, 0)), shown) for case in cases]


def _draft_row(case: Case, count: int, first: int, shown: dict[int, Instance]) -> DraftRow:
    image = shown.get(first)
    is_publishing = case.state is CaseState.PUBLISHING
    is_ending = case.expires_at is not None and case.expires_at - now() < WARN_BEFORE
    return DraftRow(
        public_id=case.public_id,
        title=case.title or _("Untitled draft"),
        images=count_images(count),
        created_at=case.created_at,
        erased=erased_in(case.expires_at),
        is_ending=is_ending and not is_publishing,
        is_publishing=is_publishing,
        image=image.public_id if image else "",
        width=image.columns if image else 0,
        height=image.rows if image else 0,
    )
