"""Takes files into a draft, and those of a ZIP archive one after the other, as if each had been sent by itself."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from pinboard.ids import public_id
from pinboard.imaging.archive import BATCH_BYTES, BATCH_FILES, MOST_BYTES, MOST_ENTRIES
from pinboard.imaging.errors import REFUSALS
from pinboard.imaging.sniff import HEAD, Kind, sniff
from pinboard.intake.children import RefusedFile, child_answer
from pinboard.intake.errors import SENTENCES
from pinboard.intake.receive import open_slots, receive_each, room
from pinboard.intake.scrubbing import LARGEST_FILE
from pinboard.intake.stores import Stores
from pinboard.models import Case, Upload, UploadState, User
from pinboard.sandbox import MemFile

_SILENT = frozenset({"index", "empty"})
"""What every CD holds beside its images and nobody has to be told of."""


@dataclass(slots=True)
class Taker:
    """Takes files and archives into one draft and counts: how many images came in, how many not for each reason."""

    stores: Stores
    case_id: int
    by_id: int
    received: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def take(self, mem: MemFile) -> None:
        """Take one file, or every image of an archive; raises `IntakeError` with "busy" or "not-a-draft"."""
        if sniff(mem.head(HEAD), mem.size) is not Kind.ZIP:
            self._files([mem])
            return
        try:
            self._archive(mem)
        except RefusedFile as refused:
            self.refused[refused.code] += 1

    def _archive(self, mem: MemFile) -> None:
        """Take what is in an archive; what is no image at all takes no place in the list of files."""
        for batch in _batches(_entries(self.stores, mem)):
            with contextlib.ExitStack() as held:
                images = []
                for code, data in _unpacked(self.stores, mem, batch):
                    if code and code not in _SILENT:
                        self.refused[code] += 1
                    elif not code:
                        images.append(held.enter_context(self.stores.pool.memfile(data)))
                self._files(images)

    def _files(self, files: Sequence[MemFile]) -> None:
        """Send files through the door of every file, as many as there is room for."""
        slots = self._slots(len(files))
        self.refused["too-many"] += len(files) - len(slots)
        self.refused = +self.refused
        if not slots:
            return
        receive_each(self.stores, dict(zip(slots, files, strict=False)), by=self.by_id)
        with self.stores.reading() as session:
            for state, code in session.execute(select(Upload.state, Upload.refusal).where(Upload.id.in_(slots))):
                if state == UploadState.RECEIVED:
                    self.received += 1
                else:
                    self.refused[code or "damaged"] += 1

    def _slots(self, count: int) -> list[int]:
        """Open as many slots as the draft has room for."""
        with self.stores.writing() as session:
            case, by = session.get_one(Case, self.case_id), session.get_one(User, self.by_id)
            slots = open_slots(session, case, by, [public_id() for _number in range(min(count, room(session, case)))])
            return [slot.id for slot in slots]


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


def _unpacked(stores: Stores, mem: MemFile, batch: list[int]) -> Iterator[tuple[str, bytes]]:
    """Give the refusal or the bytes of each file; a child that fell over one of several says nothing of the others."""
    most = min(LARGEST_FILE, stores.config.upload_file_mb * 1024 * 1024)
    try:
        answer = child_answer(stores, "unpack", [mem], {"indices": batch, "most": most}, kind="pixel")
    except RefusedFile as refused:
        if len(batch) == 1:
            yield refused.code, b""
            return
        for index in batch:
            yield from _unpacked(stores, mem, [index])
        return
    codes = answer.json.get("refused")
    if not isinstance(codes, list) or not len(codes) == len(answer.parts) == len(batch):
        raise RefusedFile("damaged")
    for code, data in zip(codes, answer.parts, strict=True):
        known = code in REFUSALS or code in SENTENCES or code in _SILENT
        yield ("" if code == "" else code if known else "damaged"), data
