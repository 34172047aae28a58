"""Takes files into a draft, and those of a ZIP archive one after the other, as if each had been sent by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

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
            self._file(mem)
            return
        try:
            self._archive(mem)
        except RefusedFile as refused:
            self.refused[refused.code] += 1

    def _archive(self, mem: MemFile) -> None:
        """Take what is in an archive; what is no image at all takes no place in the list of files."""
        for batch in _batches(_entries(self.stores, mem)):
            for code, data in _unpacked(self.stores, mem, batch):
                if code and code not in _SILENT:
                    self.refused[code] += 1
                elif not code:
                    with self.stores.pool.memfile(data) as one:
                        self._file(one)

    def _file(self, mem: MemFile) -> None:
        """Send one file through the door of every file."""
        try:
            with self.stores.writing() as session:
                case, by = session.get_one(Case, self.case_id), session.get_one(User, self.by_id)
                slot = open_slot(session, case, by).id
            received = receive(self.stores, slot, mem, by=self.by_id)
        except IntakeError as error:
            if error.code != "too-many":
                raise
            self.refused[error.code] += 1
            return
        if received.state == UploadState.REFUSED:
            self.refused[received.refusal or "damaged"] += 1
        else:
            self.received += 1


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
