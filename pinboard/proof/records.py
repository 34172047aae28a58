"""Looks at the rows that need no bytes: consents, readers, what must have died with the draft, and the two chains."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.intake.stores import Stores
from pinboard.models import (
    AuditEvent,
    Case,
    CaseState,
    Comment,
    Consent,
    Grant,
    IdentifierHash,
    Instance,
    InstanceState,
    Mark,
    MediaFile,
    OpeningBatch,
    Pin,
    Release,
    Share,
)
from pinboard.proof.violations import Report

PAGE = 500
UNREVIEWED = (CaseState.DRAFT, CaseState.PUBLISHING)
_MENDING = (InstanceState.DRAFT, InstanceState.LEFT_OUT, InstanceState.HIDDEN)
_SHREDDING_SECONDS = 1.0


def case_pages(stores: Stores) -> Iterator[Sequence[tuple[int, str, CaseState]]]:
    """Give every case by number, public id and state, a page at a time."""
    last = 0
    while True:
        with stores.reading() as session:
            query = select(Case.id, Case.public_id, Case.state).where(Case.id > last).order_by(Case.id).limit(PAGE)
            page = [(row.id, row.public_id, row.state) for row in session.execute(query)]
        if not page:
            return
        yield page
        last = page[-1][0]


def look_at_cases(session: Session, ids: Sequence[int], at: datetime, report: Report) -> None:
    """Check what the database says of some cases."""
    for code, query in _queries(at).items():
        for public_id in session.scalars(query.where(Case.id.in_(ids)).order_by(Case.id)):
            report(code, f"case {public_id}")
    drifted = policy.drifted(session, ids)
    for public_id in session.scalars(select(Case.public_id).where(Case.id.in_(drifted)).order_by(Case.id)):
        report("audience", f"case {public_id}")


def _queries(at: datetime) -> dict[str, Select[str]]:
    published, is_past_draft = Case.state == CaseState.PUBLISHED, Case.state.not_in(UNREVIEWED)
    case = select(Case.public_id)
    return {
        "consent-missing": case.where(published, ~_consent(Consent.taken_at <= at)),
        "consent-expired": case.where(
            published,
            _consent(Consent.withdrawn_at.is_(None), Consent.valid_until <= at),
            ~_consent(Consent.withdrawn_at.is_(None), Consent.valid_until > at, Consent.taken_at <= at),
        ),
        "identifiers": case.where(is_past_draft, exists().where(IdentifierHash.case_id == Case.id)),
        "device": case.where(is_past_draft, _image(Instance.device.is_not(None), Instance.state.not_in(_MENDING))),
        "erased": case.where(Case.state == CaseState.ERASED, or_(*_left_of_erased())),
    }


def _consent(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Consent.case_id == Case.id, *clauses)


def _image(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Instance.case_id == Case.id, *clauses)


def _left_of_erased() -> list[ColumnElement[bool]]:
    """List what must be gone with an erased case: words, pictures, places and ways to it."""
    words = (Case.title, Case.question, Case.history, Case.findings, Case.outcome)
    return [
        *(word != "" for word in words),
        exists().where(Comment.case_id == Case.id, Comment.body != ""),
        exists().where(Mark.case_id == Case.id),
        exists().where(MediaFile.case_id == Case.id),
        _image(or_(Instance.blob.is_not(None), Instance.media_name.is_not(None))),
        exists().where(Pin.case_id == Case.id),
        exists().where(Grant.case_id == Case.id),
        exists().where(Release.case_id == Case.id, Release.revoked_at.is_(None)),
        exists().where(Share.case_id == Case.id, Share.revoked_at.is_(None)),
    ]


def look_at_vault(stores: Stores, report: Report) -> None:
    """Check that the vault holds drafts only; what is just being destroyed gets a moment."""
    if not (found := _left_in_vault(stores)):
        return
    time.sleep(_SHREDDING_SECONDS)
    still = _left_in_vault(stores)
    for draft in sorted(found & still):
        report("vault", f"case {draft}")


def _left_in_vault(stores: Stores) -> set[str]:
    # The folders are listed before the rows are read: a case exists before anything of it is sealed.
    left = {draft: set(stores.vault.left(draft)) for draft in stores.vault.drafts()}
    with stores.reading() as session:
        drafts = set(session.scalars(select(Case.public_id).where(Case.state.in_(UNREVIEWED))))
        mending = set(
            session.scalars(select(Instance.blob).where(Instance.blob.is_not(None), Instance.state.in_(_MENDING)))
        )
    return {draft for draft, blobs in left.items() if draft not in drafts and blobs - mending}


def look_at_chains(session: Session, report: Report) -> tuple[int, int, list[str]]:
    """Verify the record of changes and that of openings; give their lengths and the hashes of their ends."""
    if (wrong := audit.verify_chain(session)) is not None:
        report("audit-chain", f"audit event {wrong}")
    if (wrong := audit.verify_openings(session)) is not None:
        report("openings-chain", f"batch of openings {wrong}")
    counts = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (AuditEvent, OpeningBatch)]
    ends = [
        str(session.scalar(select(table.hash).order_by(table.id.desc()).limit(1)) or audit.GENESIS)
        for table in (AuditEvent, OpeningBatch)
    ]
    return counts[0], counts[1], ends
