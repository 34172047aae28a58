"""Turns what an author ticked into reasons to see the case, and says how far a consent must reach for them.

A choice is {"clinic": bool, "trainees": bool, "named": [user], "connections": bool, "groups": [group],
"boards": [board], "public": bool, "only_me": bool}; whatever is absent is not chosen, and lists hold public ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pinboard import policy
from pinboard.models import AccountState, Board, Case, Connection, Group, Role, Source, User

_TICKS = {"clinic": Source.CLINIC, "trainees": Source.TRAINEES, "connections": Source.CONNECTION}
_LISTS = {"named": Source.NAMED, "groups": Source.GROUP, "boards": Source.BOARD}


def sources_of(choice: dict[str, Any]) -> set[Source]:
    """Give the kinds of readers that a choice lets in; the public sample needs an administrator's pick as well."""
    return {source for name, source in (_TICKS | _LISTS).items() if choice.get(name)} | (
        {Source.PUBLIC} if choice.get("public") else set()
    )


def is_made(choice: dict[str, Any]) -> bool:
    """Tell whether an author decided who may see the case, be it nobody else."""
    return bool(choice.get("only_me")) or bool(sources_of(choice))


def fits(choice: dict[str, Any], levels: Iterable[Any]) -> bool:
    """Tell whether one of the consents in force reaches as far as every reader of the choice."""
    given = list(levels)
    return all(any(policy.allows(level, source) for level in given) for source in sources_of(choice))


def apply_choice(session: Session, case: Case, by: User) -> None:
    """Add a reason for every reader that the author chose; only this and a later change by the author widens it."""
    for principal, source, source_id in _reasons(session, case):
        policy.grant(session, case, principal, source, by=by.id, source_id=source_id)


def _reasons(session: Session, case: Case) -> Iterator[tuple[str, Source, int | None]]:
    choice = case.audience_choice
    if choice.get("clinic"):
        yield policy.CLINICIANS, Source.CLINIC, None
    if choice.get("trainees"):
        yield policy.TRAINEES, Source.TRAINEES, None
    for user_id in session.scalars(_chosen(User, choice.get("named")).where(*_members())):
        yield policy.member(user_id), Source.NAMED, user_id
    for group_id in session.scalars(_chosen(Group, choice.get("groups"))):
        yield policy.in_group(group_id), Source.GROUP, group_id
    for board_id in session.scalars(_chosen(Board, choice.get("boards"))):
        yield policy.on_board(board_id), Source.BOARD, board_id
    if choice.get("connections"):
        for user_id in _connections(session, case.author_id):
            yield policy.member(user_id), Source.CONNECTION, user_id


def _chosen(kind: type[User | Group | Board], chosen: Any) -> Any:
    names = [str(name) for name in chosen] if isinstance(chosen, list) else []
    return select(kind.id).where(kind.public_id.in_(names)).order_by(kind.id)


def _members() -> tuple[Any, ...]:
    return User.state == AccountState.ACTIVE, User.role.in_([Role.CLINICIAN, Role.TRAINEE])


def _connections(session: Session, user_id: int) -> Iterator[int]:
    agreed = select(Connection).where(
        Connection.accepted_at.is_not(None), or_(Connection.asker_id == user_id, Connection.asked_id == user_id)
    )
    for one in session.scalars(agreed):
        yield one.asked_id if one.asker_id == user_id else one.asker_id
