"""Takes what a removed board held, once it cannot come back: its pins, sections, people and words, and no case."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.intake.withdraw import RETURN_DAYS
from pinboard.models import Board, BoardKind, BoardRole, BoardSection, BoardVisit, Grant, Pin


def purge_removed(session: Session, now: datetime) -> None:
    """Empty the boards that were removed long ago.

    The row stays, without words: a new board under its number would be read by whom authors opened cases to on the old.
    """
    old = select(Board).where(
        Board.removed_at < now - timedelta(days=RETURN_DAYS), Board.title != "", Board.kind != BoardKind.PATIENT
    )
    for board in session.scalars(old.with_for_update()).all():
        _purge(session, board)


def _purge(session: Session, board: Board) -> None:
    opened = Grant.principal == policy.on_board(board.id)
    cases = session.scalars(select(Grant.case_id).where(opened).distinct()).all()
    mine = {"synchronize_session": "fetch"}
    session.execute(delete(Grant).where(opened), execution_options=mine)
    for held in (Pin, BoardSection, BoardRole, BoardVisit):
        session.execute(delete(held).where(held.board_id == board.id), execution_options=mine)
    board.title = board.description = ""
    board.slug, board.specialty, board.cover_case_id = board.public_id, None, None
    audit.record(session, actor=None, verb="board-purge", board=board)
    policy.rebuild(session, cases)
