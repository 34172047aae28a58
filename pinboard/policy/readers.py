"""Who is looking: a reader is a small set of principals, computed for each request from live rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, cast, exists, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from pinboard import clock
from pinboard.models import (
    Account,
    AccountState,
    Audience,
    Board,
    BoardKind,
    BoardRole,
    CaseRole,
    GroupMember,
    Role,
    Share,
    ShareKind,
    User,
)
from pinboard.models.engine import read

Register = Literal["clinic", "subject", "guest", "public"]

MAX_PRINCIPALS = 64
"""More branches cost a list query more than they give (measured); rows per user stand in where it would be more."""
PUBLIC = "public"
CLINICIANS = "clinic:clinician"
TRAINEES = "clinic:trainee"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks, and as what."""

    user_id: int | None = None
    share_id: int | None = None
    role: Role | None = None
    is_admin: bool = False
    verified: bool = False
    principals: tuple[str, ...] = ()
    register: Register = "public"
    is_reviewer: bool = False
    """Decides what becomes of a case that a reader flagged."""


NOBODY = Reader(principals=(PUBLIC,))
"""Whoever is not signed in: the public sample and nothing else."""
SHUT_OUT = Reader()
"""A disabled account or a dead share: nothing at all."""


def member(user_id: int) -> str:
    """Name a member of the clinic as a principal."""
    return f"u:{user_id}"


def on_board(board_id: int) -> str:
    """Name the readers of a board as a principal."""
    return f"b:{board_id}"


def in_group(group_id: int) -> str:
    """Name the members of a group as a principal."""
    return f"g:{group_id}"


def released_on(board_id: int) -> str:
    """Name whoever may see what was released on a patient's board."""
    return f"rb:{board_id}"


def holder(share_id: int) -> str:
    """Name whoever holds a share as a principal."""
    return f"s:{share_id}"


def reader_for(session: Session, user: User | Account | None, register: Register | None = None) -> Reader:
    """Give the reader for an account; a doctor who is also a patient asks with the register “subject” for her own."""
    if user is None:
        return NOBODY
    if user.state is not AccountState.ACTIVE:
        return SHUT_OUT
    if user.role is Role.PATIENT or register == "subject":
        return _subject(session, user)
    verified = is_verified(user)
    return Reader(
        user_id=user.id,
        role=user.role,
        is_admin=user.is_admin,
        verified=verified,
        principals=_member_principals(session, user, verified=verified),
        register="clinic",
        is_reviewer=verified and _reviews(user),
    )


def reader_for_share(session: Session, share: Share) -> Reader:
    """Give the reader for a share, or one who sees nothing when it or what it rests on has ended."""
    if not is_alive(session, share):
        return SHUT_OUT
    if share.kind is ShareKind.COLLEAGUE:
        return Reader(share_id=share.id, principals=(holder(share.id),), register="guest")
    principal = holder(share.id) if share.board_id is None else released_on(share.board_id)
    return Reader(share_id=share.id, principals=(principal,), register="subject")


def is_verified(user: User | Account) -> bool:
    """Say whether somebody vouched for a clinician or trainee, and recently enough."""
    return user.verified_at is not None and (user.recheck_at is None or user.recheck_at > clock.now())


def _reviews(user: User | Account) -> bool:
    """Say whether somebody is to decide about flagged cases: a clinician who was named for it, or who administers."""
    return user.role is Role.CLINICIAN and (user.is_reviewer or user.is_admin)


def is_alive(session: Session, share: Share) -> bool:
    """Say whether a share and every share it descends from still stands; one statement, whatever the depth."""
    line = select(Share.id, Share.parent_id).where(Share.id == share.id).cte("line", recursive=True)
    parent = aliased(Share)
    line = line.union(select(parent.id, parent.parent_id).join(line, parent.id == line.c.parent_id))
    dead = (
        select(Share.id)
        .join(line, line.c.id == Share.id)
        .join(User, User.id == Share.created_by_id)
        .where(or_(Share.revoked_at.is_not(None), Share.expires_at <= clock.now(), _maker_may_no_longer()))
    )
    return not session.scalar(select(exists(dead)))


def _maker_may_no_longer() -> ColumnElement[bool]:
    """Find shares whose maker lost the right: a colleague's link falls, what a doctor gave a patient stays."""
    gone = User.state != AccountState.ACTIVE
    keeps_role = exists(select(CaseRole.case_id).where(CaseRole.case_id == Share.case_id, CaseRole.user_id == User.id))
    unfit = or_(gone, User.verified_at.is_(None), User.recheck_at <= clock.now(), ~keeps_role)
    by_subject = (User.role == Role.PATIENT) & or_(gone, User.subject_id.is_distinct_from(Share.subject_id))
    return ((Share.kind == ShareKind.COLLEAGUE) & unfit) | ((Share.kind == ShareKind.SUBJECT) & by_subject)


def _subject(session: Session, user: User | Account) -> Reader:
    """See as the person in the images: what was released on this person's own boards."""
    boards: list[int] = []
    if user.subject_id is not None:
        mine = select(Board.id).where(
            Board.kind == BoardKind.PATIENT, Board.subject_id == user.subject_id, Board.archived_at.is_(None)
        )
        boards = list(session.scalars(mine.order_by(Board.id.desc()).limit(MAX_PRINCIPALS - 1)))
    principals = (f"p:{user.id}", *(released_on(board) for board in boards))
    return Reader(user_id=user.id, role=user.role, principals=principals, register="subject")


def _member_principals(session: Session, user: User | Account, *, verified: bool) -> tuple[str, ...]:
    if user.role is Role.DESK:
        return ()
    # What is shown to everybody is read on the page for visitors, as visitors read it: the choice to show a title and
    # a picture outside must not open the thread to members whom the author did not choose.
    if not verified:
        return ()
    level = CLINICIANS if user.role is Role.CLINICIAN else TRAINEES
    own = (level, member(user.id))
    asked = {"user": user.id, "moment": clock.now()}
    return (*own, *read(session, _memberships(MAX_PRINCIPALS - len(own)), asked).scalars())


@cache
def _memberships(limit: int) -> Select[str]:
    """Find groups and boards that some author chose as readers; the others would only be empty branches.

    Built once: every page asks it, and building it costs more than running it.
    """
    user_id = bindparam("user", type_=Integer)
    group = select(_named("g:", GroupMember.group_id).label("principal")).where(GroupMember.user_id == user_id)
    # A board in the trash has no readers until it comes back.
    stands = Board.removed_at.is_(None)
    role = select(_named("b:", Board.id)).join(BoardRole).where(BoardRole.user_id == user_id, stands)
    owned = select(_named("b:", Board.id)).where(
        Board.owner_id == user_id, Board.kind.in_((BoardKind.PERSONAL, BoardKind.GROUP)), stands
    )
    shared = (
        select(_named("b:", Board.id))
        .join(GroupMember, GroupMember.group_id == Board.group_id)
        .where(GroupMember.user_id == user_id, Board.kind == BoardKind.GROUP, stands)
    )
    every = union_all(group, role, owned, shared).subquery()
    moment = bindparam("moment", type_=Audience.not_after.type)
    used = exists(select(Audience.case_id).where(Audience.principal == every.c.principal, Audience.not_after > moment))
    return select(every.c.principal).where(used).distinct().order_by(every.c.principal.desc()).limit(limit)


def _named(kind: str, number: InstrumentedAttribute[int]) -> ColumnElement[str]:
    return literal(kind).concat(cast(number, String))
