"""Reads what waits for a reviewer: the reports, the images of their cases, and what was mended since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard.intake.flag import MENDED
from pinboard.models import (
    Case,
    CaseChange,
    CaseState,
    Flag,
    FlagState,
    Instance,
    InstanceState,
    Role,
    Series,
    Share,
    ShareKind,
    User,
)
from pinboard.policy import FOR_EVERYBODY, NotFound, Reader, may
from pinboard.web.flags import KINDS
from pinboard.web.text import _

MOST = 100


@dataclass(frozen=True, slots=True)
class Image:
    """One image of a reported case, or its place while it is hidden."""

    public_id: str
    src: str
    width: int
    height: int
    alt: str
    is_hidden: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One report as a reviewer sees it."""

    id: str
    case: str
    title: str
    author: str
    kind: str
    who: str
    at: datetime
    is_own: bool
    was_withdrawn: bool
    is_mended: bool
    images: Sequence[Image]


def lines(session: Session, reader: Reader) -> list[Line]:
    """Give the open reports, those that wait longest first."""
    query = (
        select(Flag, Case.public_id, Case.title, Case.author_id, User.name)
        .join(Case, Case.id == Flag.case_id)
        .join(User, User.id == Case.author_id)
        .where(Flag.state == FlagState.OPEN, may(reader, "moderate"))
        .order_by(Flag.at, Flag.id)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    pictures = images_by_case(session, [row.Flag.case_id for row in rows])
    return [_line(session, reader, row, pictures.get(row.Flag.case_id, [])) for row in rows]


def flag_for(session: Session, reader: Reader, public_id: str) -> Flag:
    """Give one open report, or nothing."""
    waits = (Flag.public_id == public_id, Flag.state == FlagState.OPEN)
    query = select(Flag).join(Case, Case.id == Flag.case_id).where(*waits, may(reader, "moderate"))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def images_by_case(session: Session, case_ids: Sequence[int]) -> dict[int, list[Image]]:
    """Give the images that are part of cases, those that are hidden too."""
    query = (
        select(Instance, Series.alt_text)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id.in_(case_ids))
        .where(Instance.state.in_([InstanceState.PUBLISHED, InstanceState.HIDDEN]), FOR_EVERYBODY)
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    )
    found: dict[int, list[Image]] = {}
    for instance, alt in session.execute(query) if case_ids else ():
        found.setdefault(instance.case_id, []).append(_image(instance, alt))
    return found


def _image(instance: Instance, alt: str) -> Image:
    is_hidden = instance.state == InstanceState.HIDDEN
    return Image(
        public_id=instance.public_id,
        src="" if is_hidden or instance.media_name is None else f"/media/{instance.media_name}/w236",
        width=instance.columns,
        height=instance.rows,
        alt=alt,
        is_hidden=is_hidden,
        is_open=is_hidden and instance.blob is not None,
    )


def _line(session: Session, reader: Reader, row: Row[*tuple[Any, ...]], pictures: Sequence[Image]) -> Line:
    flag = row.Flag
    since = (CaseChange.case_id == flag.case_id, CaseChange.at >= flag.at, CaseChange.verb.in_(MENDED))
    return Line(
        id=flag.public_id,
        case=row.public_id,
        title=row.title,
        author=row.name,
        kind=KINDS[flag.kind],
        who=_who(session, flag),
        at=flag.at,
        is_own=row.author_id == reader.user_id,
        was_withdrawn=flag.was == CaseState.WITHDRAWN,
        is_mended=session.scalar(select(CaseChange.id).where(*since).limit(1)) is not None,
        images=pictures,
    )


def _who(session: Session, flag: Flag) -> str:
    """Name who reported; a patient is never named, and the holder of a link goes by its label."""
    if flag.by_id is not None:
        role, name = session.execute(select(User.role, User.name).where(User.id == flag.by_id)).one()
        return _("the patient") if role is Role.PATIENT else str(name)
    share = session.get(Share, flag.share_id) if flag.share_id is not None else None
    if share is None:
        return _("somebody with a link")
    if share.kind is ShareKind.SUBJECT:
        return _("the patient, by a link")
    return _("somebody with the link “{label}”").format(label=share.label)
