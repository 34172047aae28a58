"""Reads what lies in somebody's trash, and until when each thing can come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.comments.queries import RESTORE_FOR
from pinboard.intake.withdraw import RETURN_DAYS
from pinboard.models import Board, Case, CaseState, Comment, MediaFile
from pinboard.policy import NotFound, Reader, may

RETURN_FOR = timedelta(days=RETURN_DAYS)
MOST = 200
_LETTERS = 160


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that can come back until then, and the address that brings it back."""

    words: str
    href: str
    restore: str
    at: datetime
    until: datetime


def cases(session: Session, reader: Reader) -> list[Thing]:
    """Give the withdrawn cases that this reader keeps, as long as their images are there."""
    kept = select(MediaFile.id).where(MediaFile.case_id == Case.id).exists()
    rows = session.execute(
        select(Case.public_id, Case.title, Case.withdrawn_at)
        .where(Case.state == CaseState.WITHDRAWN, Case.withdrawn_at > now() - RETURN_FOR, kept)
        .where(may(reader, "withdraw"))
        .order_by(Case.withdrawn_at.desc())
        .limit(MOST)
    )
    return [
        Thing(title, f"/c/{name}", f"/c/{name}/restore", at, at + RETURN_FOR)
        for name, title, at in rows
        if at is not None
    ]


def comments(session: Session, reader: Reader) -> list[Thing]:
    """Give a reader's own removed comments whose words are still there, of cases that the reader still sees."""
    rows = session.execute(
        select(Case.public_id, Comment.public_id, Comment.body, Comment.deleted_at)
        .join(Case, Case.id == Comment.case_id)
        .where(Comment.author_id == reader.user_id, Comment.body != "", Comment.deleted_at > now() - RESTORE_FOR)
        .where(may(reader, "see"))
        .order_by(Comment.deleted_at.desc())
        .limit(MOST)
    )
    return [
        Thing(_begin(body), f"/c/{case}", f"/c/{case}/comments/{name}/restore", at, at + RESTORE_FOR)
        for case, name, body, at in rows
        if at is not None
    ]


def boards(session: Session, reader: Reader) -> list[Thing]:
    """Give a reader's own removed boards."""
    rows = session.execute(
        select(Board.slug, Board.title, Board.removed_at)
        .where(Board.owner_id == reader.user_id, Board.removed_at > now() - RETURN_FOR)
        .order_by(Board.removed_at.desc())
        .limit(MOST)
    )
    return [
        Thing(title, "", f"/trash/boards/{slug}/restore", at, at + RETURN_FOR)
        for slug, title, at in rows
        if at is not None
    ]


def removed_board(session: Session, reader: Reader, slug: str) -> Board:
    """Give a reader's own board while it can come back, or answer as if it were not there."""
    found = session.scalar(
        select(Board).where(Board.slug == slug, Board.owner_id == reader.user_id, Board.removed_at > now() - RETURN_FOR)
    )
    if found is None:
        raise NotFound
    return found


def _begin(body: str) -> str:
    words = " ".join(body.split())
    return words if len(words) <= _LETTERS else words[: _LETTERS - 1] + "…"
