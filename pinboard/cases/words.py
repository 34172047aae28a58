"""Reads what the page of a case says beside its pictures: who, what is known, what was taken out, what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard.models import Board, Case, Instance, InstanceState, Pin, Receipt, Series, User
from pinboard.policy import Reader, may, may_board
from pinboard.vocabulary import meaning, modality
from pinboard.web.text import _

VERBS = ("comment", "pin", "audience", "edit", "release", "share", "withdraw")
SEXES = {"F": _("female"), "M": _("male"), "O": _("other sex")}


@dataclass(frozen=True, slots=True)
class Safety:
    """What the receipts of a case add up to."""

    removed: int
    painted: int
    profile: str


def receipts(session: Session, case_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Give the receipts of the pictures that are shown, with who confirmed each."""
    query = (
        select(Receipt.counts, Receipt.boxes, Receipt.profile_version, Receipt.codes, Receipt.confirmed_at)
        .add_columns(User.name.label("confirmed_by"), Instance.is_photo, Series.modality)
        .join(Instance, Instance.id == Receipt.instance_id)
        .join(Series, Series.id == Instance.series_id)
        .join(User, User.id == Receipt.confirmed_by_id)
        .where(Receipt.case_id == case_id, Instance.state == InstanceState.PUBLISHED)
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    )
    return list(session.execute(query))


def safety(rows: Sequence[Row[*tuple[Any, ...]]]) -> Safety | None:
    """Add up the receipts of a case; a removed or painted thing is counted, never named."""
    if not rows:
        return None
    return Safety(
        removed=sum(int(row.counts.get("removed", 0)) for row in rows),
        painted=sum(len(row.boxes) for row in rows),
        profile=rows[-1].profile_version,
    )


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What happened to one picture, in numbers."""

    kind: str
    removed: int
    painted: int
    confirmed_by: str
    confirmed_at: datetime


def receipt_lines(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[ReceiptLine]:
    """Make a line of the receipt's table for each picture."""
    return [
        ReceiptLine(
            kind=modality(row.modality),
            removed=int(row.counts.get("removed", 0)),
            painted=len(row.boxes),
            confirmed_by=row.confirmed_by,
            confirmed_at=row.confirmed_at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a case up, as its page names them."""

    name: str
    role: str
    specialty: str
    is_verified: bool
    is_demo: bool


def author(session: Session, user_id: int) -> Author:
    """Give the name and standing of an author."""
    row = session.execute(
        select(User.name, User.role, User.specialty, User.verified_at, User.is_demo).where(User.id == user_id),
    ).one()
    return Author(row.name, row.role, meaning(row.specialty), row.verified_at is not None, row.is_demo)


def boards_of(session: Session, reader: Reader, case_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Give the boards that show a case, as far as this reader may see them."""
    query = (
        select(Board.slug, Board.title)
        .join(Pin, Pin.board_id == Board.id)
        .where(Pin.case_id == case_id, may_board(reader, "see"))
        .order_by(Board.title)
        .limit(20)
    )
    return list(session.execute(query))


def verbs(session: Session, reader: Reader, case_id: int) -> dict[str, bool]:
    """Tell what a reader may do with a case, in one statement."""
    row = session.execute(select(*(may(reader, verb).label(verb) for verb in VERBS)).where(Case.id == case_id)).one()
    return {verb: bool(row[place]) for place, verb in enumerate(VERBS)}


def facts(case: Case) -> list[tuple[str, str]]:
    """List what is known about the person and the pictures, each under its name."""
    person = ", ".join(word for word in (case.age_band or "", SEXES.get(case.sex or "", "")) if word)
    place = ", ".join(word for word in (meaning(case.body_part), meaning(case.laterality).lower()) if word)
    rows = [(_("Modality"), modality(case.modality)), (_("Region"), place), (_("Patient"), person)]
    return [(name, value) for name, value in rows if value]
