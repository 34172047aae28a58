"""Refuses to commit a change of what an audience rests on while the audience still says what was true before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from pinboard.models import (
    Attestation,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    ClinicSetting,
    Consent,
    Grant,
    Instance,
    InstanceState,
    Release,
    Share,
)

_KEY = "pinboard.audience"
GATE = "release_gate"
"""The clinic's decision that readers outside hang on."""
_UNKNOWN = -1
"""Stands for the cases of a bulk statement, whose rows nobody counted."""
_INPUTS: dict[type, frozenset[str]] = {
    Attestation: frozenset({"case_id", "state", "images_sha256"}),
    Case: frozenset({"state", "seq", "author_id"}),
    CaseRole: frozenset({"role"}),
    Consent: frozenset({"case_id", "level", "taken_at", "valid_until", "withdrawn_at"}),
    ClinicSetting: frozenset({"value"}),
    Grant: frozenset({"case_id", "principal", "source", "not_before", "not_after"}),
    Instance: frozenset({"case_id", "state", "needs_attest", "media_name", "is_subject_only"}),
    Release: frozenset({"case_id", "board_id", "subject_id", "not_before", "revoked_at"}),
    Share: frozenset({"case_id", "kind", "subject_id", "created_at", "expires_at", "revoked_at"}),
}
"""The columns that an audience is derived from."""


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
    inputs = _INPUTS.get(state.bind_mapper.class_)
    if inputs and _matters(state, inputs):
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
    """Give the case whose readers a changed row may change, if it does."""
    inputs = _INPUTS.get(type(row))
    if inputs is None or _is_harmless(session, row):
        return None
    if row in session.dirty and not any(inspect(row).attrs[name].history.has_changes() for name in inputs):
        return None
    if isinstance(row, ClinicSetting):
        return _UNKNOWN
    case_id: int | None = row.id if isinstance(row, Case) else row.case_id
    return case_id


def _is_harmless(session: Session, row: Any) -> bool:
    """Say whether a row is one that nobody's sight hangs on: of a draft, or another decision of the clinic."""
    if isinstance(row, Case):
        return row in session.new and row.state in {CaseState.DRAFT, CaseState.PUBLISHING}
    if isinstance(row, Instance):
        was = inspect(row).attrs.state.history.deleted or ()
        return {row.state, *was} <= {InstanceState.DRAFT, InstanceState.LEFT_OUT}
    if isinstance(row, ClinicSetting):
        return row.name != GATE
    return isinstance(row, CaseRole) and row.role is CaseVerb.AUTHOR and row not in session.dirty


def _matters(state: ORMExecuteState, inputs: frozenset[str]) -> bool:
    """Say whether a bulk statement adds or removes rows, or sets one of the columns that readers depend on."""
    if not state.is_update:
        return not (state.is_delete and state.bind_mapper is not None and state.bind_mapper.class_ is Case)
    named = {getattr(column, "key", column) for column in (getattr(state.statement, "_values", None) or {})}
    parameters = state.parameters
    for given in parameters if isinstance(parameters, list) else [parameters or {}]:
        named |= set(given)
    return bool(named & inputs)
