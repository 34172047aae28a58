"""Brings back a board; cases and comments have acts of their own for it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.models import Board, User


def restore_board(session: Session, board: Board, *, by: User) -> None:
    """Bring a board back with its pins."""
    board.removed_at = None
    audit.record(session, actor=by, verb="board-restored", board=board)
    session.flush()
