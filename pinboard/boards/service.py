"""Changes boards: makes them, pins to them, puts people on them. A pin never widens who may see a case."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.boards.places import STEP, hold
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.models import (
    AccountState,
    Board,
    BoardKind,
    BoardOrder,
    BoardRole,
    BoardVerb,
    BoardVisit,
    Case,
    Group,
    Pin,
    Role,
    User,
)
from pinboard.policy import NotFound, Reader, may_restore_board

KEPT = timedelta(days=30)
"""How long a board that was removed can be brought back."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def create(session: Session, *, title: str, description: str = "", by: int, group: Group | None = None) -> Board:
    """Make a board of one's own, or of a group that one is in."""
    board = Board(
        public_id=public_id(),
        slug=_slug(title),
        kind=BoardKind.GROUP if group else BoardKind.PERSONAL,
        title=title,
        description=description,
        owner_id=by,
        group_id=group.id if group else None,
        created_at=now(),
    )
    session.add(board)
    session.flush()
    session.add(BoardRole(board_id=board.id, user_id=by, role=BoardVerb.OWNER, given_at=now()))
    audit.record(session, actor=by, verb="board-create", board=board)
    session.flush()
    return board


def update(session: Session, board: Board, *, title: str, description: str, by: int) -> None:
    """Change the words of a board; its address stays."""
    board.title, board.description = title, description
    audit.record(session, actor=by, verb="board-update", board=board)
    session.flush()


def archive(session: Session, board: Board, *, is_closed: bool, by: int) -> None:
    """Close a board for new pins, or open it again; one that is so already stays as it is."""
    if is_closed == (board.archived_at is not None):
        return
    board.archived_at = now() if is_closed else None
    audit.record(session, actor=by, verb="board-archive" if is_closed else "board-reopen", board=board)
    session.flush()


def remove(session: Session, board: Board, *, by: int) -> None:
    """Put a board into the trash, from which it comes back with its pins for 30 days."""
    board.removed_at = now()
    audit.record(session, actor=by, verb="board-remove", board=board)
    session.flush()


def restore(session: Session, reader: Reader, name: str) -> Board:
    """Take a board, by its public id, out of the trash; the sweep has it after `KEPT`."""
    board = session.scalar(select(Board).where(Board.public_id == name, may_restore_board(reader)))
    if board is None or board.removed_at is None or now() - board.removed_at >= KEPT:
        raise NotFound
    board.removed_at = None
    audit.record(session, actor=reader.user_id, verb="board-restore", board=board)
    session.flush()
    return board


def order_by(session: Session, board: Board, order: BoardOrder, *, by: int) -> None:
    """Choose how a board lies until its reader chooses otherwise."""
    board.order = order
    audit.record(session, actor=by, verb="board-update", board=board, detail={"order": order.value})
    session.flush()


def choose_cover(session: Session, board: Board, case_id: int | None, *, by: int) -> None:
    """Let the picture of one case stand for a board, for those who may see it; None leaves it to the newest."""
    board.cover_case_id = case_id
    audit.record(session, actor=by, verb="board-cover", board=board)
    session.flush()


def follow(session: Session, board: Board, user_id: int, *, is_on: bool) -> None:
    """Follow a board, or no longer."""
    visit = session.get(BoardVisit, (user_id, board.id))
    if visit is None:
        visit = BoardVisit(user_id=user_id, board_id=board.id, seen_pin_id=0)
        session.add(visit)
    visit.followed_at = (visit.followed_at or now()) if is_on else None
    session.flush()


def pin(session: Session, board: Board, case: Case, *, by: int) -> bool:
    """Put a case on top of a board; tell whether it was not there yet."""
    return place(session, board, case, by=by) is not None


def place(session: Session, board: Board, case: Case, *, by: int) -> Pin | None:
    """Put a case on top of a board and give its pin; None when it is there already."""
    hold(session, board)
    here = (Pin.board_id == board.id, Pin.case_id == case.id)
    if session.scalar(select(Pin.id).where(*here)):
        return None
    top = session.scalar(select(func.max(Pin.position)).where(Pin.board_id == board.id)) or 0
    made = Pin(public_id=public_id(), board_id=board.id, case_id=case.id, position=top + STEP, by_id=by, at=now())
    session.add(made)
    audit.record(session, actor=by, verb="pin", case=case, detail={"board": board.public_id})
    session.flush()
    return made


def unpin(session: Session, pin: Pin, board: Board, *, by: int) -> None:
    """Take a pin off a board; the case stays where else it is."""
    session.delete(pin)
    audit.record(session, actor=by, verb="unpin", board=board, detail={"case": pin.case_id})
    session.flush()


def add_person(session: Session, board: Board, member: str, role: str, *, by: int) -> bool:
    """Put a verified member on a board; tell whether there is such a member."""
    user = member_named(session, member)
    if user is None or user.id == board.owner_id:
        return False
    verb = BoardVerb.EDITOR if role == BoardVerb.EDITOR else BoardVerb.READER
    session.merge(BoardRole(board_id=board.id, user_id=user.id, role=verb, given_at=now()))
    audit.record(session, actor=by, verb="board-person-add", board=board, detail={"user": user.id, "role": verb.value})
    session.flush()
    return True


def member_named(session: Session, name: str) -> User | None:
    """Give a clinician or trainee of the clinic whose account was checked, by public id."""
    return session.scalar(
        select(User).where(
            User.public_id == name,
            User.state == AccountState.ACTIVE,
            User.role.in_((Role.CLINICIAN, Role.TRAINEE)),
            User.verified_at.is_not(None),
        ),
    )


def remove_person(session: Session, board: Board, member: str, *, by: int) -> None:
    """Take somebody off a board; its owner stays."""
    user_id = session.scalar(select(User.id).where(User.public_id == member))
    if user_id is None or user_id == board.owner_id:
        raise NotFound
    session.execute(delete(BoardRole).where(BoardRole.board_id == board.id, BoardRole.user_id == user_id))
    audit.record(session, actor=by, verb="board-person-remove", board=board, detail={"user": user_id})
    session.flush()


def _slug(title: str) -> str:
    """Make a readable address; its random end keeps two boards of one name apart and tells nobody of the other."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "board"
    return f"{words}-{''.join(secrets.choice(_LETTERS) for _ in range(8))}"
