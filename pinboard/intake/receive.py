"""Takes one file from memory to the vault: what it says about a person is gone before anything is written."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pinboard import clock, ids
from pinboard.custody import Scrubbed
from pinboard.deid.header import NotAllowed, revalidate
from pinboard.deid.identifiers import MOST as MOST_WORDS
from pinboard.deid.tokens import DIGEST_LENGTH
from pinboard.imaging.sniff import HEAD, PHOTOS, REFUSED_KINDS, Kind, sniff
from pinboard.intake import arrange, scan, words
from pinboard.intake.children import LARGEST_SIDE, RefusedFile, child_answer, whole
from pinboard.intake.documents import DOCUMENTS, Document, Made, pages_of_dicom, pages_of_pdf
from pinboard.intake.drafts import PHOTO_KINDS
from pinboard.intake.errors import IntakeError
from pinboard.intake.filing import Filed, file_instance
from pinboard.intake.stores import Stores
from pinboard.models import Case, CaseState, Instance, InstanceKind, Series, Study, Subject, Upload, UploadState, User
from pinboard.models.clinic_settings import clinic
from pinboard.sandbox import Answer, MemFile

COUNTED = ("removed", "kept", "replaced", "stripped_bytes")
KINDS = ("private", "overlay", "person", "date", "uid", "sequence", "text", "other")
_YES_OR_NO = re.compile("YES|NO")
_HASH = re.compile("[0-9a-f]{64}")
LARGEST_FILE = 512 * 1024 * 1024
MOST_FILES = 2_000
_DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is known of a slot before its bytes are looked at; plain values, so no session stays open."""

    upload_id: int
    case_id: int
    draft: str
    photo_kind: str
    photo_side: int
    subject: str | None
    photo_study: str | None


def open_slot(session: Session, case: Case, by: User) -> Upload:
    """Make room for one file; what the queue calls it is a number, because file names carry names."""
    locked = session.get_one(Case, case.id, with_for_update=True)
    if locked.state != CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    last = _last(session, case)
    # Numbers only grow, so there is nothing to count before one of them is as large.
    if last >= MOST_FILES and _count(session, case) >= MOST_FILES:
        raise IntakeError("too-many")
    return _slot(session, case, by.id, last + 1)


def _slot(session: Session, case: Case, by_id: int, number: int) -> Upload:
    upload = Upload(public_id=ids.public_id(), case_id=case.id, by_id=by_id, number=number, created_at=clock.now())
    session.add(upload)
    session.flush()
    return upload


def _last(session: Session, case: Case) -> int:
    latest = select(Upload.number).where(Upload.case_id == case.id).order_by(Upload.id.desc()).limit(1)
    return session.scalar(latest) or 0


def _count(session: Session, case: Case) -> int:
    return session.scalar(select(func.count()).where(Upload.case_id == case.id)) or 0


def receive(stores: Stores, upload_id: int, mem: MemFile, *, by: User | int) -> Upload:
    """Take the bytes of one slot; a file that is refused is an answer (`Upload.refusal`), not an exception.

    Raises `IntakeError` with "not-a-draft" or "busy"; a slot that met a busy server waits to be tried again.
    """
    actor = by if isinstance(by, int) else by.id
    task = _begin(stores, upload_id)
    try:
        return _keep(stores, task, (_believed(one, actor) for one in _scrub(stores, task, mem)))
    except RefusedFile as refused:
        return _end(stores, upload_id, UploadState.REFUSED, refused.code)
    except BaseException as error:
        _end(stores, upload_id, UploadState.WAITING, None)
        if not isinstance(error, IntakeError):
            logger.warning("an upload failed: %s", type(error).__name__)
        raise


def _begin(stores: Stores, upload_id: int) -> _Task:
    with stores.writing() as session:
        upload = session.get(Upload, upload_id)
        case = session.get(Case, upload.case_id) if upload is not None else None
        if upload is None or case is None or case.state != CaseState.DRAFT:
            raise IntakeError("not-a-draft")
        if upload.state == UploadState.RECEIVED:
            raise IntakeError("duplicate")
        upload.state, upload.refusal = UploadState.RECEIVING, None
        return _Task(
            upload_id=upload.id,
            case_id=case.id,
            draft=case.public_id,
            photo_kind=case.photo_kind,
            photo_side=clinic(session)["photo_side"],
            subject=session.scalar(select(Subject.chart_code).where(Subject.id == case.subject_id)),
            photo_study=_photo_study(session, case.id),
        )


def _photo_study(session: Session, case_id: int) -> str | None:
    """Give the study that the photos of this case share, and the pages of reports that came by themselves."""
    photos = select(Study.uid).join(Series, Series.study_id == Study.id).join(Instance, Instance.series_id == Series.id)
    return session.scalar(
        photos.where(
            Study.case_id == case_id,
            Instance.is_photo | (Instance.kind == InstanceKind.PAGE),
            Study.shifted_on.is_(None),
        ).limit(1)
    )


def _scrub(stores: Stores, task: _Task, mem: MemFile) -> Iterator[Made]:
    """Give what the file becomes: one image, or one for each page."""
    if mem.size > min(LARGEST_FILE, stores.config.upload_file_mb * 1024 * 1024):
        raise RefusedFile("too-large-file")
    kind = sniff(mem.head(HEAD), mem.size)
    if kind is Kind.PDF:
        said = {"subject": task.subject, "study_uid": task.photo_study}
        yield from pages_of_pdf(stores, Document(mem, _header_params(stores), said))
    elif kind in REFUSED_KINDS:
        raise RefusedFile(REFUSED_KINDS[kind])
    elif kind in PHOTOS:
        yield Made(_scrub_photo(stores, task, mem))
    else:
        yield from _scrub_dicom(stores, task, mem)


