"""“Who can see this, and why”: every reason for a case, with who gave it, its window, and whether it holds now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from pinboard import clock
from pinboard.models import (
    EARLIEST,
    LATEST,
    AccountState,
    Audience,
    Board,
    Case,
    CaseRole,
    CaseVerb,
    Grant,
    Group,
    Release,
    Role,
    Share,
    ShareKind,
    Source,
    User,
)
from pinboard.policy.readers import holder, is_alive, member, released_on


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, for a page: `name` is a member's, group's or board's name or a link's label, else empty."""

    source: Source
    principal: str
    name: str
    by: str | None
    not_before: datetime
    not_after: datetime
    holds: bool
    """Whether it lets somebody in at this moment; consent, state or time may stand before it."""


def audience_of(session: Session, case: Case) -> list[Why]:
    """Give every reason why somebody may see a case, the author's own first."""
    moment = clock.now()
    let_in = set(
        session.scalars(
            select(Audience.principal).where(
                Audience.case_id == case.id, Audience.not_before <= moment, Audience.not_after > moment
            )
        )
    )
    let_in &= _behind(session, let_in)
    reasons = [*_own(session, case), *_given(session, case), *_links(session, case), *_released(session, case)]
    return [
        Why(source, principal, name, by, start, end, principal in let_in and start <= moment < end)
        for source, principal, name, by, start, end in reasons
    ]


def _behind(session: Session, principals: set[str]) -> set[str]:
    """Keep the principals that somebody reads through: an account that may read at all, a link that stands."""
    people, held = ([int(one[2:]) for one in principals if one.startswith(kind)] for kind in ("u:", "s:"))
    accounts = {member(number) for number in session.scalars(select(User.id).where(User.id.in_(people), _may_read()))}
    shares = session.scalars(select(Share).where(Share.id.in_(held))).all()
    links = {holder(share.id) for share in shares if is_alive(session, share)}
    return {one for one in principals if not one.startswith(("u:", "s:")) or one in accounts | links}


def _may_read() -> ColumnElement[bool]:
    current = or_(User.recheck_at.is_(None), User.recheck_at > clock.now())
    read = User.role.in_((Role.CLINICIAN, Role.TRAINEE))
    return and_(User.state == AccountState.ACTIVE, read, User.verified_at.is_not(None), current)


_Line = tuple[Source, str, str, str | None, datetime, datetime]


def _own(session: Session, case: Case) -> Iterator[_Line]:
    author = select(User.name).where(User.id == case.author_id)
    yield Source.AUTHOR, member(case.author_id), session.scalar(author) or "", None, EARLIEST, LATEST
    named = (
        select(User.id, User.name, CaseRole.given_at)
        .join(CaseRole, CaseRole.user_id == User.id)
        .where(CaseRole.case_id == case.id, CaseRole.role == CaseVerb.DELEGATE)
    )
    for user_id, name, given_at in session.execute(named):
        yield Source.DELEGATE, member(user_id), name, None, given_at, LATEST


def _given(session: Session, case: Case) -> Iterator[_Line]:
    giver = aliased(User)
    rows = (
        select(
            Grant,
            giver.name,
            _name_of(User.name, User.id),
            _name_of(Group.name, Group.id),
            _name_of(Board.title, Board.id),
        )
        .outerjoin(giver, giver.id == Grant.by_id)
        .where(Grant.case_id == case.id)
        .order_by(Grant.id)
    )
    for reason, by, person, group, board in session.execute(rows):
        kinds = {Source.GROUP: group, Source.BOARD: board, Source.NAMED: person, Source.CONNECTION: person}
        name = kinds.get(reason.source) or ""
        yield reason.source, reason.principal, name, by, reason.not_before, reason.not_after


def _name_of(name: InstrumentedAttribute[str], number: InstrumentedAttribute[int]) -> ColumnElement[str | None]:
    return select(name).where(number == Grant.source_id).scalar_subquery()


def _links(session: Session, case: Case) -> Iterator[_Line]:
    rows = select(Share, User.name).join(User, User.id == Share.created_by_id)
    for share, by in session.execute(rows.where(Share.case_id == case.id, Share.revoked_at.is_(None))):
        source = Source.COLLEAGUE_SHARE if share.kind is ShareKind.COLLEAGUE else Source.SUBJECT_SHARE
        yield source, holder(share.id), share.label, by, share.created_at, share.expires_at


def _released(session: Session, case: Case) -> Iterator[_Line]:
    rows = select(Release, User.name).join(User, User.id == Release.by_id)
    for release, by in session.execute(rows.where(Release.case_id == case.id, Release.revoked_at.is_(None))):
        yield Source.RELEASE, released_on(release.board_id), "", by, release.not_before, LATEST
