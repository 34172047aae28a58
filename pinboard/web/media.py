"""Answers with a picture: asks the gate first, then for the browser's copy, and only then for the bytes.

`w236` … `w1200` are small pictures, `f12` is frame 12 as a picture, and `n12` the same frame as it is stored.

A picture that is not there, one of another reader and one that was taken away give the same answer. A picture is kept
by a browser only on the condition that it asks again, because a withdrawn one must be gone on a shared computer too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import brotli
from flask import Blueprint, Response, abort, g, request
from flask_login import current_user
from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.ids import is_public_id
from pinboard.models import Case, Instance, InstanceState, MediaFile, Release, Share, User
from pinboard.policy import Reader, may, outsider, reader_for, within
from pinboard.storage.media import MediaError
from pinboard.web.access import access
from pinboard.web.extensions import db, stores
from pinboard.web.headers import PICTURE_CSP

bp = Blueprint("media", __name__)

RENDITION = re.compile(r"w(236|474|736|1200)")
FRAME = re.compile(r"([fn])(0|[1-9][0-9]{0,5})")
_PACKS = {"f": "previews", "n": "frames"}

_Found: TypeAlias = Row[MediaFile, int, str | None, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the bytes of one picture are."""

    object_name: str
    content_type: str
    etag: str
    span: tuple[int, int] | None
    native: int = 0
    """Length in bytes of a frame as it is stored once it is unpacked; 0 of what is a picture."""


@bp.get("/media/<name>/<variant>")
@access("public")
def picture(name: str, variant: str) -> Response:
    """Give one rendition or one frame to a reader who may see its case."""
    return serve(name, variant, _readers())


def serve(name: str, variant: str, readers: Iterable[Reader], verb: str = "see") -> Response:
    """Answer with a picture for the first of these readers who may see it, or may do `verb` with its case."""
    found = _find(name, variant, readers, verb)
    if found is None:
        abort(404)
    answer = Response(content_type=found.content_type)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = PICTURE_CSP
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    is_packed = bool(found.native) and bool(request.accept_encodings["br"])
    if found.native:
        answer.headers["Vary"] = "Accept-Encoding"
    if is_packed:
        answer.headers["Content-Encoding"] = "br"
    answer.set_etag(f"{found.etag}-br" if is_packed else found.etag)
    answer.make_conditional(request)
    # The connection goes back to the pool before the disk or the object store is asked.
    db.session.close()
    if answer.status_code != 304:
        data = _read(found)
        answer.set_data(_unpacked(data, found.native) if found.native and not is_packed else data)
    return answer


def _find(name: str, variant: str, readers: Iterable[Reader], verb: str) -> Picture | None:
    kind, frame = _kind(variant)
    if kind is None or not is_public_id(name):
        return None
    for reader in readers:
        # Whoever passes by is shown pictures, not the frames that they are made of.
        if reader.register == "public" and frame is not None:
            continue
        row = _row(db.session(), reader, (name, kind), verb)
        if row is not None:
            return _picture(row, frame)
    return None


def _kind(variant: str) -> tuple[str | None, int | None]:
    """Tell which stored file holds a variant, and which frame of it."""
    if RENDITION.fullmatch(variant):
        return variant, None
    frame = FRAME.fullmatch(variant)
    return (_PACKS[frame[1]], int(frame[2])) if frame else (None, None)


def _readers() -> Iterator[Reader]:
    """Give whoever this browser may be: the account, the same person as a subject, and whoever passes by."""
    if g.reader.user_id is not None:
        yield g.reader
    if g.reader.register == "clinic" and current_user.is_authenticated and current_user.subject_id is not None:
        yield reader_for(db.session(), current_user.account, "subject")
    yield outsider(db.session())


def _row(session: Session, reader: Reader, file: tuple[str, str], verb: str) -> _Found | None:
    name, kind = file
    query = (
        select(MediaFile, Instance.id, Instance.dtype, Instance.samples)
        .join(Instance, Instance.id == MediaFile.instance_id)
        .join(Case, Case.id == MediaFile.case_id)
        .where(MediaFile.media_name == name, MediaFile.variant == kind)
        .where(Instance.media_name == name, Instance.state == InstanceState.PUBLISHED, may(reader, verb))
        .where(within(reader))
    )
    row = session.execute(query).one_or_none()
    if row is not None and reader.register == "subject" and not _is_released(session, reader, row):
        return None
    return row


def _is_released(session: Session, reader: Reader, row: _Found) -> bool:
    """Tell whether the person in the images was given just this one; the others of the case stay closed."""
    file, instance_id, _dtype, _samples = row
    released = session.scalars(
        select(Release.instances).where(
            Release.case_id == file.case_id,
            Release.revoked_at.is_(None),
            Release.not_before <= now(),
            _of_subject(reader),
        ),
    )
    return any(instance_id in instances for instances in released)


def _of_subject(reader: Reader) -> ColumnElement[bool]:
    if reader.share_id is not None:
        return Release.subject_id == select(Share.subject_id).where(Share.id == reader.share_id).scalar_subquery()
    mine = select(User.subject_id).where(User.id == reader.user_id).scalar_subquery()
    return and_(Release.subject_id.is_not(None), Release.subject_id == mine)


def _picture(row: _Found, frame: int | None) -> Picture | None:
    file, _id, dtype, samples = row
    if frame is None:
        return Picture(file.object_name, file.content_type, file.sha256, None)
    index = file.index or []
    if frame >= len(index):
        return None
    start, length = index[frame]
    etag = f"{file.sha256}-{frame}"
    if file.variant == "previews":
        return Picture(file.object_name, "image/jpeg", etag, (start, length))
    native = file.width * file.height * samples * int(str(dtype)[2:])
    return Picture(file.object_name, "application/octet-stream", etag, (start, length), native)


def _read(found: Picture) -> bytes:
    media = stores().media
    try:
        return media.read_range(found.object_name, *found.span) if found.span else media.read(found.object_name)
    except MediaError:
        abort(404)


def _unpacked(data: bytes, size: int) -> bytes:
    """Undo the compression of a frame for a browser that takes none; browsers take brotli with TLS alone."""
    try:
        plain = brotli.Decompressor().process(data, output_buffer_limit=size + 1)
    except brotli.error:
        abort(404)
    if len(plain) != size:
        abort(404)
    return bytes(plain)