def _scrub_dicom(stores: Stores, task: _Task, mem: MemFile) -> Iterator[Made]:
    params, word_key = _header_params(stores), {"word_key": words.word_key(stores.keys, task.draft).hex()}
    try:
        yield Made(child_answer(stores, "scrub", [mem], params | word_key, kind="header"))
    except RefusedFile as refused:
        if refused.code not in DOCUMENTS:
            raise
        yield from pages_of_dicom(stores, Document(mem, params, word_key))


def _scrub_photo(stores: Stores, task: _Task, mem: MemFile) -> Answer:
    """Copy the pixels into a new picture first, so that no metadata reaches the child that holds keys."""
    decoded = child_answer(stores, "photo", [mem], {"longest": task.photo_side}, kind="pixel")
    shape = {
        "rows": whole(decoded.json, "rows", LARGEST_SIDE),
        "columns": whole(decoded.json, "columns", LARGEST_SIDE),
        "samples": whole(decoded.json, "samples", 3),
    }
    if [len(part) for part in decoded.parts] != [shape["rows"] * shape["columns"] * shape["samples"]]:
        raise RefusedFile("damaged")
    said = {
        "kind_of_photo": PHOTO_KINDS.get(task.photo_kind, "other"),
        "subject": task.subject,
        "study_uid": task.photo_study,
    }
    return child_answer(stores, "wrap_photo", decoded.parts, _header_params(stores) | shape | said, kind="header")


def _header_params(stores: Stores) -> dict[str, Any]:
    return {"keys": stores.keys.deid.as_params(), "today": clock.now().date().isoformat()}


def _believed(made: Made, by_id: int) -> tuple[Scrubbed, Filed]:
    """Check a header child's answer with the same vocabulary; hostile bytes may own the process that gave it."""
    answer = made.answer
    try:
        header = revalidate(answer.json["header"])
    except (NotAllowed, KeyError, TypeError, AttributeError):
        raise RefusedFile("damaged") from None
    data = answer.parts[0] if len(answer.parts) == 1 else b""
    if data[128:132] != b"DICM" or any(data[:128]):
        raise RefusedFile("damaged")
    identifiers = answer.json.get("identifiers")
    filed = Filed(
        counts=_counts(answer.json.get("report")),
        by_id=by_id,
        has_risk=answer.json.get("has_risk") is not False,
        burned_in=_one_of(answer, "burned_in", _YES_OR_NO),
        needs_attest=answer.json.get("needs_attest") is not False,
        device=_one_of(answer, "device", _HASH),
        words=_words(answer),
        kind=made.kind,
        names_subject=isinstance(identifiers, dict) and identifiers.get("has_patient_id") is True,
    )
    return Scrubbed(data, header, hashlib.sha256(data).hexdigest()), filed


def _words(answer: Answer) -> tuple[str, ...]:
    """Take hashes and nothing else; what a child gives in their place is not kept."""
    given = answer.json.get("words")
    if not isinstance(given, list):
        return ()
    return tuple(one for one in given[:MOST_WORDS] if isinstance(one, str) and _DIGEST.fullmatch(one))


def _one_of(answer: Answer, name: str, form: re.Pattern[str]) -> str | None:
    value = answer.json.get(name)
    return value if isinstance(value, str) and form.fullmatch(value) else None


def _counts(report: object) -> dict[str, Any]:
    """Keep numbers by kind and codes of the profile; a text from a child is not kept."""
    if not isinstance(report, dict):
        return {}
    kinds = report.get("removed_by_kind")
    by_kind = {kind: kinds[kind] for kind in KINDS if type(kinds.get(kind)) is int} if isinstance(kinds, dict) else {}
    numbers = {name: report[name] for name in COUNTED if type(report.get(name)) is int}
    return numbers | {"removed_by_kind": by_kind}


def _keep(stores: Stores, task: _Task, images: Iterator[tuple[Scrubbed, Filed]]) -> Upload:
    """Seal, then file; whatever goes wrong in between destroys the keys, so nothing is left half done.

    Of an image that is sealed only its header is held on to: a report has many pages.
    """
    sealed: list[Filed] = []
    try:
        for scrubbed, filed in images:
            blob = ids.public_id()
            sealed.append(filed.under(blob, stores.keys.deid.key_id, scrubbed))
            stores.vault.seal(scrubbed, task.draft, blob)
        return _file(stores, task, sealed)
    except BaseException:
        for filed in sealed:
            stores.vault.destroy_blob(task.draft, filed.blob)
        raise


def _file(stores: Stores, task: _Task, sealed: list[Filed]) -> Upload:
    """Make the rows; the slot leads to the first image, and every further page gets a slot and a number of its own."""
    with stores.writing() as session:
        case = session.get_one(Case, task.case_id, with_for_update=True)
        if case.state != CaseState.DRAFT:
            raise IntakeError("not-a-draft")
        upload = session.get_one(Upload, task.upload_id)
        for place, filed in enumerate(sealed):
            instance = file_instance(session, case, filed)
            words.keep_identifiers(session, case, filed.words)
            scan.ask(session, instance)
            slot = _slot(session, case, filed.by_id, _last(session, case) + 1) if place else upload
            slot.state, slot.instance_id = UploadState.RECEIVED, instance.id
        arrange.ask(session, case)
        session.flush()
    return upload


def _end(stores: Stores, upload_id: int, state: UploadState, refusal: str | None) -> Upload:
    with stores.writing() as session:
        upload = session.get(Upload, upload_id)
        if upload is None:
            raise IntakeError("not-a-draft")
        # Two tries of one slot may cross, and the other one may have brought the image in.
        if upload.state == UploadState.RECEIVING:
            upload.state, upload.refusal = state, refusal
    return upload
