"""The one gate for one object: the case or board if this reader may do that with it, otherwise `NotFound`."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from pinboard import clock
from pinboard.models import (
    Attestation,
    AttestState,
    Board,
    BoardKind,
    BoardRole,
    BoardVerb,
    Case,
    CaseRole,
    CaseState,
    Consent,
    ConsentLevel,
    Flag,
    FlagState,
    GroupMember,
    PublicSample,
    Role,
)
from pinboard.policy.lists import visible
from pinboard.policy.readers import Reader, released_on


class NotFound(Exception):  # noqa: N818 - what the reader is told, and all of it
    """There is no such thing for this reader; whether there is one for others stays unsaid."""

    code = "not-found"


class Way(enum.Flag):
    """How one comes to a case: its audience, a role on it, a flag, or that its author asks a colleague or offers it."""

    AUDIENCE = enum.auto()
    ROLE = enum.auto()
    FLAG = enum.auto()
    WISH = enum.auto()
    OFFER = enum.auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do something with a case: by which way, in which roles, and whether also before being verified."""

    way: Way
    roles: frozenset[Role] | None
    before_verified: bool = False


_CLINICIAN = frozenset({Role.CLINICIAN})
_CLINIC = frozenset({Role.CLINICIAN, Role.TRAINEE})

RULES: dict[str, Rule] = {
    "see": Rule(Way.AUDIENCE | Way.ROLE | Way.FLAG, None, before_verified=True),
    "flag": Rule(Way.AUDIENCE, None, before_verified=True),
    "comment": Rule(Way.AUDIENCE, _CLINIC),
    "pin": Rule(Way.AUDIENCE, _CLINICIAN),
    "carry": Rule(Way.AUDIENCE | Way.ROLE, _CLINICIAN),
    "audience": Rule(Way.AUDIENCE | Way.ROLE, _CLINICIAN),
    "edit": Rule(Way.ROLE, _CLINIC, before_verified=True),
    "review": Rule(Way.ROLE | Way.FLAG, _CLINIC, before_verified=True),
    "erase": Rule(Way.ROLE, _CLINIC, before_verified=True),
    "publish": Rule(Way.ROLE, _CLINICIAN),
    "release": Rule(Way.ROLE, _CLINICIAN),
    "share": Rule(Way.ROLE, _CLINICIAN),
    "withdraw": Rule(Way.ROLE, _CLINICIAN),
    "hide": Rule(Way.ROLE, _CLINICIAN),
    "mend": Rule(Way.ROLE | Way.FLAG, _CLINICIAN),
    "openings": Rule(Way.ROLE | Way.FLAG, _CLINICIAN),
    "attest": Rule(Way.WISH, _CLINICIAN),
    "moderate": Rule(Way.FLAG, _CLINICIAN),
    "sample": Rule(Way.OFFER, None),
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
    if Way.FLAG in rule.way and reader.is_reviewer:
        ways.append(_flagged())
    if Way.WISH in rule.way and reader.verified:
        ways.append(_asked_for(reader))
    if Way.OFFER in rule.way and reader.is_admin:
        ways.append(offered())
    return or_(false(), *ways)


def _through_role(reader: Reader, rule: Rule) -> ColumnElement[bool]:
    """Its author or a delegate, in any state but erased; before being verified, own drafts alone."""
    if reader.register != "clinic" or reader.user_id is None or not (reader.verified or rule.before_verified):
        return false()
    if not reader.verified:
        return and_(Case.author_id == reader.user_id, Case.state.in_(_NOT_YET_PUBLISHED))
    return and_(_keeps(reader), Case.state != CaseState.ERASED)


def _keeps(reader: Reader) -> ColumnElement[bool]:
    delegated = exists(select(CaseRole.case_id).where(CaseRole.case_id == Case.id, CaseRole.user_id == reader.user_id))
    return or_(Case.author_id == reader.user_id, delegated)


def _asked_for(reader: Reader) -> ColumnElement[bool]:
    """Reach a case whose author waits for a second look before it leaves the clinic, as one who does not keep it.

    What is looked at is what a colleague outside will see, so it needs the consent that reaches outside.
    """
    waits = select(Attestation.id).where(Attestation.case_id == Case.id, Attestation.state == AttestState.WAITING)
    # Only the case is that of the query around; a query about wishes has an attestation of its own.
    standing = (waits.correlate(Case).exists(), agreed(ConsentLevel.OUTSIDE, ConsentLevel.PUBLIC))
    return and_(Case.state == CaseState.PUBLISHED, *standing, ~_keeps(reader))


def agreed(*levels: ConsentLevel) -> ColumnElement[bool]:
    """Give the clause for a case with a consent in force of one of these levels."""
    moment = clock.now()
    standing = select(Consent.id).where(
        Consent.case_id == Case.id,
        Consent.level.in_(levels),
        Consent.withdrawn_at.is_(None),
        Consent.taken_at <= moment,
        Consent.valid_until > moment,
    )
    return standing.correlate(Case).exists()


def offered() -> ColumnElement[bool]:
    """Give the clause for a case that its author offers to everybody, as far as the person in the images agreed."""
    sample = select(PublicSample.case_id).where(PublicSample.case_id == Case.id).correlate(Case).exists()
    return and_(Case.state == CaseState.PUBLISHED, sample, agreed(ConsentLevel.PUBLIC))


def _flagged() -> ColumnElement[bool]:
    """Give the clause for a case that waits for a reviewer; it is hidden from all its readers meanwhile."""
    # Under a name of its own, because a list of flags asks the same of each.
    flag = aliased(Flag)
    waits = exists(select(flag.id).where(flag.case_id == Case.id, flag.state == FlagState.OPEN))
    return and_(Case.state == CaseState.HIDDEN, waits)


BOARD_VERBS = frozenset({"see", "pin", "arrange", "describe", "settings"})
"""Arrange is order, sections and cover; describe is the words below its name; settings is all that is left."""


def board_for(session: Session, reader: Reader, verb: str, slug: str) -> Board:
    """Give the board if this reader may do `verb` with it, one of `BOARD_VERBS`, or raise `NotFound`."""
    found = session.scalar(select(Board).where(Board.slug == slug, may_board(reader, verb)))
    if found is None:
        raise NotFound
    return found


def may_board(reader: Reader, verb: str) -> ColumnElement[bool]:
    """Give the clause for “this reader may do `verb` with the board of this row”, for lists of boards too."""
    if verb not in BOARD_VERBS:
        raise KeyError(verb)
    if reader.register == "subject":
        return _own_patient_board(reader) if verb == "see" else false()
    if reader.register != "clinic" or not reader.verified or reader.role not in _CLINIC:
        return false()
    return and_(Board.removed_at.is_(None), _WAYS[verb](reader))


def may_restore_board(reader: Reader) -> ColumnElement[bool]:
    """Give the clause for “this reader may take the board of this row out of the trash”."""
    if reader.register != "clinic" or not reader.verified:
        return false()
    return and_(Board.removed_at.is_not(None), _holds(reader, BoardVerb.OWNER))


def _may_see(reader: Reader) -> ColumnElement[bool]:
    return or_(_specialty(), _holds(reader, *BoardVerb), _in_group(reader))


def _may_pin(reader: Reader) -> ColumnElement[bool]:
    if reader.role is not Role.CLINICIAN:
        return false()
    return and_(Board.archived_at.is_(None), or_(_specialty(), _lays_out(reader)))


def _may_arrange(reader: Reader) -> ColumnElement[bool]:
    if reader.role is not Role.CLINICIAN:
        return false()
    return or_(_lays_out(reader), _curates(reader))


def _may_describe(reader: Reader) -> ColumnElement[bool]:
    return or_(_may_set(reader), _curates(reader))


def _may_set(reader: Reader) -> ColumnElement[bool]:
    return or_(_holds(reader, BoardVerb.OWNER), _specialty() if reader.is_admin else false())


_WAYS: dict[str, Callable[[Reader], ColumnElement[bool]]] = {
    "see": _may_see,
    "pin": _may_pin,
    "arrange": _may_arrange,
    "describe": _may_describe,
    "settings": _may_set,
}


def _lays_out(reader: Reader) -> ColumnElement[bool]:
    return or_(_holds(reader, BoardVerb.OWNER, BoardVerb.EDITOR), _in_group(reader))


def _curates(reader: Reader) -> ColumnElement[bool]:
    """Give the clause for a specialty's board that an administrator let this clinician look after, or all for one."""
    if reader.role is not Role.CLINICIAN:
        return false()
    named = exists(
        select(BoardRole.board_id).where(
            BoardRole.board_id == Board.id, BoardRole.user_id == reader.user_id, BoardRole.role == BoardVerb.EDITOR
        )
    )
    return and_(_specialty(), true() if reader.is_admin else named)


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
