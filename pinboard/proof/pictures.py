"""Looks at every published image: its header, its receipt, and every object in the media store that belongs to it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.deid.header import NotAllowed, revalidate
from pinboard.deid.profile import KNOWN_VERSIONS
from pinboard.imaging.bare import is_bare_jpeg, is_bare_webp
from pinboard.intake.children import RefusedFile, child_answer
from pinboard.intake.errors import IntakeError
from pinboard.intake.stores import Stores
from pinboard.models import Case, Instance, InstanceState, MediaFile, Receipt, Subject, User
from pinboard.proof.violations import Report
from pinboard.storage.media import MediaError

PAGE = 50
_CHUNK = 8 << 20
_BATCH_BYTES, _BATCH_FRAMES = 32 << 20, 64
_SHOWN = (InstanceState.PUBLISHED, InstanceState.HIDDEN)
UNREVIEWED = (InstanceState.DRAFT, InstanceState.LEFT_OUT)
"""States of an image of which nothing is stored but in the vault."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image with all that belongs to it, read in one short session."""

    instance: Instance
    case: Case
    chart_code: str | None
    files: Sequence[MediaFile]
    receipts: dict[int, Receipt]
    confirmers: frozenset[int]

    @property
    def thing(self) -> str:
        """Name the image."""
        return f"image {self.instance.public_id}"


@dataclass(slots=True)
class Seen:
    """What the walk remembers of one image: facts for the hash over the state, and how much there was."""

    facts: list[str] = field(default_factory=list)
    objects: int = 0
    receipts: int = 0


def pictures(stores: Stores) -> Iterator[Picture]:
    """Give every image that has or had objects, a page at a time, each page in a session of its own."""
    last = 0
    while True:
        with stores.reading() as session:
            page = _page(session, last)
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].instance.id


def _page(session: Session, after: int) -> list[Picture]:
    query = (
        select(Instance, Case, Subject.chart_code)
        .join(Case, Case.id == Instance.case_id)
        .outerjoin(Subject, Subject.id == Case.subject_id)
        .where(Instance.id > after, Instance.state.not_in(UNREVIEWED))
        .order_by(Instance.id)
        .limit(PAGE)
    )
    rows = session.execute(query).all()
    ids = [instance.id for instance, _, _ in rows]
    files = session.scalars(select(MediaFile).where(MediaFile.instance_id.in_(ids)).order_by(MediaFile.id)).all()
    wanted = {file.receipt_id for file in files}
    receipts = {one.id: one for one in session.scalars(select(Receipt).where(Receipt.id.in_(wanted)))}
    people = {one.confirmed_by_id for one in receipts.values()}
    known = frozenset(session.scalars(select(User.id).where(User.id.in_(people))))
    return [
        Picture(instance, case, code, [file for file in files if file.instance_id == instance.id], receipts, known)
        for instance, case, code in rows
    ]


def look_at(stores: Stores, picture: Picture, report: Report) -> Seen:
    """Check one image; what is found goes to `report` at once."""
    seen = Seen()
    instance = picture.instance
    if not picture.files and instance.media_name is None:
        # Withdrawn long ago, erased or removed: the bytes are gone, as they should be.
        return seen
    _header(picture, report)
    _receipts(picture, report, seen)
    _whole_set(picture, report)
    frames = next((file for file in picture.files if file.variant == "frames"), None)
    previews = next((file for file in picture.files if file.variant == "previews"), None)
    readable = {file.object_name for file in picture.files if _object(stores, picture, file, report)}
    seen.objects = len(picture.files)
    if frames and previews and {frames.object_name, previews.object_name} <= readable:
        _frames(stores, picture, (frames, previews), report)
    header = json.dumps(instance.header, sort_keys=True, separators=(",", ":"))
    seen.facts.append(f"image {instance.public_id} {hashlib.sha256(header.encode()).hexdigest()}")
    seen.facts += [f"object {file.object_name} {file.variant} {file.sha256}" for file in picture.files]
    return seen


def _header(picture: Picture, report: Report) -> None:
    header, instance = picture.instance.header, picture.instance
    try:
        revalidate(header)
    except (NotAllowed, TypeError, AttributeError, KeyError):
        report("header", picture.thing)
        return
    is_ours = header["PatientID"] == header.get("PatientName") == picture.chart_code
    is_same = header["SOPInstanceUID"] == instance.uid
    size = (header["Rows"], header["Columns"], header.get("NumberOfFrames", 1))
    if not (is_ours and is_same and size == (instance.rows, instance.columns, instance.frame_count)):
        report("header-other", picture.thing)


def _receipts(picture: Picture, report: Report, seen: Seen) -> None:
    mine = {file.receipt_id: picture.receipts.get(file.receipt_id) for file in picture.files}
    if not mine or any(one is None or one.instance_id != picture.instance.id for one in mine.values()):
        report("receipt-missing", picture.thing)
    for receipt in filter(None, mine.values()):
        seen.receipts += 1
        seen.facts.append(f"receipt {receipt.public_id} {receipt.profile_version} {receipt.boxes}")
        if receipt.profile_version not in KNOWN_VERSIONS:
            report("profile-unknown", picture.thing)
        if receipt.confirmed_by_id not in picture.confirmers:
            report("receipt-confirmer", picture.thing)
        for file in picture.files:
            if file.receipt_id == receipt.id and receipt.hashes.get(file.variant) != file.sha256:
                report("receipt-differs", f"{picture.thing} {file.variant}")


