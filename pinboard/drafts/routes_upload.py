"""Takes files: a slot for each, then its raw bytes into memory; or one file with a form, without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from flask import Response, abort, g, make_response, render_template, request
from werkzeug.datastructures import FileStorage

from pinboard.drafts import parcel, queue, service
from pinboard.drafts.begin import begun, board_named
from pinboard.drafts.blueprint import bp, draft_for, me
from pinboard.drafts.routes_consent import consent_page
from pinboard.drafts.words import PHOTO_KINDS, refusal
from pinboard.ids import is_public_id, public_id
from pinboard.intake.archive import Taker
from pinboard.intake.drafts import awaits_consent
from pinboard.intake.errors import IntakeError
from pinboard.intake.receive import open_slots, receive_each, refuse_twice
from pinboard.intake.scrubbing import TOGETHER_BYTES, TOGETHER_FILES
from pinboard.models import Case, Subject, Upload, UploadState
from pinboard.models.clinic_settings import clinic
from pinboard.web.access import access
from pinboard.web.extensions import config, csrf, db, release, stores
from pinboard.web.htmx import see_other

FORM_FILE = 64 * 1024 * 1024
"""Most for a file sent with a form, which is held in memory twice."""
ROOM_FOR_FIELDS = 64 * 1024


@bp.get("/new")
@access("author", "reader")
def new() -> Response:
    """Show the page that takes images, empty or for a draft that is already begun."""
    case = draft_for(request.args["draft"]) if request.args.get("draft") else None
    return uploads_page(case)


@bp.post("/new")
@csrf.exempt  # type: ignore[untyped-decorator]
@access("author", "reader")
def create() -> Response:
    """Take files or archives of them with a form; the token is checked once the body may be as large as that."""
    release()
    request.max_content_length = FORM_FILE + ROOM_FOR_FIELDS
    csrf.protect()
    case = begun()
    if awaits_consent(db.session(), case):
        raise IntakeError("consent-first")
    taken = Taker(stores(), case.id, me().id)
    db.session.commit()
    draft = case.public_id
    release()
    for file in request.files.getlist("file") or [FileStorage()]:
        take_form_file(taken, file)
    if taken.refused:
        return uploads_page(draft_for(draft), status=200 if taken.received else 422, untaken=taken.refused)
    return see_other(service.upload_page(draft))


@bp.post("/uploads")
@access("author", "reader")
def open_slot() -> Response:
    """Make room for one file or several, and a draft for the first."""
    names = request.form.getlist("slot")
    if len(names) > TOGETHER_FILES or not all(map(is_public_id, names)):
        abort(400)
    case = begun()
    slots = open_slots(db.session(), case, me(), names or [public_id()])
    db.session.commit()
    return _rows([slot.id for slot in slots], 201)


@bp.put("/uploads")
@access("author", "reader")
def put_many() -> Response:
    """Take many small files in one body, each behind its slot and its length; the answer says of each how it fared."""
    user_id, limit = g.reader.user_id, TOGETHER_BYTES + TOGETHER_FILES * parcel.HEAD
    if (request.content_length or 0) > limit:
        abort(413)
    release()
    request.max_content_length = limit + 1
    with ExitStack() as held:
        try:
            named = parcel.unpack(request.stream, lambda: held.enter_context(stores().pool.memfile()))
        except parcel.BrokenParcel:
            abort(400)
        slots = queue.slots_for(db.session(), user_id, list(named))
        release()
        files = {slots[name]: memory for name, memory in named.items() if name in slots}
        persons = receive_each(stores(), files, by=user_id)
    return _rows(list(files), 200, persons)


@bp.put("/uploads/<upload>")
@access("author", "reader")
def put(upload: str) -> Response:
    """Take the bytes of one file into memory and hand them on; no transaction is open while they come."""
    slot = queue.slot_for(db.session(), g.reader.user_id, upload)
    limit = most_bytes()
    if (request.content_length or 0) > limit:
        return _row(slot, 413, refusal("too-large-file"))
    number, by = slot.id, g.reader.user_id
    release()
    request.max_content_length = limit + 1
    with stores().pool.memfile() as memory:
        if not service.fill(memory, request.stream, limit):
            return _row(_again(number), 413, refusal("too-large-file"))
        refuse_twice(stores(), number)
        persons = receive_each(stores(), {number: memory}, by=by)
    received = _again(number)
    return _rows([number], 422 if received.state is UploadState.REFUSED else 200, persons)


@bp.get("/uploads/<upload>/row")
@access("author", "reader")
def row(upload: str) -> Response:
    """Show how one file fared."""
    return _row(queue.slot_for(db.session(), g.reader.user_id, upload), 200)


@bp.delete("/uploads/<upload>")
@access("author", "reader")
def drop(upload: str) -> Response:
    """Take one file out of a draft."""
    service.drop(db.session(), stores(), queue.slot_for(db.session(), g.reader.user_id, upload), me())
    db.session.commit()
    return make_response("", 200)


@bp.post("/uploads/<upload>/remove")
@access("author", "reader")
def drop_form(upload: str) -> Response:
    """Take one file out of a draft, without JavaScript."""
    slot = queue.slot_for(db.session(), g.reader.user_id, upload)
    draft = db.session.get_one(Case, slot.case_id).public_id
    service.drop(db.session(), stores(), slot, me())
    db.session.commit()
    return see_other(service.upload_page(draft))


def most_bytes() -> int:
    """Give how large one file may be."""
    return config().upload_file_mb * 1024 * 1024


def _again(number: int) -> Upload:
    slot = db.session.get(Upload, number)
    if slot is None:
        raise IntakeError("not-a-draft")
    return slot


def _row(slot: Upload, status: int, note: str = "") -> Response:
    shown = queue.queue_row(db.session(), slot)
    return make_response(render_template("partials/drafts/upload_row.html", row=shown, note=note), status)


def _rows(numbers: Sequence[int], status: int, persons: Mapping[int, str] | None = None) -> Response:
    shown = queue.queue_rows(db.session(), numbers, persons or {})
    return make_response(render_template("partials/drafts/upload_rows.html", rows=shown), status)


def take_form_file(taken: Taker, file: FileStorage) -> None:
    """Receive one file that came with the form, or everything in an archive."""
    with stores().pool.memfile() as memory:
        if service.fill(memory, file.stream, FORM_FILE):
            taken.take(memory)
        else:
            taken.refused["too-large-file"] += 1


def uploads_page(
    case: Case | None, *, status: int = 200, untaken: Mapping[str, int] | None = None, note: str = ""
) -> Response:
    """Answer with the page that takes images, empty or for a draft, or with what comes first; `note` stands on top."""
    if awaits_consent(db.session(), case):
        return consent_page(case, status=status, note=note)
    rows = queue.queue(db.session(), case) if case else []
    subject = db.session.get(Subject, case.subject_id) if case and case.subject_id else None
    page = render_template(
        "pages/drafts/new.html",
        draft=case,
        board=None if case else board_named(request.values.get("board")),
        rows=rows,
        ready=sum(row.state == UploadState.RECEIVED for row in rows),
        photo_kinds=PHOTO_KINDS,
        photo_kind=case.photo_kind if case else "XC",
        chart_code=subject.chart_code if subject else "",
        limit=most_bytes(),
        large=refusal("too-large-file"),
        error="",
        errors={},
        untaken=queue.untaken(rows, untaken or {}),
        note=note,
        days=clinic(db.session())["vault_days"],
        is_shared=case is not None and "shared" in request.args,
    )
    return make_response(page, status)
