"""The steps of a draft that write: begin, take in, drop, save what was typed."""

from __future__ import annotations

from typing import IO

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.drafts import audience, consent
from pinboard.drafts.forms import CaseForm, Fields, tags_of
from pinboard.intake import drafts
from pinboard.intake.errors import IntakeError
from pinboard.intake.receive import open_slot
from pinboard.intake.stores import Stores
from pinboard.models import Case, CaseState, Instance, Series, Upload, User
from pinboard.policy import Reader
from pinboard.sandbox import MemFile

CHUNK = 64 * 1024

__all__ = ["drop", "fill", "open_slot", "save", "take_options", "upload_page"]


def upload_page(draft: str) -> str:
    """Give the address of the page that takes images for a draft."""
    return url_for("drafts.new", draft=draft)


def take_options(session: Session, stores: Stores, case: Case, fields: Fields) -> None:
    """Take the kind of photo and the record number that came with a file."""
    if case.state is not CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    kind = fields.get("photo_kind") or case.photo_kind or "XC"
    if kind not in drafts.PHOTO_KINDS:
        raise IntakeError("photo-kind")
    case.photo_kind = kind
    record = fields.get("record", "").strip()
    if record:
        drafts.name_subject(session, stores, case, record)


def fill(memory: MemFile, stream: IO[bytes], limit: int) -> bool:
    """Copy a body into memory; False as soon as it is more than may come."""
    while chunk := stream.read(CHUNK):
        if memory.size + len(chunk) > limit:
            return False
        memory.write(chunk)
    return True


def drop(session: Session, stores: Stores, slot: Upload, by: User) -> None:
    """Take one file out of a draft: the image with its key, or the slot that never became one."""
    if session.get_one(Case, slot.case_id).state is not CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    if slot.instance_id is None:
        session.delete(slot)
        return
    drafts.remove_image(session, stores, session.get_one(Instance, slot.instance_id), by)


def save(session: Session, case: Case, form: CaseForm, *, by: User, reader: Reader) -> None:
    """Keep every field that is in order; the others stay as they were."""
    if case.state is not CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    consent.check(form)
    _save_words(case, form)
    _save_alt_texts(session, case, form)
    consent.record(session, case, form, by)
    audience.keep(session, case, form, reader)
    case.updated_at = clock.now()
    session.flush()


def _save_words(case: Case, form: CaseForm) -> None:
    for name in ("title", "question", "history", "findings"):
        if name not in form.errors:
            setattr(case, name, getattr(form, name))
    for name in ("age_band", "sex", "body_part", "laterality"):
        if name not in form.errors:
            setattr(case, name, getattr(form, name) or None)
    if "sensitive_reason" not in form.errors:
        case.is_sensitive, case.sensitive_reason = bool(form.sensitive_reason), form.sensitive_reason or None
    if "tags" not in form.errors:
        case.tags = tags_of(form)
    if "differential" not in form.errors:
        case.differential = [{"diagnosis": row.diagnosis, "certainty": row.certainty} for row in form.differential]


def _save_alt_texts(session: Session, case: Case, form: CaseForm) -> None:
    rows = session.scalars(select(Series).where(Series.case_id == case.id, Series.public_id.in_(form.alt_texts)))
    for row in rows:
        if f"alt-{row.public_id}" not in form.errors:
            row.alt_text = form.alt_texts[row.public_id]
