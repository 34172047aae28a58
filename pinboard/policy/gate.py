"""The one gate for one object: the case or board if this reader may do that with it, otherwise `NotFound`."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from pinboard.models import Board, BoardKind, BoardRole, BoardVerb, Case, CaseRole, CaseState, GroupMember, Role
from pinboard.policy.lists import visible
from pinboard.policy.readers import Reader, released_on


class NotFound(Exception):  # noqa: N818 - what the reader is told, and all of it
    """There is no such thing for this reader; whether there is one for others stays unsaid."""

    code = "not-found"


class Way(enum.Flag):
    """How one comes to a case: through its audience, or through a role on it."""

    AUDIENCE = enum.auto()
    ROLE = enum.auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do something with a case: by which way, in which roles, and whether also before being verified."""

    way: Way
    roles: frozenset[Role] | None
    before_verified: bool = False


_CLINICIAN = frozenset({Role.CLINICIAN})
_CLINIC = frozenset({Role.CLINICIAN, Role.TRAINEE})

RULES: dict[str, Rule] = {
    "see": Rule(Way.AUDIENCE | Way.ROLE, None, before_verified=True),
    "comment": Rule(Way.AUDIENCE, _CLINIC),
    "pin": Rule(Way.AUDIENCE, _CLINICIAN),
    "audience": Rule(Way.AUDIENCE | Way.ROLE, _CLINICIAN),
    "edit": Rule(Way.ROLE, _CLINIC, before_verified=True),
    "review": Rule(Way.ROLE, _CLINIC, before_verified=True),
    "erase": Rule(Way.ROLE, _CLINIC, before_verified=True),
    "publish": Rule(Way.ROLE, _CLINICIAN),
    "release": Rule(Way.ROLE, _CLINICIAN),
    "share": Rule(Way.ROLE, _CLINICIAN),
    "withdraw": Rule(Way.ROLE, _CLINICIAN),
    "hide": Rule(Way.ROLE, _CLINICIAN),
}
"""The role table of ARCHITECTURE §4; `None` for roles means whoever the audience lets in, guests too."""

_NOT_YET_PUBLISHED = (CaseState.DRAFT, CaseState.PUBLISHING)


def case_for(session: Session, reader: Reader, verb: str, public_id: str) -> Case:
    """Give the case if this reader may do `verb` with it, or raise `NotFound`."""
    found = session.scalar(select(Case).where(Case.public_id == public_id, may(reader, verb)))
    if found is None:
        raise NotFound
    return found


def may(reader: Reader, verb: str) -> ColumnElement[bool]:
    """Give the clause for “this reader may do `verb` with the case of this row”."""
    rule = RULES[verb]
    if rule.roles is not None and (reader.register != "clinic" or reader.role not in rule.roles):
        return false()
    ways: list[ColumnElement[bool]] = []
    if Way.AUDIENCE in rule.way and (reader.verified or rule.before_verified):
        ways.append(visible(reader))
    if Way.ROLE in rule.way:
        ways.append(_through_role(reader, rule))
    return or_(false(), *ways)


def _through_role(reader: Reader, rule: Rule) -> ColumnElement[bool]:
    """Its author or a delegate, in any state but erased; before being verified, own drafts alone."""
    if reader.register != "clinic" or reader.user_id is None or not (reader.verified or rule.before_verified):
        return false()
    delegated = exists(select(CaseRole.case_id).where(CaseRole.case_id == Case.id, CaseRole.user_id == reader.user_id))
    own = Case.author_id == reader.user_id
    if not reader.verified:
        return and_(own, Case.state.in_(_NOT_YET_PUBLISHED))
    return and_(or_(own, delegated), Case.state != CaseState.ERASED)


def board_for(session: Session, reader: Reader, verb: str, slug: str) -> Board:
    """Give the board if this reader may `see`, `pin` on or change the `settings` of it, or raise `NotFound`."""
    found = session.scalar(select(Board).where(Board.slug == slug, may_board(reader, verb)))
    if found is None:
        raise NotFound
    return found


def may_board(reader: Reader, verb: str) -> ColumnElement[bool]:
    """Give the clause for “this reader may do `verb` with the board of this row”, for lists of boards too."""
    if verb not in {"see", "pin", "settings"}:
        raise KeyError(verb)
    if reader.register == "subject":
        return _own_patient_board(reader) if verb == "see" else false()
    if reader.register != "clinic" or not reader.verified or reader.role not in _CLINIC:
        return false()
    if verb == "settings":
        return or_(_holds(reader, BoardVerb.OWNER), _specialty() if reader.is_admin else false())
    if verb == "pin":
        if reader.role is not Role.CLINICIAN:
            return false()
        return and_(
            Board.archived_at.is_(None),
            or_(_specialty(), _holds(reader, BoardVerb.OWNER, BoardVerb.EDITOR), _in_group(reader)),
        )
    return or_(_specialty(), _holds(reader, *BoardVerb), _in_group(reader))


def _specialty() -> ColumnElement[bool]:
    return Board.kind == BoardKind.SPECIALTY


def _holds(reader: Reader, *verbs: BoardVerb) -> ColumnElement[bool]:
    """Give the clause for a role on a wall of the clinic; a patient's board is reached by its subject alone."""
    held = exists(
        select(BoardRole.board_id).where(
            BoardRole.board_id == Board.id, BoardRole.user_id == reader.user_id, BoardRole.role.in_(verbs)
        )
    )
    owned = Board.owner_id == reader.user_id if BoardVerb.OWNER in verbs else false()
    return and_(Board.kind.in_((BoardKind.PERSONAL, BoardKind.GROUP)), or_(owned, held))


def _in_group(reader: Reader) -> ColumnElement[bool]:
    member = exists(
        select(GroupMember.user_id).where(GroupMember.group_id == Board.group_id, GroupMember.user_id == reader.user_id)
    )
    return and_(Board.kind == BoardKind.GROUP, member)


def _own_patient_board(reader: Reader) -> ColumnElement[bool]:
    numbers = [int(name[3:]) for name in reader.principals if name.startswith(released_on(0)[:3])]
    return and_(Board.kind == BoardKind.PATIENT, Board.id.in_(numbers), Board.archived_at.is_(None), true())
