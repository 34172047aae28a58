"""Reads what waits for a second look, what is looked at, and how far a case's keepers are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from pinboard import policy
from pinboard.models import (
    Attestation,
    AttestState,
    Case,
    Instance,
    InstanceState,
    Receipt,
    Series,
    Study,
    User,
)
from pinboard.policy import Reader
from pinboard.vocabulary import modality
from pinboard.web.paging import Cursor
from pinboard.web.text import _

PAGE = 40
SHOTS = 200
"""How many pictures one page of a look holds."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One line of a list: a case that waits, or that came back."""

    id: str
    case: str
    title: str
    who: str
    asked_at: datetime
    images: int
    kind: str
    cover: str
    state: AttestState
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class Look:
    """How far the second look of a case is, for whoever wants to let it leave the clinic."""

    may_leave: bool
    state: AttestState | None = None
    who: str = ""
    at: datetime | None = None
    note: str = ""

    @property
    def is_waiting(self) -> bool:
        """Tell whether somebody was asked and nobody has looked yet."""
        return self.state is AttestState.WAITING and not self.may_leave


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame of one image, with the areas that were painted in it."""

    number: int
    name: str
    frame: int
    width: int
    height: int
    kind: str
    alt: str
    is_photo: bool
    boxes: tuple[tuple[int, int, int, int], ...]


def waiting(session: Session, reader: Reader, after: Cursor | None) -> tuple[list[Wish], Cursor | None]:
    """Give one page of what waits for this clinician's look, the one that has waited longest first."""
    query = _wishes().where(Attestation.state == AttestState.WAITING, policy.may(reader, "attest"))
    if after:
        query = query.where(Attestation.id > after.keys[0])
    rows = session.execute(query.order_by(Attestation.id).limit(PAGE + 1)).all()
    found = [_wish(row) for row in rows[:PAGE]]
    return found, Cursor((rows[PAGE - 1].id,)) if len(rows) > PAGE else None


def own(session: Session, reader: Reader) -> list[Wish]:
    """Give what became of the latest wish of each case that this clinician keeps, unless it was fulfilled."""
    unfulfilled = (AttestState.WAITING, AttestState.RETURNED)
    newest = select(func.max(Attestation.id)).group_by(Attestation.case_id)
    query = _wishes().where(Attestation.id.in_(newest), Attestation.state.in_(unfulfilled), _keeps(reader))
    return [_wish(row) for row in session.execute(query.order_by(Attestation.id.desc()).limit(PAGE))]


def wish(session: Session, reader: Reader, public_id: str) -> tuple[Attestation, Case] | None:
    """Give a wish that waits for this clinician, with its case."""
    row = session.execute(_found(public_id, policy.may(reader, "attest"), AttestState.WAITING)).first()
    return (row[0], row[1]) if row is not None else None


def is_own(session: Session, reader: Reader, public_id: str) -> bool:
    """Tell whether a wish is about a case that its reader keeps."""
    return session.execute(_found(public_id, _keeps(reader))).first() is not None


def is_over(session: Session, public_id: str) -> bool:
    """Tell whether a wish was there and waits no more."""
    state = session.scalar(select(Attestation.state).where(Attestation.public_id == public_id))
    return state not in {None, AttestState.WAITING}


def look_of(session: Session, case: Case) -> Look:
    """Tell how far the second look of a case is."""
    may_leave = policy.may_leave(session, case)
    row = session.execute(
        select(Attestation.state, Attestation.at, Attestation.asked_at, Attestation.note, User.name)
        .outerjoin(User, User.id == Attestation.by_id)
        .where(Attestation.case_id == case.id)
        .order_by(Attestation.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return Look(may_leave)
    return Look(may_leave, row.state, row.name or "", row.at or row.asked_at, row.note)


def attested_by(session: Session, case_id: int) -> str:
    """Give the name of whoever attested the images of a case as they are now."""
    given = select(User.name).join(Attestation, Attestation.by_id == User.id)
    standing = (Attestation.case_id == case_id, Attestation.state == AttestState.ATTESTED)
    return session.scalar(given.where(*standing).order_by(Attestation.id.desc()).limit(1)) or ""


def shots(session: Session, case_id: int) -> list[Shot]:
    """Give every frame of every image of a case, in order."""
    rows = session.execute(
        select(Instance.id, Instance.media_name, Instance.frame_count, Instance.columns, Instance.rows)
        .add_columns(Instance.is_photo, Series.modality, Series.alt_text)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.case_id == case_id, Instance.state == InstanceState.PUBLISHED, policy.FOR_EVERYBODY)
        .where(Instance.media_name.is_not(None))
        .order_by(Study.position, Study.id, Series.position, Series.id, Instance.position, Instance.id)
    ).all()
    receipts = select(Receipt.instance_id, Receipt.boxes).where(Receipt.case_id == case_id).order_by(Receipt.id)
    # Of several receipts of one image the last one is about the pixels of now.
    painted = {row.instance_id: row.boxes for row in session.execute(receipts)}
    return list(_frames(rows, painted))


def _frames(rows: Sequence[Row[Any]], painted: dict[int, list[Any]]) -> Iterator[Shot]:
    number = 0
    for row in rows:
        for frame in range(row.frame_count):
            number += 1
            yield Shot(
                number=number,
                name=row.media_name,
                frame=frame,
                width=row.columns,
                height=row.rows,
                kind=_(modality(row.modality)),
                alt=row.alt_text,
                is_photo=row.is_photo,
                boxes=tuple(
                    (box[1], box[2], box[3], box[4])
                    for box in painted.get(row.id, [])
                    if box[0] is None or box[0] == frame
                ),
            )


def _keeps(reader: Reader) -> ColumnElement[bool]:
    """Give the clause for a case that its reader may share, so that somebody else has to look."""
    return policy.may(reader, "share")


def _found(public_id: str, may: ColumnElement[bool], state: AttestState | None = None) -> Select[Attestation, Case]:
    query = select(Attestation, Case).join(Case, Case.id == Attestation.case_id)
    query = query.where(Attestation.public_id == public_id, may)
    return query if state is None else query.where(Attestation.state == state)


def _wishes() -> Select[*tuple[Any, ...]]:
    looker, shown = aliased(User), InstanceState.PUBLISHED
    images = select(func.sum(Instance.frame_count)).where(Instance.case_id == Case.id, Instance.state == shown)
    images = images.where(policy.FOR_EVERYBODY)
    return (
        select(Attestation.id, Attestation.public_id, Attestation.asked_at, Attestation.state, Attestation.note)
        .add_columns(Case.public_id.label("case"), Case.title, Case.modality, Case.cover)
        .add_columns(User.name.label("who"), looker.name.label("by"), images.scalar_subquery().label("images"))
        .join(Case, Case.id == Attestation.case_id)
        .join(User, User.id == Attestation.asked_by_id)
        .outerjoin(looker, looker.id == Attestation.by_id)
    )


def _wish(row: Row[Any]) -> Wish:
    return Wish(
        id=row.public_id,
        case=row.case,
        title=row.title,
        who=row.who,
        asked_at=row.asked_at,
        images=int(row.images or 0),
        kind=_(modality(row.modality)),
        cover=(row.cover or {}).get("name", ""),
        state=row.state,
        note=row.note,
        by=row.by or "",
    )
