"""Derives the audience of cases from the reasons and the consents, in SQL and in the same transaction as the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    cast,
    delete,
    except_,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy import String as Text
from sqlalchemy.orm import InstrumentedAttribute, Session

from pinboard import clock
from pinboard.models import (
    EARLIEST,
    LATEST,
    AttestState,
    Audience,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    Consent,
    Grant,
    Release,
    Share,
    ShareKind,
    Source,
    UtcDateTime,
)
from pinboard.policy.guard import settle
from pinboard.policy.leaving import OUTSIDE, free_to_leave, hold_gate, is_gate_on, outdated, void_changed
from pinboard.policy.levels import LEVEL_NEEDED, LEVELS, SUBJECT_SOURCES, reach

_Rows: TypeAlias = Select[*tuple[Any, ...]]

_CHUNK = 500
_MOMENT = UtcDateTime()


def rebuild(session: Session, case_ids: Iterable[int]) -> None:
    """Bring the audience of these cases to what reasons, consents, releases and states say now."""
    session.flush()
    wanted = sorted(set(case_ids))
    for start in range(0, len(wanted), _CHUNK):
        _rebuild(session, wanted[start : start + _CHUNK])
    settle(session, wanted)


def _rebuild(session: Session, ids: Sequence[int]) -> None:
    # Two changes of one case at a time would each derive from what the other has not committed.
    session.execute(select(Case.id).where(Case.id.in_(ids)).order_by(Case.id).with_for_update())
    hold_gate(session)
    void_changed(session, ids)
    session.execute(delete(Audience).where(Audience.case_id.in_(ids)), execution_options={"synchronize_session": False})
    session.execute(
        insert(Audience.__table__).from_select(  # type: ignore[arg-type]
            ["principal", "seq", "case_id", "not_before", "not_after"],
            _derived(ids, is_gate_on=is_gate_on(session)),
        )
    )


def drifted(session: Session, case_ids: Sequence[int]) -> list[int]:
    """Give the cases whose audience is not what `rebuild` would make of it; rows whose time is over are swept."""
    stored = select(Audience.principal, Audience.seq, Audience.case_id, Audience.not_before, Audience.not_after).where(
        Audience.case_id.in_(case_ids)
    )
    derived, now = _derived(case_ids, is_gate_on=is_gate_on(session)), clock.now()
    found = {row.case_id for row in outdated(session, case_ids) if row.state is AttestState.ATTESTED}
    for one, other in ((stored, derived), (derived, stored)):
        rest = except_(one, other).subquery()
        found |= set(session.scalars(select(rest.c.case_id).where(rest.c.not_after >= now)))
    return sorted(found)


def _derived(ids: Sequence[int], *, is_gate_on: bool) -> _Rows:
    rows = union_all(_clinic_rows(ids, is_gate_on=is_gate_on), *_subject_rows(ids)).subquery()
    key = (rows.c.principal, rows.c.seq, rows.c.case_id, rows.c.not_before)
    return (
        select(*key, func.max(rows.c.not_after, type_=_MOMENT).label("not_after"))
        .where(rows.c.not_before < rows.c.not_after)
        .group_by(*key)
    )


def _clinic_rows(ids: Sequence[int], *, is_gate_on: bool) -> _Rows:
    """Give reasons ∩ consents in force ∩ published ∩ free to go that far: a row per pair, so two windows stay two."""
    reason, consent = _reasons(ids).subquery("reason"), _consents(ids).subquery("consent")
    bounded = and_(
        consent.c.case_id == reason.c.case_id,
        or_(
            and_(reason.c.needs == 0, consent.c.reach == 0),
            and_(reason.c.needs > 0, consent.c.reach >= reason.c.needs),
        ),
    )
    return (
        select(
            reason.c.principal,
            Case.seq,
            Case.id.label("case_id"),
            _later(reason.c.not_before, consent.c.not_before).label("not_before"),
            _earlier(reason.c.not_after, consent.c.not_after).label("not_after"),
        )
        .join_from(reason, Case, Case.id == reason.c.case_id)
        .join(consent, bounded)
        .where(Case.state == CaseState.PUBLISHED, Case.seq.is_not(None))
        .where(or_(reason.c.needs < OUTSIDE, free_to_leave(is_on=is_gate_on)))
    )


def _reasons(ids: Sequence[int]) -> CompoundSelect[*tuple[Any, ...]]:
    grants = select(
        Grant.case_id.label("case_id"),
        Grant.principal.label("principal"),
        Grant.not_before.label("not_before"),
        Grant.not_after.label("not_after"),
        _needs(Grant.source).label("needs"),
    ).where(Grant.case_id.in_(ids), Grant.source.not_in(SUBJECT_SOURCES))
    always = (literal(EARLIEST, _MOMENT), literal(LATEST, _MOMENT))
    author = select(Case.id, _named("u:", Case.author_id), *always, literal(0)).where(Case.id.in_(ids))
    delegates = select(
        CaseRole.case_id, _named("u:", CaseRole.user_id), *always, literal(_reach_for(Source.DELEGATE))
    ).where(CaseRole.case_id.in_(ids), CaseRole.role == CaseVerb.DELEGATE)
    links = select(
        Share.case_id,
        _named("s:", Share.id),
        Share.created_at,
        Share.expires_at,
        literal(_reach_for(Source.COLLEAGUE_SHARE)),
    ).where(Share.case_id.in_(ids), Share.kind == ShareKind.COLLEAGUE, Share.revoked_at.is_(None))
    return union_all(grants, author, delegates, links)


def _consents(ids: Sequence[int]) -> CompoundSelect[*tuple[Any, ...]]:
    given = select(
        Consent.case_id.label("case_id"),
        Consent.taken_at.label("not_before"),
        Consent.valid_until.label("not_after"),
        case(*((Consent.level == level, reach(level)) for level in LEVELS), else_=0).label("reach"),
    ).where(Consent.case_id.in_(ids), Consent.withdrawn_at.is_(None))
    nothing_needed = select(Case.id, literal(EARLIEST, _MOMENT), literal(LATEST, _MOMENT), literal(0)).where(
        Case.id.in_(ids)
    )
    return union_all(given, nothing_needed)


def _subject_rows(ids: Sequence[int]) -> tuple[_Rows, _Rows]:
    """Give released ∩ release time ∩ neither hidden nor erased; withdrawal and consent do not touch these."""
    standing = (
        Release.case_id.in_(ids),
        Release.revoked_at.is_(None),
        Case.state.in_((CaseState.PUBLISHED, CaseState.WITHDRAWN)),
        Case.seq.is_not(None),
    )
    boards = (
        select(_named("rb:", Release.board_id), Case.seq, Case.id, Release.not_before, literal(LATEST, _MOMENT))
        .join_from(Release, Case, Case.id == Release.case_id)
        .where(*standing)
    )
    links = (
        select(
            _named("s:", Share.id),
            Case.seq,
            Case.id,
            _later(Release.not_before, Share.created_at),
            Share.expires_at,
        )
        .join_from(Release, Case, Case.id == Release.case_id)
        .join(Share, and_(Share.case_id == Release.case_id, Share.subject_id == Release.subject_id))
        .where(*standing, Share.kind == ShareKind.SUBJECT, Share.revoked_at.is_(None))
    )
    return boards, links


def _reach_for(source: Source) -> int:
    return reach(LEVEL_NEEDED[source])


def _needs(column: InstrumentedAttribute[Source]) -> ColumnElement[int]:
    return case(*((column == source, _reach_for(source)) for source in Source if source not in SUBJECT_SOURCES))


def _named(kind: str, number: InstrumentedAttribute[int]) -> ColumnElement[str]:
    return literal(kind).concat(cast(number, Text))


def _later(left: Any, right: Any) -> ColumnElement[Any]:
    return case((left > right, left), else_=right)


def _earlier(left: Any, right: Any) -> ColumnElement[Any]:
    return case((left < right, left), else_=right)