def _whole_set(picture: Picture, report: Report) -> None:
    """Ask for the frames, the previews and one size at least, all under the image's present name."""
    variants = {file.variant for file in picture.files if file.media_name == picture.instance.media_name}
    is_whole = {"frames", "previews"} <= variants and any(variant.startswith("w") for variant in variants)
    if picture.instance.state in _SHOWN and not is_whole:
        report("pictures-missing", picture.thing)
    if picture.instance.state not in _SHOWN:
        report("erased", picture.thing)


def _object(stores: Stores, picture: Picture, file: MediaFile, report: Report) -> bool:
    """Compare the bytes with the row and look for metadata; tells whether they can be read."""
    thing = f"object {file.object_name}"
    try:
        digest, is_bare = _read(stores, file)
    except MediaError as error:
        if _is_current(stores, file):
            report("object-missing" if error.code == "missing" else "object-changed", thing)
        return False
    if digest != file.sha256 or _goes_on(stores, file):
        report("object-changed", thing)
    if not is_bare:
        report("metadata", f"{picture.thing} {file.variant}")
    return True


def _read(stores: Stores, file: MediaFile) -> tuple[str, bool]:
    """Hash an object piece by piece, and tell whether its pictures are bare; a pack is never in memory as a whole."""
    digest, is_bare = hashlib.sha256(), True
    for start, length in _pieces(file):
        piece = stores.media.read_range(file.object_name, start, length)
        digest.update(piece)
        if file.variant != "frames":
            is_bare = is_bare and (is_bare_jpeg(piece) if file.variant == "previews" else is_bare_webp(piece))
    return digest.hexdigest(), is_bare


def _pieces(file: MediaFile) -> list[tuple[int, int]]:
    if file.variant == "previews":
        index = [(int(start), int(length)) for start, length in file.index or []]
        covered = sum(length for _, length in index)
        # What the index leaves out is read too, so that the hash is that of the whole.
        return index + ([(covered, file.size - covered)] if covered < file.size else [])
    if file.variant == "frames":
        return [(start, min(_CHUNK, file.size - start)) for start in range(0, file.size, _CHUNK)]
    return [(0, file.size)]


def _goes_on(stores: Stores, file: MediaFile) -> bool:
    """Tell whether there are bytes behind those the row counts."""
    try:
        stores.media.read_range(file.object_name, file.size, 1)
    except MediaError:
        return False
    return True


def _is_current(stores: Stores, file: MediaFile) -> bool:
    """Tell whether the row is still there: an image may be mended or erased while we look."""
    with stores.reading() as session:
        return session.scalar(select(MediaFile.id).where(MediaFile.object_name == file.object_name)) is not None


def _frames(stores: Stores, picture: Picture, files: tuple[MediaFile, MediaFile], report: Report) -> None:
    """Have a child decode each frame with its preview, some at a time."""
    instance = picture.instance
    indexes = [[(int(start), int(length)) for start, length in file.index or []] for file in files]
    is_covered = all(_covers(index, file.size) for index, file in zip(indexes, files, strict=True))
    if not is_covered or {len(index) for index in indexes} != {instance.frame_count}:
        report("frames-damaged", picture.thing)
        return
    receipt = picture.receipts.get(files[0].receipt_id)
    params: dict[str, Any] = {
        "shape": [instance.rows, instance.columns] + ([instance.samples] if instance.samples > 1 else []),
        "dtype": instance.dtype,
        "boxes": receipt.boxes if receipt else [],
    }
    for first, last in _batches(indexes[0]):
        parts = [
            stores.media.read_range(file.object_name, *index[at])
            for at in range(first, last)
            for file, index in zip(files, indexes, strict=True)
        ]
        found = _inspected(stores, parts, params | {"first": first})
        if found.get("damaged"):
            report("frames-damaged", f"{picture.thing} from frame {first + 1}")
        for index in found.get("unpainted", []):
            report("unpainted", f"{picture.thing} frame {int(index) + 1}")


def _inspected(stores: Stores, parts: list[bytes], params: dict[str, Any]) -> dict[str, Any]:
    """Ask a child; uploads go first, so a full house means to wait."""
    while True:
        try:
            return child_answer(stores, "inspect", parts, params, kind="pixel", foreground=False).json
        except RefusedFile:
            return {"damaged": [params["first"]]}
        except IntakeError as error:
            time.sleep(error.retry_after or 1)


def _covers(index: list[tuple[int, int]], size: int) -> bool:
    at = 0
    for start, length in index:
        if start != at or length < 1:
            return False
        at += length
    return at == size


def _batches(index: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first, size = 0, 0
    for at, (_, length) in enumerate(index):
        if at > first and (size + length > _BATCH_BYTES or at - first >= _BATCH_FRAMES):
            yield first, at
            first, size = at, 0
        size += length
    yield first, len(index)
