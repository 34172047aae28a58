"""Whether a case may leave the clinic: its images need no second look, or a second clinician looked at just these."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from pinboard import audit, clock, ids
from pinboard.models import (
    Attestation,
    AttestState,
    Case,
    CaseState,
    ClinicSetting,
    Consent,
    ConsentLevel,
    InboxItem,
    Instance,
    InstanceState,
    Source,
)
from pinboard.models.clinic_settings import DEFAULTS
from pinboard.policy.faces import FOR_EVERYBODY
from pinboard.policy.guard import GATE
from pinboard.policy.levels import LEVEL_NEEDED, allows, reach

OUTSIDE = reach(ConsentLevel.OUTSIDE)
"""Readers whose source needs a consent that goes as far as this are not of the clinic."""
LEAVING = frozenset(source for source in Source if reach(LEVEL_NEEDED[source]) >= OUTSIDE)
_GATE_LOCK = 0x47415445
_OPEN = (AttestState.WAITING, AttestState.ATTESTED)


def is_gate_on(session: Session) -> bool:
    """Read the clinic's decision from its row, because what readers depend on must not come from memory."""
    value = session.scalar(select(ClinicSetting.value).where(ClinicSetting.name == GATE))
    return bool(DEFAULTS[GATE] if value is None else value)


def hold_gate(session: Session, *, for_change: bool = False) -> None:
    """Let no audience be derived beside a change of the decision; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if for_change else func.pg_advisory_xact_lock_shared
        session.execute(select(lock(_GATE_LOCK)))


def free_to_leave(*, is_on: bool) -> ColumnElement[bool]:
    """Give the clause for “the case of this row may leave the clinic”, as far as a second look is concerned."""
    if not is_on:
        return true()
    needed = (
        select(Instance.id)
        .where(Instance.case_id == Case.id, Instance.state == InstanceState.PUBLISHED, Instance.needs_attest)
        .where(FOR_EVERYBODY)
    )
    # `void_changed` runs before whoever asks, so a standing one is one about the present images.
    given = select(Attestation.id).where(Attestation.case_id == Case.id, Attestation.state == AttestState.ATTESTED)
    return or_(~needed.correlate(Case).exists(), given.correlate(Case).exists())


def may_leave(session: Session, case: Case) -> bool:
    """Tell whether no second look stands between a case and readers outside."""
    return bool(session.scalar(select(Case.id).where(Case.id == case.id, free_to_leave(is_on=is_gate_on(session)))))


def standing_levels(session: Session, case: Case) -> set[ConsentLevel]:
    """Give the levels of consent that are in force now."""
    moment = clock.now()
    stands = (Consent.withdrawn_at.is_(None), Consent.taken_at <= moment, Consent.valid_until > moment)
    return set(session.scalars(select(Consent.level).where(Consent.case_id == case.id, *stands)))


def reaches_outside(session: Session, case: Case) -> bool:
    """Tell whether a consent in force lets colleagues outside the clinic see a case."""
    return any(allows(level, Source.COLLEAGUE_SHARE) for level in standing_levels(session, case))


def images_sha256(session: Session, case: Case) -> str:
    """Hash the images that a case shows now; their names are random and new whenever the pixels change."""
    return _present(session, [case.id])[case.id]


def void_changed(session: Session, case_ids: Sequence[int]) -> None:
    """End every attestation that is about other images than those of now; a wish that waits is about what is there."""
    for row in outdated(session, case_ids):
        if row.state is AttestState.WAITING:
            row.images_sha256 = _present(session, [row.case_id])[row.case_id]
        else:
            row.state = AttestState.VOID
            _tell(session, row)
    session.flush()


def outdated(session: Session, case_ids: Sequence[int]) -> list[Attestation]:
    """Find what waits or stands and is about other images than those of now."""
    rows = session.scalars(
        select(Attestation).where(Attestation.case_id.in_(case_ids), Attestation.state.in_(_OPEN))
    ).all()
    present = _present(session, {row.case_id for row in rows}) if rows else {}
    return [row for row in rows if row.images_sha256 != present[row.case_id]]


def _present(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    names: dict[int, list[str]] = {case_id: [] for case_id in case_ids}
    rows = session.execute(
        select(Instance.case_id, Instance.media_name).where(
            Instance.case_id.in_(names), Instance.state == InstanceState.PUBLISHED, Instance.media_name.is_not(None)
        )
    )
    for case_id, name in rows:
        names[case_id].append(str(name))
    return {case_id: hashlib.sha256(" ".join(sorted(some)).encode()).hexdigest() for case_id, some in names.items()}


def _tell(session: Session, ended: Attestation) -> None:
    """Write down that links went dark, and let the author know while there is something to look at."""
    case = session.get_one(Case, ended.case_id)
    audit.record(session, actor=None, verb="attest-void", case=case)
    if case.state in {CaseState.PUBLISHED, CaseState.HIDDEN}:
        session.add(
            InboxItem(
                public_id=ids.public_id(),
                user_id=case.author_id,
                kind="attest-void",
                case_id=case.id,
                dedupe=f"attest-void:{ended.public_id}",
                at=clock.now(),
            )
        )
