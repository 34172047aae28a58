"""Takes files from memory to the vault: what they say about a person is gone before anything is written."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pinboard import clock, ids
from pinboard.custody import Scrubbed
from pinboard.intake import arrange, scan, words
from pinboard.intake.children import RefusedFile
from pinboard.intake.drafts import awaits_consent
from pinboard.intake.errors import IntakeError
from pinboard.intake.filing import Filed, file_each
from pinboard.intake.scrubbing import TOGETHER_FILES, Draft, believed, goes_together, scrub, scrub_together
from pinboard.intake.stores import Stores
from pinboard.models import Case, CaseState, Instance, Subject, Upload, UploadState, User
from pinboard.models.clinic_settings import clinic
from pinboard.sandbox import MemFile

MOST_FILES = 2_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """The draft that files came for, who sent them, and which of them turned out to be another person's."""

    stores: Stores
    draft: Draft
    by_id: int
    persons: dict[int, str]


def open_slot(session: Session, case: Case, by: User) -> Upload:
    """Make room for one file; what the queue calls it is a number, because file names carry names."""
    return open_slots(session, case, by, [ids.public_id()])[0]


def open_slots(session: Session, case: Case, by: User, names: Sequence[str]) -> list[Upload]:
    """Make room for several files, or give the room that was made under these names.

    Whoever sends chooses the names, so that a lost answer leaves no slot behind that nobody knows of.
    """
    locked = session.get_one(Case, case.id, with_for_update=True)
    if locked.state != CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    if awaits_consent(session, case):
        raise IntakeError("consent-first")
    known = {one.public_id: one for one in session.scalars(select(Upload).where(Upload.public_id.in_(names)))}
    if any((one.case_id, one.by_id) != (case.id, by.id) for one in known.values()):
        raise IntakeError("not-a-draft")
    fresh = [name for name in dict.fromkeys(names) if name not in known]
    if len(fresh) > room(session, case):
        raise IntakeError("too-many")
    last = _last(session, case)
    made = {name: _slot(name, last + place, case, by.id) for place, name in enumerate(fresh, 1)}
    session.add_all(made.values())
    session.flush()
    return [made.get(name) or known[name] for name in names]


def room(session: Session, case: Case) -> int:
    """Give how many more files a case surely takes; it may be a few less than the truth where that is many."""
    # Numbers only grow, so there is nothing to count before one of them is large.
    left = MOST_FILES - _last(session, case)
    return left if left >= TOGETHER_FILES else max(0, MOST_FILES - _count(session, case))


def _slot(name: str, number: int, case: Case, by_id: int) -> Upload:
    return Upload(public_id=name, case_id=case.id, by_id=by_id, number=number, created_at=clock.now())


