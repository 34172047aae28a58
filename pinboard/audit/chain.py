"""The chain of what was done to what, each row written in the transaction of the change itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.models import AuditEvent, Board, Case, Opening, OpeningBatch, User

GENESIS = "0" * 64
"""What stands before the first row of a chain."""
_EVENTS_LOCK, _OPENINGS_LOCK = 0x41554449, 0x4F50454E

_CODES: dict[tuple[str, str], str] = {
    ("110101", "Audit Log Used"): "audit-read proof-asked",
    ("110103", "DICOM Instances Accessed"): (
        "board-archive board-arrange board-cover board-create board-remove board-reopen board-restore board-restored"
        " board-section-add board-section-move board-section-remove board-section-restore board-section-update"
        " board-update"
        " choose-slices comment-delete confirm download draft edit key-image mark-remove page picture pin pin-restore"
        " publish publish-failed publish-start restore restored shown solve"
        " unhide unpin words-approved"
    ),
    ("110105", "DICOM Study Deleted"): "board-purge discard draft-remove erase erased image-remove purge",
    ("110106", "Export"): (
        "attest attest-asked attest-returned attest-void attested export released sample-end"
        " sample-offer sample-pick sample-unpick sample-week share-extended share-made"
    ),
    ("110107", "Import"): "demo upload",
    ("110113", "Security Alert"): (
        "consent-withdrawn flag flag-erased flag-redacted flag-restored hidden hide image-hide image-mend"
        " image-mend-end image-mend-failed image-mend-start image-redacted image-show release-ended share-revoked"
        " sign-in-failed withdraw withdrawn"
    ),
    ("110114", "User Authentication"): "member-logged-out sessions-ended signed-in signed-out",
    ("110129", "Security Configuration"): "clinic-set-up discover-changed release-gate-changed settings-changed",
    ("110136", "Security Roles Changed"): (
        "admin-given admin-taken board-person-add board-person-remove group-create group-person-add"
        " group-person-remove reviewer-given reviewer-taken"
    ),
    ("110137", "User Security Attributes Changed"): (
        "invitation-made invitation-revoked member-added member-disabled member-enabled member-verified"
        " password-changed profile-changed reset-link-made"
    ),
}
EVENT_CODES: dict[str, tuple[str, str]] = {verb: code for code, verbs in _CODES.items() for verb in verbs.split()}
"""Every verb that is recorded, with its code and meaning of DICOM PS3.16 CID 400."""

_EVENT = (
    AuditEvent.id,
    AuditEvent.previous_hash,
    AuditEvent.hash,
    AuditEvent.at,
    AuditEvent.actor_id,
    AuditEvent.verb,
    AuditEvent.thing,
    AuditEvent.case_id,
    AuditEvent.detail,
)
_OPENING = (
    Opening.case_id,
    Opening.user_id,
    Opening.share_id,
    Opening.register,
    Opening.what,
    Opening.device,
    Opening.at,
)


def event_code(verb: str) -> tuple[str, str]:
    """Give the DICOM event code and its meaning for a verb."""
    return EVENT_CODES[verb]


def record(  # noqa: PLR0913 - an event has this many parts, and each has a name at the call
    session: Session,
    *,
    actor: User | int | None,
    verb: str,
    case: Case | None = None,
    board: Board | None = None,
    thing: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Append one row in this transaction; `thing` is kind:public id, `detail` holds ids, codes and counts only."""
    session.flush()
    _take_turn(session, _EVENTS_LOCK)
    row = AuditEvent(
        at=clock.now(),
        actor_id=actor.id if isinstance(actor, User) else actor,
        verb=verb,
        thing=thing or _name(case, board),
        case_id=case.id if case else None,
        detail=dict(detail or {}),
        previous_hash=session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or GENESIS,
    )
    row.hash = _digest([row.previous_hash, row.at, row.actor_id, verb, row.thing, row.case_id, row.detail])
    session.add(row)
    session.flush()
    return row


def verify_chain(session: Session) -> int | None:
    """Give the id of the first row that was changed, put in, or follows one that is gone; None if all is whole.

    Cutting off the newest rows cannot be seen from inside; whoever wants to prove an end keeps its hash elsewhere.
    """
    before, every = GENESIS, select(*_EVENT).order_by(AuditEvent.id).execution_options(yield_per=1000)
    with session.execute(every) as rows:
        for number, previous, given, *content in rows:
            if previous != before or given != _digest([previous, *content]):
                return int(number)
            before = given
    return None


def append_openings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write one batch of openings and its link of the chain; the caller commits."""
    _take_turn(session, _OPENINGS_LOCK)
    before = session.scalar(select(OpeningBatch.hash).order_by(OpeningBatch.id.desc()).limit(1)) or GENESIS
    at = clock.now()
    listed = [[row[column.key] for column in _OPENING] for row in rows]
    batch = OpeningBatch(count=len(rows), at=at, previous_hash=before, hash=_digest([before, at, listed]))
    session.add(batch)
    session.flush()
    for row in rows:
        session.add(Opening(batch_id=batch.id, **row))
        session.flush()


def verify_openings(session: Session) -> int | None:
    """Give the id of the first batch of openings that was changed, or None if all are whole."""
    before = GENESIS
    columns = (OpeningBatch.id, OpeningBatch.count, OpeningBatch.at, OpeningBatch.previous_hash, OpeningBatch.hash)
    every = select(*columns).order_by(OpeningBatch.id).execution_options(yield_per=1000)
    with session.execute(every) as batches:
        for number, count, at, previous, given in batches:
            rows = session.execute(select(*_OPENING).where(Opening.batch_id == number).order_by(Opening.id)).all()
            if previous != before or count != len(rows) or given != _digest([before, at, [list(row) for row in rows]]):
                return int(number)
            before = given
    return None


def events_of(session: Session, case: Case, limit: int = 200) -> Sequence[Row[str, int | None, datetime]]:
    """Give verb, actor and time of what happened to one case, newest first."""
    columns = (AuditEvent.verb, AuditEvent.actor_id, AuditEvent.at)
    newest = select(*columns).where(AuditEvent.case_id == case.id).order_by(AuditEvent.id.desc()).limit(limit)
    return session.execute(newest).all()


def _name(case: Case | None, board: Board | None) -> str | None:
    if case is not None:
        return f"case:{case.public_id}"
    return f"board:{board.public_id}" if board is not None else None


def _take_turn(session: Session, key: int) -> None:
    """Let one transaction at a time read the end of a chain; on SQLite there is one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _digest(values: Sequence[Any]) -> str:
    """Hash values written so that the same values always give the same text."""
    canonical = json.dumps(_plain(values), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f")
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
