"""Begins a case and throws one away; a draft's pixels live in the vault and die with its keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import clock, ids, policy
from pinboard.deid.pseudonym import chart_code, normal_record
from pinboard.intake.cover import choose_key
from pinboard.intake.errors import IntakeError
from pinboard.intake.notes import record
from pinboard.intake.stores import Stores
from pinboard.intake.words import forget_approvals, forget_identifiers, keep_record
from pinboard.models import (
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    Confirmation,
    Consent,
    InboxItem,
    Instance,
    Series,
    Study,
    Subject,
    Upload,
    User,
)
from pinboard.models.clinic_settings import clinic

PHOTO_KINDS = {"XC": "clinical", "DMS": "dermoscopy", "ES": "endoscopy", "OT": "other"}
"""What an author may call the photos of a case, by the modality they get."""

WORDS: dict[str, Any] = {
    "title": "",
    "question": "",
    "history": "",
    "findings": "",
    "differential": [],
    "outcome": "",
    "tags": [],
    "age_band": None,
    "sex": None,
    "body_part": None,
    "laterality": None,
    "cover": None,
    "audience_choice": {},
    "board_choice": [],
}
"""What somebody typed about a case, and what it becomes when the case is erased."""


def new_draft(session: Session, author: User, *, by: User | None = None) -> Case:
    """Begin a case that its author alone can reach."""
    now = clock.now()
    case = Case(
        public_id=ids.public_id(),
        author_id=author.id,
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(days=clinic(session)["vault_days"]),
    )
    session.add(case)
    session.flush()
    session.add(CaseRole(case_id=case.id, user_id=author.id, role=CaseVerb.AUTHOR, given_at=now))
    record(session, by or author, "draft", case)
    policy.rebuild(session, [case.id])
    return case


def awaits_consent(session: Session, case: Case | None) -> bool:
    """Tell whether the clinic wants consent recorded before images come in, and of this draft it is not yet."""
    if not clinic(session)["consent_first"]:
        return False
    return case is None or session.scalar(select(Consent.id).where(Consent.case_id == case.id).limit(1)) is None


def discard(session: Session, stores: Stores, case: Case, by: User | None) -> None:
    """Throw a draft away: its pixels at once and for good, then its words."""
    if case.state != CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    case.go(CaseState.ERASED)
    case.expires_at = None
    wipe_words(session, case)
    wipe_pixels(session, case)
    record(session, by, "discard", case)
    policy.rebuild(session, [case.id])
    session.flush()
    # A crash from here on leaves a vault whose draft is erased; the sweep destroys it.
    stores.vault.destroy(case.public_id)


def wipe_words(session: Session, case: Case) -> None:
    """Forget everything that was typed about a case."""
    for name, empty in WORDS.items():
        setattr(case, name, type(empty)() if isinstance(empty, list | dict) else empty)
    session.execute(delete(InboxItem).where(InboxItem.case_id == case.id))
    forget_identifiers(session, case)
    forget_approvals(session, case)
    case.updated_at = clock.now()


def wipe_pixels(session: Session, case: Case) -> None:
    """Forget the images of a draft; the rows of a published case stay, because receipts name them."""
    instances = select(Instance.id).where(Instance.case_id == case.id)
    session.execute(delete(Confirmation).where(Confirmation.instance_id.in_(instances)))
    session.execute(delete(Upload).where(Upload.case_id == case.id))
    session.execute(delete(Consent).where(Consent.case_id == case.id))
    session.execute(delete(Study).where(Study.case_id == case.id))
    case.subject_id = None


def remove_image(session: Session, stores: Stores, instance: Instance, by: User) -> None:
    """Take one image out of a draft; its key is destroyed at once."""
    case = session.get_one(Case, instance.case_id)
    if case.state != CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    blob, series_id = instance.blob, instance.series_id
    session.execute(delete(Upload).where(Upload.instance_id == instance.id))
    session.execute(
        delete(Upload).where(Upload.case_id == case.id, Upload.instance_id.is_(None), Upload.state == "received")
    )
    session.execute(delete(Confirmation).where(Confirmation.instance_id == instance.id))
    session.delete(instance)
    session.flush()
    drop_empty(session, case, series_id)
    case.updated_at = clock.now()
    record(session, by, "draft-remove", case)
    if blob is not None:
        stores.vault.destroy_blob(case.public_id, blob)


def drop_empty(session: Session, case: Case, series_id: int) -> None:
    """Remove a series, a study and the subject once nothing of them is left in the draft."""
    series = session.get_one(Series, series_id)
    if session.scalar(select(Instance.id).where(Instance.series_id == series_id).limit(1)) is None:
        session.delete(series)
        session.flush()
    else:
        choose_key(session, series)
    if session.scalar(select(Series.id).where(Series.study_id == series.study_id).limit(1)) is None:
        session.execute(delete(Study).where(Study.id == series.study_id))
    if session.scalar(select(Instance.id).where(Instance.case_id == case.id).limit(1)) is None:
        case.subject_id = None
        forget_identifiers(session, case)


def name_subject(session: Session, stores: Stores, case: Case, record_number: str) -> Subject:
    """Tie a draft to the person with a record number, which is keyed here and kept nowhere."""
    if case.state != CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    plain = normal_record(record_number)
    if not plain or len(plain) > 64:
        raise IntakeError("record-number")
    keys = stores.keys.deid
    subject = subject_for(session, chart_code(keys, plain), keys.key_id)
    if case.subject_id not in {None, subject.id}:
        raise IntakeError("other-subject")
    case.subject_id = subject.id
    case.updated_at = clock.now()
    keep_record(session, stores.keys, case, plain)
    return subject


def subject_for(session: Session, code: str, key_id: str) -> Subject:
    """Find or make the subject with a chart code."""
    subject = session.scalar(select(Subject).where(Subject.chart_code == code))
    if subject is None:
        subject = Subject(public_id=ids.public_id(), chart_code=code, key_id=key_id, created_at=clock.now())
        session.add(subject)
        session.flush()
    return subject
