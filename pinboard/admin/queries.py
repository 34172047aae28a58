"""What the administrator's pages list, each page by the key of the last row before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models import AuditEvent, Board, LinkPurpose, Pin, Proof, SingleUseLink, User
from pinboard.web.paging import Cursor
from pinboard.web.titles import place

PAGE = 50


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of a list, and where the next begins."""

    rows: list[Any]
    after: Cursor | None


def people(session: Session, *, after: Cursor | None, words: str = "") -> Rows:
    """List accounts, latest first, those whose name, login or address contains the words."""
    query = select(User).where(User.is_demo.is_(False)).order_by(User.id.desc())
    if words:
        like = f"%{_escaped(words)}%"
        fields = (User.name, User.login, User.email)
        query = query.where(or_(*(field.ilike(like, escape="\\") for field in fields)))
    if after:
        query = query.where(User.id < after.keys[0])
    return _page(session, query)


def member(session: Session, public_id: str) -> User | None:
    """Find an account by its public id."""
    return session.scalar(select(User).where(User.public_id == public_id, User.is_demo.is_(False)))


def invitations(session: Session) -> list[SingleUseLink]:
    """List the open invitations, latest first."""
    query = (
        select(SingleUseLink)
        .where(
            SingleUseLink.purpose == LinkPurpose.INVITATION,
            SingleUseLink.used_at.is_(None),
            SingleUseLink.revoked_at.is_(None),
            SingleUseLink.expires_at > now(),
        )
        .order_by(SingleUseLink.id.desc())
        .limit(200)
    )
    return list(session.scalars(query))


def invitation(session: Session, public_id: str) -> SingleUseLink | None:
    """Find an open invitation by its public id."""
    return next((link for link in invitations(session) if link.public_id == public_id), None)


def audit_page(session: Session, *, after: Cursor | None, verb: str = "", actor: str = "") -> Rows:
    """List the record of changes, latest first, with the name of who acted."""
    query = select(AuditEvent, User.name, User.login).outerjoin(User, User.id == AuditEvent.actor_id)
    query = query.order_by(AuditEvent.id.desc())
    if verb:
        query = query.where(AuditEvent.verb == verb)
    if actor:
        query = query.where(User.login == actor.casefold())
    if after:
        query = query.where(AuditEvent.id < after.keys[0])
    rows = list(session.execute(query.limit(PAGE + 1)).all())
    cursor = Cursor((rows[PAGE - 1][0].id,)) if len(rows) > PAGE else None
    return Rows(rows[:PAGE], cursor)


def verbs(session: Session) -> list[str]:
    """List the verbs that occur, for the filter."""
    return list(session.scalars(select(AuditEvent.verb).distinct().order_by(AuditEvent.verb)))


def count_events(session: Session) -> int:
    """Count the rows of the record."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def boards(session: Session) -> list[Any]:
    """List boards with the number of their pins; the trash leaves some without title and pins."""
    pins = select(func.count()).where(Pin.board_id == Board.id).scalar_subquery()
    query = select(Board, pins.label("pins")).where(Board.title != "").order_by(Board.kind, Board.title).limit(500)
    return sorted(session.execute(query), key=lambda row: (row.Board.kind, place(row.Board.slug, row.Board.title)))


def proofs(session: Session, *, but: Proof | None) -> list[Any]:
    """List the last proofs with the name of who asked, latest first."""
    query = select(Proof, User.name).outerjoin(User, User.id == Proof.by_id).order_by(Proof.id.desc()).limit(20)
    return list(session.execute(query.where(Proof.id != (but.id if but else 0))).all())


def _page(session: Session, query: Select[User]) -> Rows:
    rows = list(session.scalars(query.limit(PAGE + 1)))
    return Rows(rows[:PAGE], Cursor((rows[PAGE - 1].id,)) if len(rows) > PAGE else None)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
