"""Reads what outsiders see, column by column; a column that is not named here cannot leave the clinic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from pinboard.models import Case, Instance, InstanceState, MediaFile, PublicSample, Series, Study, User
from pinboard.policy import FOR_OUTSIDERS, NOBODY, SHUT_OUT, NotFound, Reader, newest, offered, outsider, visible
from pinboard.vocabulary import meaning, modality
from pinboard.web.paging import Cursor
from pinboard.web.text import _

PAGE = 24
MOST_PICTURES = 12
RENDITIONS = ("w236", "w474", "w736", "w1200")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture for everybody, ready for its attributes."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    css: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One case as an outsider sees it: nothing else of it is there."""

    id: str
    title: str
    question: str
    author: str
    facts: str
    """How the pictures were made, and of what."""
    month: datetime | None
    is_covered: bool
    pictures: tuple[Picture, ...]

    @property
    def cover(self) -> Picture | None:
        """Give the picture that stands for it on the wall; one that may disturb is left to its own page."""
        return None if self.is_covered else self.pictures[0]


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as an administrator sees it: what outsiders would, and how far it is."""

    shown: Shown
    offered_by: str
    is_picked: bool
    is_open: bool
    """Whether outsiders see it at this moment; a second look or the consent may stand before it."""
    is_of_week: bool


def wall(session: Session, visitor: Reader, after: Cursor | None) -> tuple[list[Shown], Cursor | None]:
    """Give one page of what outsiders see, the newest case first."""
    before = int(after.keys[0]) if after else None
    places = newest(visitor, after=before, limit=PAGE + 1).subquery()
    query = _samples().add_columns(places.c.seq).join(places, places.c.case_id == Case.id)
    rows = session.execute(query.order_by(places.c.seq.desc())).all()
    page = rows[:PAGE]
    return _shown(session, page), Cursor((page[-1].seq,)) if len(rows) > PAGE else None


def one(session: Session, visitor: Reader, case_id: str) -> Shown:
    """Give one case to an outsider, or answer as if it were not there."""
    found = _shown(session, session.execute(_samples(visible(visitor), Case.public_id == case_id)).all())
    if not found:
        raise NotFound
    return found[0]


def case_of_the_week(session: Session, visitor: Reader) -> Shown | None:
    """Give the case that was made the case of the week last, while outsiders may see it."""
    last = _samples(visible(visitor), PublicSample.week_of.is_not(None))
    found = _shown(session, session.execute(last.order_by(PublicSample.week_of.desc()).limit(1)).all())
    return found[0] if found else None


def landing(session: Session) -> dict[str, Any] | None:
    """Give what the first page shows a visitor; None while the clinic shows visitors nothing."""
    visitor = outsider(session)
    if visitor == SHUT_OUT:
        return None
    week = case_of_the_week(session, visitor)
    shown = [one for one in wall(session, visitor, None)[0] if week is None or one.id != week.id]
    return {"week": week, "cases": shown[:6]}


def offers(session: Session) -> list[Offer]:
    """Give every case that is offered now, those that wait for an administrator first."""
    seen = visible(NOBODY)
    query = (
        _samples(offered(), picked=False)
        .add_columns(User.name, PublicSample.picked_at, PublicSample.week_of, seen.label("is_open"))
        .join(User, User.id == PublicSample.offered_by_id)
        .order_by(PublicSample.picked_at.is_not(None), PublicSample.offered_at.desc())
        .limit(200)
    )
    rows = session.execute(query).all()
    by_case = {one.id: one for one in _shown(session, rows)}
    weeks = [row.week_of for row in rows if row.week_of is not None and row.is_open]
    return [
        Offer(
            by_case[row.public_id],
            row.name,
            is_picked=row.picked_at is not None,
            is_open=bool(row.is_open),
            is_of_week=bool(weeks) and row.week_of == max(weeks) and bool(row.is_open),
        )
        for row in rows
        if row.public_id in by_case
    ]


def preview(session: Session, case: Case, *, title: str, question: str, author: str) -> Shown | None:
    """Give a case as outsiders would see it with these words; None where none of its pictures may go out."""
    pictures = pictures_of(session, [case.id]).get(case.id, [])
    if not pictures:
        return None
    return Shown(
        id=case.public_id,
        title=title,
        question=question,
        author=author,
        facts=_facts(pictures, case.body_part),
        month=None,
        is_covered=case.is_sensitive,
        pictures=_pictures(pictures),
    )


def sample_of(session: Session, case: Case) -> PublicSample | None:
    """Give the offer of a case, if it stands."""
    return session.get(PublicSample, case.id)


def _samples(*clauses: ColumnElement[bool], picked: bool = True) -> Select[Any]:
    query = (
        select(Case.id, Case.public_id, Case.body_part, Case.is_sensitive)
        .add_columns(PublicSample.title, PublicSample.question, PublicSample.author_name, PublicSample.picked_at)
        .join(PublicSample, PublicSample.case_id == Case.id)
        .where(*clauses)
    )
    return query.where(PublicSample.picked_at.is_not(None)) if picked else query


def _shown(session: Session, rows: Sequence[Row[Any]]) -> list[Shown]:
    """Make what is shown of cases; one that has no picture for outsiders is left out."""
    pictures = pictures_of(session, [row.id for row in rows])
    return [
        Shown(
            id=row.public_id,
            title=row.title,
            question=row.question,
            author=row.author_name,
            facts=_facts(pictures[row.id], row.body_part),
            month=row.picked_at,
            is_covered=row.is_sensitive,
            pictures=_pictures(pictures[row.id]),
        )
        for row in rows
        if row.id in pictures
    ]


def pictures_of(session: Session, case_ids: Sequence[int]) -> dict[int, list[list[Row[Any]]]]:
    """Give the sizes of one picture for each series that may go out, by case."""
    query = (
        select(MediaFile.case_id, MediaFile.media_name, MediaFile.variant, MediaFile.width, MediaFile.height)
        .add_columns(Series.modality, Instance.tone, Instance.is_photo)
        .join(Instance, Instance.id == MediaFile.instance_id)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(MediaFile.case_id.in_(case_ids), MediaFile.variant.in_(RENDITIONS), FOR_OUTSIDERS)
        .where(MediaFile.media_name == Instance.media_name, Instance.id == _stands_for(Series))
        .order_by(MediaFile.case_id, Study.position, Study.id, Series.position, Series.id, Instance.id, MediaFile.width)
    )
    found: dict[int, dict[str, list[Row[Any]]]] = {}
    for row in session.execute(query) if case_ids else ():
        found.setdefault(row.case_id, {}).setdefault(row.media_name, []).append(row)
    return {case_id: list(names.values())[:MOST_PICTURES] for case_id, names in found.items()}


def _stands_for(series: type[Series]) -> ColumnElement[int]:
    """Give the picture that was chosen for a series, or its first one where that is not there any more."""
    chosen, first = aliased(Instance), aliased(Instance)
    there = (chosen.id == series.key_instance_id, chosen.state == InstanceState.PUBLISHED, ~chosen.is_subject_only)
    others = (first.series_id == series.id, first.state == InstanceState.PUBLISHED, ~first.is_subject_only)
    one_chosen = select(chosen.id).where(*there).correlate(series).scalar_subquery()
    one_of_all = select(func.min(first.id)).where(*others).correlate(series).scalar_subquery()
    return func.coalesce(one_chosen, one_of_all)


def _facts(pictures: Sequence[Sequence[Row[Any]]], body_part: str | None) -> str:
    ways = dict.fromkeys(_(modality(sizes[0].modality)) for sizes in pictures)
    return ", ".join([*ways, *([_(meaning(body_part))] if body_part else [])])


def _pictures(pictures: Sequence[Sequence[Row[Any]]]) -> tuple[Picture, ...]:
    """Name pictures by how they were made, without the clinic's own words for them."""
    words = _("{modality}, picture {number} of {count}")
    return tuple(
        _picture(sizes, words.format(modality=_(modality(sizes[0].modality)), number=number, count=len(pictures)))
        for number, sizes in enumerate(pictures, start=1)
    )


def _picture(sizes: Sequence[Row[Any]], alt: str) -> Picture:
    base, largest = f"/media/{sizes[0].media_name}/", sizes[-1]
    middle = next((size for size in sizes if size.width >= 400), largest)
    return Picture(
        src=base + middle.variant,
        srcset=", ".join(f"{base}{size.variant} {size.width}w" for size in sizes),
        width=largest.width,
        height=largest.height,
        alt=alt,
        css=f"k{largest.tone}{' photo' if largest.is_photo else ''}",
    )
