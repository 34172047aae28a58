"""The author's choice of readers, turned into reasons; nothing else than such a choice widens who may see a case.

A choice is {"only_me": bool, "named": [user], "connections": bool, "groups": [group], "boards": [board],
"clinic": bool, "trainees": bool, "outside": bool, "public": bool}. Whatever is absent is not chosen, and lists hold
public ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.models import (
    AccountState,
    Board,
    BoardKind,
    BoardRole,
    Case,
    CaseRole,
    Connection,
    ConsentLevel,
    Grant,
    Group,
    GroupMember,
    Role,
    Source,
    User,
)
from pinboard.policy.derive import rebuild
from pinboard.policy.gate import NotFound, may_board
from pinboard.policy.levels import allows
from pinboard.policy.readers import CLINICIANS, TRAINEES, in_group, member, on_board, reader_for

Choice = Mapping[str, Any]
Wanted = tuple[str, Source, int | None]
"""Principal, source and what the source is."""

_SOURCES = {
    "named": Source.NAMED,
    "connections": Source.CONNECTION,
    "groups": Source.GROUP,
    "boards": Source.BOARD,
    "clinic": Source.CLINIC,
    "trainees": Source.TRAINEES,
    # Each link is made after publishing; the choice only says that there may be some.
    "outside": Source.COLLEAGUE_SHARE,
    "public": Source.PUBLIC,
}


@dataclass(frozen=True, slots=True)
class Preview:
    """How many members a choice would reach, and how many of them cannot see the case now."""

    total: int
    added: int


def sources_of(choice: Choice) -> set[Source]:
    """Give the kinds of readers that a choice lets in."""
    return {source for name, source in _SOURCES.items() if choice.get(name)}


def is_made(choice: Choice) -> bool:
    """Say whether the author decided who may see the case, be it nobody else."""
    return bool(choice.get("only_me")) or bool(sources_of(choice))


def fits(choice: Choice, levels: Iterable[ConsentLevel]) -> bool:
    """Say whether one of the consents in force reaches as far as every reader of the choice."""
    given = list(levels)
    return all(any(allows(level, source) for level in given) for source in sources_of(choice))


def apply_choice(session: Session, case: Case, choice: Choice, by: User) -> None:
    """Make the reasons to see a case what its author or a delegate chose, and derive its audience.

    A reason that stays keeps who gave it and when. The public sample has its own acts.
    """
    if not _is_authors(session, case, by):
        raise NotFound
    case.audience_choice = dict(choice)
    session.flush()
    wanted = set(_wanted(session, case, choice))
    for reason in session.scalars(select(Grant).where(Grant.case_id == case.id, Grant.source.in_(_SOURCES.values()))):
        key = (reason.principal, reason.source, reason.source_id)
        if key in wanted:
            wanted.discard(key)
        elif reason.source is not Source.PUBLIC or not choice.get("public"):
            session.delete(reason)
    for principal, source, source_id in sorted(wanted, key=str):
        session.add(
            Grant(case_id=case.id, principal=principal, source=source, source_id=source_id, by_id=by.id, at=clock.now())
        )
    rebuild(session, [case.id])


def preview_readers(session: Session, case: Case, choice: Choice) -> Preview:
    """Count whom a choice would reach, consent allowing, before it is made."""
    wanted = {principal for principal, _source, _id in _wanted(session, case, choice)}
    chosen = select(Grant.principal).where(Grant.case_id == case.id, Grant.source.in_(_SOURCES.values()))
    reached, present = _members_of(wanted), _members_of(set(session.scalars(chosen)))
    others = select(func.count(User.id)).where(reached, _is_member(), User.id != case.author_id)
    return Preview(total=session.scalar(others) or 0, added=session.scalar(others.where(~present)) or 0)


def _is_authors(session: Session, case: Case, by: User) -> bool:
    delegated = select(CaseRole.user_id).where(CaseRole.case_id == case.id, CaseRole.user_id == by.id)
    return by.state is AccountState.ACTIVE and (case.author_id == by.id or bool(session.scalar(delegated)))


def _wanted(session: Session, case: Case, choice: Choice) -> Iterator[Wanted]:
    if choice.get("clinic"):
        yield CLINICIANS, Source.CLINIC, None
    if choice.get("trainees"):
        yield TRAINEES, Source.TRAINEES, None
    for user_id in session.scalars(_chosen(User, choice.get("named")).where(_is_member())):
        yield member(user_id), Source.NAMED, user_id
    for group_id in session.scalars(_chosen(Group, choice.get("groups"))):
        yield in_group(group_id), Source.GROUP, group_id
    yield from _board_readers(session, case, choice.get("boards"))
    if choice.get("connections"):
        for user_id in session.scalars(_connections(case.author_id)):
            yield member(user_id), Source.CONNECTION, user_id


def _board_readers(session: Session, case: Case, chosen: Any) -> Iterator[Wanted]:
    """Give the readers of boards that the author sees; those of a specialty board are the clinic's."""
    author = session.get_one(User, case.author_id)
    boards = _chosen(Board, chosen).where(may_board(reader_for(session, author), "see")).add_columns(Board.kind)
    for board_id, kind in session.execute(boards):
        if kind is BoardKind.SPECIALTY:
            yield CLINICIANS, Source.BOARD, board_id
            yield TRAINEES, Source.BOARD, board_id
        else:
            yield on_board(board_id), Source.BOARD, board_id


def _chosen(kind: type[User | Group | Board], chosen: Any) -> Select[int]:
    names = [str(name) for name in chosen] if isinstance(chosen, list | tuple | set) else []
    return select(kind.id).where(kind.public_id.in_(names)).order_by(kind.id)


def _connections(user_id: int) -> Select[int]:
    other = or_(
        and_(Connection.asker_id == user_id, Connection.asked_id == User.id),
        and_(Connection.asked_id == user_id, Connection.asker_id == User.id),
    )
    agreed = exists(select(Connection.asker_id).where(Connection.accepted_at.is_not(None), other))
    return select(User.id).where(agreed, _is_member()).order_by(User.id)


def _is_member() -> ColumnElement[bool]:
    """Give the clause for accounts that can read cases at all."""
    current = or_(User.recheck_at.is_(None), User.recheck_at > clock.now())
    return and_(
        User.state == AccountState.ACTIVE,
        User.role.in_((Role.CLINICIAN, Role.TRAINEE)),
        User.is_demo.is_(False),
        User.verified_at.is_not(None),
        current,
    )


def _members_of(principals: set[str]) -> ColumnElement[bool]:
    """Give the clause for accounts that hold one of these principals."""
    numbers = {kind: [int(one[2:]) for one in principals if one.startswith(kind)] for kind in ("u:", "g:", "b:")}
    roles = [role for name, role in ((CLINICIANS, Role.CLINICIAN), (TRAINEES, Role.TRAINEE)) if name in principals]
    in_chosen_group = select(GroupMember.user_id).where(GroupMember.group_id.in_(numbers["g:"]))
    on_chosen_board = select(BoardRole.user_id).where(BoardRole.board_id.in_(numbers["b:"]))
    owner = select(Board.owner_id).where(Board.id.in_(numbers["b:"]), Board.owner_id.is_not(None))
    through_group = (
        select(GroupMember.user_id)
        .join(Board, Board.group_id == GroupMember.group_id)
        .where(Board.id.in_(numbers["b:"]), Board.kind == BoardKind.GROUP)
    )
    ways = (in_chosen_group, on_chosen_board, owner, through_group)
    return or_(User.role.in_(roles), User.id.in_(numbers["u:"]), *(User.id.in_(way) for way in ways))
