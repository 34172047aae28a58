"""Reads what was released, column by column; a column that is not named here cannot reach the subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models import Board, Case, Instance, InstanceState, Opening, Release, Series, Share, Study, Subject, User
from pinboard.policy import FOR_EVERYBODY, Reader, visible
from pinboard.vocabulary import modality
from pinboard.web.text import _


@dataclass(frozen=True, slots=True)
class Picture:
    """One released instance: where its frames are and what to say about it aloud."""

    media_name: str
    frames: int
    width: int
    height: int
    tone: int
    is_photo: bool
    time: float | None
    modality: str
    alt: str
    series: int
    """Row of its series: frames of one series are stepped through together."""
    key: int | None = None
    """Frame that was chosen to stand for its series, where this picture holds it."""


@dataclass(frozen=True, slots=True)
class Released:
    """One released case as its subject sees it."""

    id: str
    case_id: int
    caption: str
    author: str
    shown_on: datetime | None
    board: str
    pictures: tuple[Picture, ...]
    instances: tuple[int, ...]
    """Rows of what was released, for whoever makes files of them."""

    @property
    def cover(self) -> Picture:
        """Give the picture that stands for it on the board."""
        first = self.pictures[0]
        return next((one for one in self.pictures if one.series == first.series and one.key is not None), first)


def released(session: Session, reader: Reader, *narrower: ColumnElement[bool]) -> list[Released]:
    """Give what was released to this reader, newest first; an older release of a case gives way to a newer one."""
    rows = session.execute(
        select(Case.public_id, Release.case_id, Release.caption, Release.author_name, Release.shows_date)
        .add_columns(Release.at, Release.instances, Board.title.label("board"))
        .join(Case, Case.id == Release.case_id)
        .join(Board, Board.id == Release.board_id)
        .where(visible(reader), Release.revoked_at.is_(None), Release.not_before <= now(), *_whose(reader), *narrower)
        .order_by(Release.id.desc())
    ).all()
    newest: dict[int, Row[Any]] = {}
    for row in rows:
        newest.setdefault(row.case_id, row)
    pictures = pictures_by_case(session, list(newest))
    found = [_released(row, pictures.get(row.case_id, [])) for row in newest.values()]
    return [one for one in found if one.pictures]


def boards_of(session: Session, subject_id: int) -> list[Row[Any]]:
    """Give the boards of a subject: address and title."""
    query = select(Board.slug, Board.title).where(Board.subject_id == subject_id, Board.archived_at.is_(None))
    return list(session.execute(query.order_by(Board.id)))


@dataclass(frozen=True, slots=True)
class Look:
    """One opening of a case, as its subject and its author both see it."""

    at: datetime
    who: str
    device: str


def openings(session: Session, case_id: int, *, own_id: int | None, limit: int = 50) -> list[Look]:
    """Give who opened a case lately; the subject reads neither names of members nor labels of links."""
    rows = session.execute(
        select(Opening.at, Opening.user_id, Opening.share_id, Opening.register, Opening.device)
        .where(Opening.case_id == case_id)
        .order_by(Opening.at.desc(), Opening.id.desc())
        .limit(limit)
    )
    return [Look(row.at, _who(row, own_id), row.device) for row in rows]


def release_of(session: Session, case_id: int) -> Any:
    """Give the release of a case that stands, with its chart code and board, or None."""
    query = (
        select(Release, Subject.chart_code, Board.title.label("board"))
        .join(Subject, Subject.id == Release.subject_id)
        .join(Board, Board.id == Release.board_id)
        .where(Release.case_id == case_id, Release.revoked_at.is_(None))
        .order_by(Release.id.desc())
    )
    return session.execute(query.limit(1)).first()


def account_of(session: Session, subject_id: int) -> bool:
    """Say whether this subject has an account, so that a release is seen without a link."""
    return bool(session.scalar(select(func.count()).where(User.subject_id == subject_id)))


def pictures_of(session: Session, case_id: int) -> list[Row[Any]]:
    """Give the pictures that can be released one by one, in order."""
    return list(session.execute(_published([case_id]).where(FOR_EVERYBODY)))


def full_set_of(session: Session, case_id: int) -> list[int]:
    """Give the rest of a head, which nobody but the person in it may be given."""
    rest = select(Instance.id).where(Instance.case_id == case_id, Instance.state == InstanceState.PUBLISHED)
    return list(session.scalars(rest.where(~FOR_EVERYBODY).order_by(Instance.id)))


def _whose(reader: Reader) -> list[ColumnElement[bool]]:
    """Bind the rows to this subject, because a case may have been released to two."""
    if reader.share_id is not None:
        share = select(Share.subject_id).where(Share.id == reader.share_id).scalar_subquery()
        return [Release.subject_id == share]
    return [Release.subject_id == select(User.subject_id).where(User.id == reader.user_id).scalar_subquery()]


def _published(case_ids: Sequence[int]) -> Any:
    return (
        select(
            Instance.id,
            Instance.public_id,
            Instance.case_id,
            Instance.media_name,
            Instance.frame_count,
            Instance.columns,
        )
        .add_columns(Instance.rows, Instance.tone, Instance.is_photo, Instance.frame_time)
        .add_columns(Series.modality, Series.alt_text, Instance.series_id, Series.key_instance_id, Series.key_frame)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.case_id.in_(case_ids), Instance.state == InstanceState.PUBLISHED)
        .where(Instance.media_name.is_not(None))
        .order_by(Study.position, Study.id, Series.position, Series.id, Instance.position, Instance.id)
    )


def pictures_by_case(
    session: Session, case_ids: Sequence[int], *narrower: ColumnElement[bool]
) -> dict[int, list[tuple[int, Picture]]]:
    """Give the published pictures of cases in order, each with the id of its instance."""
    grouped: dict[int, list[tuple[int, Picture]]] = {}
    for row in session.execute(_published(case_ids).where(*narrower)) if case_ids else ():
        picture = Picture(
            media_name=row.media_name,
            frames=row.frame_count,
            width=row.columns,
            height=row.rows,
            tone=row.tone,
            is_photo=row.is_photo,
            time=row.frame_time,
            modality=_(modality(row.modality)),
            alt=row.alt_text,
            series=row.series_id,
            key=row.key_frame if row.id == row.key_instance_id else None,
        )
        grouped.setdefault(row.case_id, []).append((row.id, picture))
    return grouped


def _released(row: Row[Any], pictures: Sequence[tuple[int, Picture]]) -> Released:
    allowed = set(row.instances)
    instances = tuple(number for number, _picture in pictures if number in allowed)
    given = [picture for number, picture in pictures if number in allowed]
    return Released(
        id=row.public_id,
        case_id=row.case_id,
        caption=row.caption,
        author=row.author_name,
        shown_on=row.at if row.shows_date else None,
        board=row.board,
        pictures=_plain(given),
        instances=instances,
    )


def _plain(pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """Name pictures without the clinic's own words for them; what they show stands in the caption."""
    words = _("{modality}, picture {number} of {count}")
    numbers: dict[int, int] = {}
    for picture in pictures:
        numbers.setdefault(picture.series, len(numbers) + 1)
    return tuple(
        replace(one, alt=words.format(modality=one.modality, number=numbers[one.series], count=len(numbers)))
        for one in pictures
    )


def _who(row: Any, own_id: int | None) -> str:
    if row.share_id is not None:
        return _("A link that the clinic made")
    if own_id is not None and row.user_id == own_id and row.register == "subject":
        return _("You")
    return _("The patient") if row.register == "subject" else _("A member of the clinic")
