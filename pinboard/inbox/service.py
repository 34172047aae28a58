"""Marks lines of an inbox as read."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models import InboxItem


def read(session: Session, user_id: int, line: str | None = None) -> None:
    """Mark one line of somebody as read, or all of them."""
    query = update(InboxItem).where(InboxItem.user_id == user_id, InboxItem.read_at.is_(None), InboxItem.at <= now())
    if line is not None:
        query = query.where(InboxItem.public_id == line)
    session.execute(query.values(read_at=now()), execution_options={"synchronize_session": False})
