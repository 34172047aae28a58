"""Refuses to commit a change of what an audience rests on while the audience still says what was true before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from pinboard.models import Case, CaseRole, CaseState, CaseVerb, Consent, Grant, Release, Share

_KEY = "pinboard.audience"
_UNKNOWN = -1
"""Stands for the cases of a bulk statement, whose rows nobody counted."""
_CASE_INPUTS = ("state", "seq", "author_id")
_INPUTS = (Grant, Consent, Release, Share, CaseRole)


class AudienceStale(Exception):  # noqa: N818 - the state of the table, told in a sentence
    """A transaction changed who may see a case and did not derive its audience anew."""

    def __init__(self) -> None:
        super().__init__(
            "a transaction that changes who may see a case must end with policy.rebuild(session, case_ids)"
        )


class _Watch:
    """What one transaction touched, and what of that has not been derived since."""

    def __init__(self) -> None:
        self.touched: set[int] = set()
        self.stale: set[int] = set()

    def touch(self, case_id: int) -> None:
        self.touched.add(case_id)
        self.stale.add(case_id)


def _watch(session: Session) -> _Watch:
    watch: _Watch = session.info.setdefault(_KEY, _Watch())
    return watch


def settle(session: Session, case_ids: Iterable[int]) -> None:
    """Note that the audience of these cases is derived; called by `rebuild` alone."""
    watch = _watch(session)
    done = {_UNKNOWN, *case_ids}
    watch.touched |= done - {_UNKNOWN}
    watch.stale -= done


def stale_cases(session: Session) -> set[int]:
    """Give the cases whose audience this transaction still has to derive."""
    return _watch(session).stale - {_UNKNOWN}


@event.listens_for(Session, "after_flush")
def _notice_rows(session: Session, _context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        case_id = _case_of(session, row)
        if case_id is not None:
            _watch(session).touch(case_id)


@event.listens_for(Session, "do_orm_execute")
def _notice_bulk(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    kind = state.bind_mapper.class_
    if kind in _INPUTS or (kind is Case and _names_input(state)):
        _watch(state.session).touch(_UNKNOWN)


@event.listens_for(Session, "before_commit")
def _refuse_stale(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if _watch(session).stale:
        raise AudienceStale


@event.listens_for(Session, "after_soft_rollback")
def _undo(session: Session, ended: SessionTransaction) -> None:
    """Count everything touched as stale again; a savepoint that was rolled back may have taken a rebuild with it."""
    if ended.nested:
        watch = _watch(session)
        watch.stale |= watch.touched


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_KEY, None)


def _case_of(session: Session, row: Any) -> int | None:
    if isinstance(row, Case):
        return row.id if _case_changed(session, row) else None
    if not isinstance(row, _INPUTS) or (row in session.dirty and not session.is_modified(row)):
        return None
    if isinstance(row, CaseRole) and row.role is CaseVerb.AUTHOR:
        return None
    return row.case_id


def _case_changed(session: Session, row: Case) -> bool:
    if row in session.deleted:
        return False
    if row in session.new:
        return row.state not in {CaseState.DRAFT, CaseState.PUBLISHING}
    return any(inspect(row).attrs[name].history.has_changes() for name in _CASE_INPUTS)


def _names_input(state: ORMExecuteState) -> bool:
    """Say whether a bulk statement on cases sets one of the columns that readers depend on."""
    if state.is_delete:
        return False
    named = {getattr(column, "key", column) for column in (getattr(state.statement, "_values", None) or {})}
    parameters = state.parameters
    for given in parameters if isinstance(parameters, list) else [parameters or {}]:
        named |= set(given)
    return bool(named & set(_CASE_INPUTS))
