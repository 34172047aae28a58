"""Lists members for colleagues; patients are nobody's colleagues and never in it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from pinboard.models import AccountState, Role, User
from pinboard.web.paging import Cursor

PAGE = 50
SHOWN = (Role.CLINICIAN, Role.TRAINEE, Role.DESK)


def members(session: Session, *, after: Cursor | None, specialty: str = "") -> tuple[list[User], Cursor | None]:
    """List active members by name, and where the next page begins."""
    query = select(User).where(*_shown()).order_by(User.name, User.id).limit(PAGE + 1)
    if specialty:
        query = query.where(User.specialty == specialty)
    if after:
        query = query.where(tuple_(User.name, User.id) > tuple_(*after.keys))
    rows = list(session.scalars(query))
    return rows[:PAGE], Cursor((rows[PAGE - 1].name, rows[PAGE - 1].id)) if len(rows) > PAGE else None


def member(session: Session, name: str) -> User | None:
    """Find a member by public id or login name."""
    return session.scalar(select(User).where(*_shown(), or_(User.public_id == name, User.login == name.casefold())))


def _shown() -> tuple[ColumnElement[bool], ...]:
    return (User.state == AccountState.ACTIVE, User.role.in_(SHOWN))