def _page_slot(session: Session, case: Case, batch: _Batch) -> Upload:
    upload = _slot(ids.public_id(), _last(session, case) + 1, case, batch.by_id)
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

    Raises `IntakeError` with "not-a-draft", "duplicate" or "busy"; a slot that met a busy server waits to be tried
    again.
    """
    refuse_twice(stores, upload_id)
    receive_each(stores, {upload_id: mem}, by=by)
    with stores.reading() as session:
        again = session.get(Upload, upload_id)
    if again is None:
        raise IntakeError("not-a-draft")
    return again


def refuse_twice(stores: Stores, upload_id: int) -> None:
    """Raise `IntakeError` with "duplicate" for a slot whose image is in the case already."""
    with stores.reading() as session:
        upload = session.get(Upload, upload_id)
        if upload is not None and upload.state == UploadState.RECEIVED:
            raise IntakeError("duplicate")


def receive_each(stores: Stores, files: Mapping[int, MemFile], *, by: User | int) -> dict[int, str]:
    """Take the bytes of many slots of one draft; a slot that is settled already stays as it is.

    Small DICOM files share a child, a seal and a transaction; whatever a child fell over goes alone afterwards. Gives
    by slot a mark of the other person whose file it is: marks compare, within one draft, and say nothing else.
    """
    actor = by if isinstance(by, int) else by.id
    draft, fresh = _begin(stores, list(files))
    batch = _Batch(stores, draft, actor, {})
    try:
        alone = [slot for slot in fresh if not goes_together(files[slot])]
        small = [slot for slot in fresh if slot not in alone]
        for at in range(0, len(small), TOGETHER_FILES):
            some = small[at : at + TOGETHER_FILES]
            alone += some if len(some) == 1 else _take_together(batch, {slot: files[slot] for slot in some})
        for slot in alone:
            _take_alone(batch, slot, files[slot])
    except BaseException as error:
        _end(stores, dict.fromkeys(fresh), UploadState.WAITING)
        if not isinstance(error, IntakeError):
            logger.warning("an upload failed: %s", type(error).__name__)
        raise
    return batch.persons


def _begin(stores: Stores, slots: Sequence[int]) -> tuple[Draft, list[int]]:
    with stores.writing() as session:
        uploads = {one.id: one for one in session.scalars(select(Upload).where(Upload.id.in_(slots)))}
        cases = {one.case_id for one in uploads.values()}
        case = session.get(Case, cases.pop()) if len(cases) == 1 else None
        if case is None or case.state != CaseState.DRAFT:
            raise IntakeError("not-a-draft")
        fresh = [slot for slot in slots if slot in uploads and uploads[slot].state != UploadState.RECEIVED]
        for slot in fresh:
            uploads[slot].state, uploads[slot].refusal = UploadState.RECEIVING, None
        draft = Draft(
            case_id=case.id,
            name=case.public_id,
            photo_kind=case.photo_kind,
            photo_side=clinic(session)["photo_side"],
            subject=session.scalar(select(Subject.chart_code).where(Subject.id == case.subject_id)),
        )
        return draft, fresh


def _take_alone(batch: _Batch, slot: int, mem: MemFile) -> None:
    """Take one file that may become several images, a page each."""
    sealed: list[Filed] = []
    try:
        _keep_pages(batch, slot, (believed(one) for one in scrub(batch.stores, batch.draft, mem)), sealed)
    except RefusedFile as refused:
        _destroy(batch, sealed)
        _end(batch.stores, {slot: refused.code}, UploadState.REFUSED)
    except BaseException:
        _destroy(batch, sealed)
        raise


def _keep_pages(batch: _Batch, slot: int, images: Iterator[tuple[Scrubbed, Filed]], sealed: list[Filed]) -> None:
    """Seal, then file; of an image that is sealed only its header is held on to: a report has many pages."""
    for scrubbed, filed in images:
        blob = ids.public_id()
        sealed.append(filed.under(blob, batch.stores.keys.deid.key_id, scrubbed))
        batch.stores.vault.seal(scrubbed, batch.draft.name, blob)

    def enter(session: Session, case: Case) -> None:
        found = _enter(session, case, sealed, batch.by_id)
        for place, one in enumerate(found):
            if isinstance(one, RefusedFile):
                if one.code == "other-subject":
                    _note_person(batch, slot, sealed[place])
                raise one
            # The slot leads to the first image; every further page gets a slot and a number of its own.
            further = _page_slot(session, case, batch) if place else None
            upload = further or session.get(Upload, slot)
            if upload is None:
                raise IntakeError("not-a-draft")
            upload.state, upload.instance_id = UploadState.RECEIVED, one.id

    _file(batch, enter)


def _take_together(batch: _Batch, files: Mapping[int, MemFile]) -> list[int]:
    """Take small files at once; gives those that need a child of their own."""
    made = dict(zip(files, scrub_together(batch.stores, batch.draft, list(files.values())), strict=True))
    refused: dict[int, str] = {}
    things: dict[str, Scrubbed] = {}
    sealed: dict[int, Filed] = {}
    for slot, one in made.items():
        try:
            if isinstance(one, RefusedFile):
                raise one
            if one is not None:
                scrubbed, filed = believed(one)
                blob = ids.public_id()
                things[blob], sealed[slot] = scrubbed, filed.under(blob, batch.stores.keys.deid.key_id, scrubbed)
        except RefusedFile as error:
            refused[slot] = error.code
    _keep_together(batch, things, sealed, refused)
    return [slot for slot, one in made.items() if one is None]


def _keep_together(
    batch: _Batch, things: Mapping[str, Scrubbed], sealed: Mapping[int, Filed], refused: dict[int, str]
) -> None:
    """Seal all, then file all in one transaction; what is refused then loses its key."""
    lost: list[Filed] = []

    def enter(session: Session, case: Case) -> None:
        uploads = {one.id: one for one in session.scalars(select(Upload).where(Upload.id.in_(sealed)))}
        # A slot may have been removed while its file was read.
        lost.extend(filed for slot, filed in sealed.items() if slot not in uploads)
        wanted = {slot: filed for slot, filed in sealed.items() if slot in uploads}
        found = _enter(session, case, list(wanted.values()), batch.by_id)
        for (slot, filed), one in zip(wanted.items(), found, strict=True):
            if isinstance(one, RefusedFile):
                lost.append(filed)
                refused[slot] = one.code
                if one.code == "other-subject":
                    _note_person(batch, slot, filed)
            else:
                uploads[slot].state, uploads[slot].instance_id = UploadState.RECEIVED, one.id

    try:
        if things:
            batch.stores.vault.seal_each(things, batch.draft.name)
            _file(batch, enter)
    except BaseException:
        _destroy(batch, sealed.values())
        raise
    _destroy(batch, lost)
    _end(batch.stores, refused, UploadState.REFUSED)


def _file(batch: _Batch, enter: Callable[[Session, Case], None]) -> None:
    with batch.stores.writing() as session:
        case = session.get_one(Case, batch.draft.case_id, with_for_update=True)
        if case.state != CaseState.DRAFT:
            raise IntakeError("not-a-draft")
        enter(session, case)
        arrange.ask(session, case)


def _enter(session: Session, case: Case, sealed: Sequence[Filed], by_id: int) -> list[Instance | RefusedFile]:
    found = file_each(session, case, sealed, by_id)
    taken = [(one, filed) for one, filed in zip(found, sealed, strict=True) if isinstance(one, Instance)]
    words.keep_identifiers(session, case, (word for _one, filed in taken for word in filed.words))
    scan.ask_each(session, [one for one, _filed in taken])
    return found


def _note_person(batch: _Batch, slot: int, filed: Filed) -> None:
    """Mark whose file it is if it is another person's; a mark compares within one draft and says nothing else."""
    key = batch.stores.keys.subkey(f"persons of {batch.draft.name}")
    batch.persons[slot] = hmac.digest(key, str(filed.header["PatientID"]).encode(), "sha256").hex()[:16]


def _destroy(batch: _Batch, sealed: Iterable[Filed]) -> None:
    for filed in sealed:
        batch.stores.vault.destroy_blob(batch.draft.name, filed.blob)


def _end(stores: Stores, refusals: Mapping[int, str | None], state: UploadState) -> None:
    if not refusals:
        return
    with stores.writing() as session:
        for upload in session.scalars(select(Upload).where(Upload.id.in_(refusals))).all():
            # Two tries of one slot may cross, and the other one may have brought the image in.
            if upload.state == UploadState.RECEIVING:
                upload.state, upload.refusal = state, refusals[upload.id]
