"""Lays a copy of what a reader may carry out as one archive, and streams it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from pinboard import __version__
from pinboard.intake import zipping
from pinboard.intake.carry import Run, Slice
from pinboard.intake.children import RefusedFile, child_answer
from pinboard.intake.errors import IntakeError
from pinboard.intake.export import rebuilt
from pinboard.intake.stores import Stores
from pinboard.models import Instance
from pinboard.sandbox import Answer

_ASK_AGAIN: Final = 2.0
_TRIES: Final = 12
_BATCH_BYTES, _BATCH_FILES = 6 << 20, 32
"""What one child makes anew at a time; a start takes as long as several slices."""

File = tuple[Slice, str, int]
"""An image, its name in the archive and its length there."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An archive before it is streamed: what is in it, under which names, and its exact size."""

    texts: tuple[tuple[str, bytes], ...]
    """What stands beside the images: pages, words, the directory."""
    files: tuple[File, ...]
    """Each instance with its name and length."""
    pictures: tuple[tuple[Slice, tuple[str, ...]], ...]
    size: int
    tag: str
    """The same for the same bytes, however often they are laid out; another one as soon as any of them differs."""


def picture_names(run: Run) -> list[str]:
    """Give the names of a series' previews, frame by frame."""
    return [f"IHE_PDI/{_folder(run)}/FR{frame:06}.JPG" for frame in range(1, run.frames + 1)]


def pack(stores: Stores, runs: Sequence[Run], texts: Sequence[tuple[str, bytes]]) -> Copy:
    """Lay an archive out: a child writes the directory and says how long each instance will be."""
    placed = [
        (one, ("DICOM", _folder(run), f"IM{place:06}")) for run in runs for place, one in enumerate(run.slices, 1)
    ]
    if not placed:
        raise IntakeError("nothing-to-carry")
    described = _described(stores, placed)
    answer = child_answer(stores, "catalogue", [], {"files": described}, kind="header")
    sizes = _sizes(answer, len(placed))
    files = tuple((one, "/".join(path), size) for (one, path), size in zip(placed, sizes, strict=True))
    beside = (("DICOMDIR", answer.parts[0]), *texts)
    pictures = tuple(pair for run in runs for pair in _pictures(run))
    entries = [
        *((name, len(data)) for name, data in beside),
        *((name, size) for _one, name, size in files),
        *(pair for one, names in pictures for pair in zip(names, (length for _at, length in one.index), strict=True)),
    ]
    return Copy(beside, files, pictures, zipping.size_of(entries), _tag(described, beside, pictures))


def _tag(described: Sequence[dict[str, Any]], beside: Sequence[tuple[str, bytes]], pictures: Sequence[Any]) -> str:
    """Sum up all that the bytes depend on: headers, words, the objects that are read, and this program."""
    seen = hashlib.sha256(__version__.encode())
    seen.update(json.dumps([described, [(one.pack, one.previews, names) for one, names in pictures]]).encode())
    for name, data in beside:
        seen.update(f"{name} {len(data)}\n".encode() + data)
    return seen.hexdigest()


def _described(stores: Stores, placed: Sequence[tuple[Slice, tuple[str, ...]]]) -> list[dict[str, Any]]:
    with stores.reading() as session:
        ids = [one.instance_id for one, _path in placed]
        wanted = select(Instance.id, Instance.header, Instance.dtype).where(Instance.id.in_(ids))
        known = {row.id: row for row in session.execute(wanted)}
    if len(known) != len(placed):
        raise IntakeError("not-published")
    return [
        {"header": known[one.instance_id].header, "dtype": known[one.instance_id].dtype, "path": path}
        for one, path in placed
    ]


def _sizes(answer: Answer, count: int) -> list[int]:
    sizes = answer.json.get("sizes")
    if not isinstance(sizes, list) or len(sizes) != count or len(answer.parts) != 1:
        raise RefusedFile("damaged")
    if not all(type(size) is int and size > 0 for size in sizes) or answer.parts[0][128:132] != b"DICM":
        raise RefusedFile("damaged")
    return sizes


def _pictures(run: Run) -> Iterator[tuple[Slice, tuple[str, ...]]]:
    names, at = picture_names(run), 0
    for one in run.slices:
        yield one, tuple(names[at : at + len(one.index)])
        at += one.frames


def _folder(run: Run) -> str:
    return f"SE{run.number:06}"


def stream(stores: Stores, copy: Copy, still: Callable[[], bool]) -> Iterator[bytes]:
    """Give the bytes of an archive; at most one large image, or a few small ones, are in memory at a time.

    Whoever may no longer have it is asked by `still` as it goes, and gets no more: a part of an archive opens nowhere.
    """
    out, asked = zipping.Zip(), time.monotonic()
    for name, data in _entries(stores, copy):
        if time.monotonic() - asked > _ASK_AGAIN:
            if not still():
                raise IntakeError("not-published")
            asked = time.monotonic()
        yield from out.entry(name, data)
    yield out.end()


def _entries(stores: Stores, copy: Copy) -> Iterator[tuple[str, bytes]]:
    yield from copy.texts
    for one, names in copy.pictures:
        for name, (start, length) in zip(names, one.index, strict=True):
            yield name, stores.media.read_range(one.previews, start, length)
    for batch in _batches(copy.files):
        made = patiently(partial(rebuilt, stores, [one.instance_id for one, _name, _size in batch]))
        for (_one, name, size), data in zip(batch, made, strict=True):
            if len(data) != size:
                # It was redacted again meanwhile.
                raise IntakeError("not-published")
            yield name, data


def _batches(files: Sequence[File]) -> Iterator[list[File]]:
    """Give files that are made in one child together: as many small ones as fit, a large one alone."""
    batch: list[File] = []
    room = _BATCH_BYTES
    for file in files:
        room -= file[-1]
        if batch and (room < 0 or len(batch) == _BATCH_FILES):
            yield batch
            batch, room = [], _BATCH_BYTES - file[-1]
        batch.append(file)
    if batch:
        yield batch


def patiently(make: Callable[[], list[bytes]]) -> list[bytes]:
    """Wait for a place in the sandbox as often as it takes within reason; half a stream helps nobody."""
    for _try in range(_TRIES):
        try:
            return make()
        except IntakeError as error:
            if error.code != "busy":
                raise
            time.sleep(error.retry_after)
    raise IntakeError("busy", retry_after=60)
