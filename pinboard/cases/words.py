"""Reads what the page of a case says beside its pictures: who, what is known, what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from pinboard.models import Board, Case, Flag, FlagState, Instance, InstanceState, Pin, User
from pinboard.policy import Reader, may, may_board
from pinboard.vocabulary import meaning, modality
from pinboard.web.flags import KINDS
from pinboard.web.text import _
from pinboard.web.titles import in_order

VERBS = ("comment", "pin", "audience", "edit", "release", "share", "withdraw", "flag", "openings", "moderate")
MOST_BOARDS = 20
SEXES = {"F": _("female"), "M": _("male"), "O": _("other sex")}


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
    return Author(row.name, row.role, _(meaning(row.specialty)), row.verified_at is not None, row.is_demo)


def boards_of(session: Session, reader: Reader, case_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Give the boards that show a case, as far as this reader may see them."""
    query = (
        select(Board.slug, Board.title)
        .join(Pin, Pin.board_id == Board.id)
        .where(Pin.case_id == case_id, may_board(reader, "see"))
        .order_by(Board.id)
    )
    return in_order(session.execute(query))[:MOST_BOARDS]


def verbs(session: Session, reader: Reader, case_id: int) -> dict[str, bool]:
    """Tell what a reader may do with a case, in one statement."""
    row = session.execute(select(*(may(reader, verb).label(verb) for verb in VERBS)).where(Case.id == case_id)).one()
    return {verb: bool(row[place]) for place, verb in enumerate(VERBS)}


def facts(case: Case) -> list[tuple[str, str]]:
    """List what is known about the person and the pictures, each under its name."""
    # A text that a module holds speaks only when it is asked to; joined as it is, it stays as the code has it.
    age = _(case.age_band) if case.age_band else ""
    person = ", ".join(word for word in (age, str(SEXES.get(case.sex or "", ""))) if word)
    place = ", ".join(word for word in (_(meaning(case.body_part)), _(meaning(case.laterality)).lower()) if word)
    rows = [(_("Modality"), _(modality(case.modality))), (_("Region"), place), (_("Patient"), person)]
    return [(name, value) for name, value in rows if value]


def hidden_images(session: Session, case_id: int) -> int:
    """Count the images of a case that nobody is shown while they are mended."""
    hidden = (Instance.case_id == case_id, Instance.state == InstanceState.HIDDEN)
    return session.scalar(select(func.count()).select_from(Instance).where(*hidden)) or 0


def reported(session: Session, case_id: int) -> str:
    """Say what a reader saw in a case that waits for a reviewer; who it was is not for its author."""
    kind = session.scalar(select(Flag.kind).where(Flag.case_id == case_id, Flag.state == FlagState.OPEN).limit(1))
    return KINDS[kind] if kind else ""
