"""Takes the files of a ZIP archive into a draft, one after the other, each as if it had been sent by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from pinboard.imaging.archive import BATCH_BYTES, BATCH_FILES, MOST_BYTES, MOST_ENTRIES
from pinboard.imaging.errors import REFUSALS
from pinboard.imaging.sniff import HEAD, Kind, sniff
from pinboard.intake.children import RefusedFile, child_answer
from pinboard.intake.errors import SENTENCES, IntakeError
from pinboard.intake.receive import LARGEST_FILE, open_slot, receive
from pinboard.intake.stores import Stores
from pinboard.models import Case, UploadState, User
from pinboard.sandbox import MemFile

_SILENT = frozenset({"index", "empty"})
"""What every CD holds beside its images and nobody has to be told of."""


@dataclass(slots=True)
class Taken:
    """What became of an archive: how many images came in, and how many files did not for each reason."""

    received: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def is_archive(mem: MemFile) -> bool:
    """Tell whether what came is a ZIP archive."""
    return sniff(mem.head(HEAD), mem.size) is Kind.ZIP


def take_archive(stores: Stores, case_id: int, mem: MemFile, by_id: int) -> Taken:
    """Take every image of an archive; one that is refused is counted, and the others are taken.

    What is no image at all takes no place in the list of files. Raises `RefusedFile` where the archive itself cannot
    be opened, and `IntakeError` with "busy" or "not-a-draft".
    """
    taken = Taken()
    most = min(LARGEST_FILE, stores.config.upload_file_mb * 1024 * 1024)
    for batch in _batches(_entries(stores, mem)):
        for code, data in _unpacked(stores, mem, batch, most):
            try:
                refusal = code or _take(stores, case_id, data, by_id)
            except IntakeError as error:
                if error.code != "too-many":
                    raise
                refusal = error.code
            if not refusal:
                taken.received += 1
            elif refusal not in _SILENT:
                taken.refused[refusal] += 1
    return taken


def _entries(stores: Stores, mem: MemFile) -> list[tuple[int, int]]:
    """Believe of the child's list only what is a list of small numbers."""
    given = child_answer(stores, "archive_entries", [mem], {}, kind="pixel").json.get("entries")
    if not isinstance(given, list) or len(given) > MOST_ENTRIES:
        raise RefusedFile("damaged")
    found = []
    for one in given:
        if not isinstance(one, list) or [type(number) for number in one] != [int, int]:
            raise RefusedFile("damaged")
        index, size = one
        if not 0 <= index < MOST_ENTRIES or not 0 < size <= MOST_BYTES:
            raise RefusedFile("damaged")
        found.append((index, size))
    return found


def _batches(entries: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Let one child unpack several small files: to fork costs more than they do."""
    batch: list[int] = []
    total = 0
    for index, size in entries:
        if batch and (len(batch) >= BATCH_FILES or total + size > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(index)
        total += size
    if batch:
        yield batch


def _unpacked(stores: Stores, mem: MemFile, batch: list[int], most: int) -> Iterator[tuple[str, bytes]]:
    """Give the refusal or the bytes of each file; a child that fell over one of several says nothing of the others."""
    try:
        answer = child_answer(stores, "unpack", [mem], {"indices": batch, "most": most}, kind="pixel")
    except RefusedFile as refused:
        if len(batch) == 1:
            yield refused.code, b""
            return
        for index in batch:
            yield from _unpacked(stores, mem, [index], most)
        return
    codes = answer.json.get("refused")
    if not isinstance(codes, list) or not len(codes) == len(answer.parts) == len(batch):
        raise RefusedFile("damaged")
    for code, data in zip(codes, answer.parts, strict=True):
        known = code in REFUSALS or code in SENTENCES or code in _SILENT
        yield ("" if code == "" else code if known else "damaged"), data


def _take(stores: Stores, case_id: int, data: bytes, by_id: int) -> str:
    """Send one file through the door of every file; give why it was refused."""
    with stores.writing() as session:
        slot = _slot(session, case_id, by_id)
    with stores.pool.memfile(data) as one:
        received = receive(stores, slot, one, by=by_id)
    return received.refusal or "" if received.state == UploadState.REFUSED else ""


def _slot(session: Session, case_id: int, by_id: int) -> int:
    return open_slot(session, session.get_one(Case, case_id), session.get_one(User, by_id)).id
