"""De-identifies files into a folder, with the same jobs in the same sandbox as an upload."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pinboard.deid.pseudonym import Keys
from pinboard.imaging.errors import Refused
from pinboard.imaging.renditions import png
from pinboard.imaging.sniff import HEAD, PHOTOS, REFUSED_KINDS, Kind, sniff
from pinboard.sandbox import Busy, ChildFailed, ChildRefused, pool

_MAX_BYTES = 1 << 30
_MAX_MEMBERS = 50_000
_LOCKED = 1
"""Flag of a member of a zip that is locked with a password."""
_WORKERS = 2
_BATCH_FILES = 32
_BATCH_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class _Source:
    """One file to take: its name, for the operator's eyes, and how to get its bytes."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class _Read:
    """One file in memory, or why it is not taken."""

    name: str
    data: bytes = b""
    is_dicom: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one file."""

    name: str
    data: bytes = b""
    suffix: str = ""
    refused: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard deid`."""
    parser.add_argument("source", metavar="IN", type=Path, help="a file, folder or zip of DICOM files and photos")
    parser.add_argument("target", metavar="OUT", type=Path, help="the folder to write into; made if absent")
    parser.add_argument(
        "--key",
        metavar="FILE",
        type=Path,
        help="32 random bytes; files done with the same key get the same chart codes, UIDs and date shifts "
        "(without it a key is made for this run and forgotten)",
    )


def run(arguments: argparse.Namespace) -> int:
    """De-identify everything under IN; files that are refused are listed by reason and do not fail the run."""
    if not arguments.source.exists():
        print(f"There is no {arguments.source}.", file=sys.stderr)
        return 2
    try:
        keys = _keys(arguments.key)
        arguments.target.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        print(f"Not started: {error}", file=sys.stderr)
        return 2
    params = {"keys": keys.as_params(), "today": datetime.now(UTC).date().isoformat()}
    written = refused = 0
    for outcome in _outcomes(_sources(arguments.source, arguments.target), params):
        if outcome.refused:
            refused += 1
            # A name out of a zip may hold codes that a terminal would obey.
            name = "".join(letter if letter.isprintable() else "?" for letter in outcome.name)
            print(f"refused ({outcome.refused}) {name}: {Refused(outcome.refused).sentence}", file=sys.stderr)
            continue
        written += 1
        (arguments.target / f"img-{written:04}{outcome.suffix}").write_bytes(outcome.data)
    print(f"{written} written, {refused} refused.")
    return 0


def _keys(path: Path | None) -> Keys:
    if path is None:
        return Keys.derive(secrets.token_bytes(32), "run")
    return Keys.derive(path.read_bytes(), "file")


def _sources(source: Path, target: Path) -> Iterator[_Source]:
    paths = [source] if source.is_file() else sorted(source.rglob("*"))
    for path in paths:
        if path.is_file() and not path.resolve().is_relative_to(target.resolve()):
            yield from _members(path) if _is_zip(path) else [_file(path)]


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return sniff(file.read(HEAD), path.stat().st_size) is Kind.ZIP


def _file(path: Path) -> _Source:
    def read() -> bytes:
        if path.stat().st_size > _MAX_BYTES:
            raise Refused("too-large")
        return path.read_bytes()

    return _Source(str(path), read)


def _members(path: Path) -> Iterator[_Source]:
    """Give the files in a zip. They are read into memory, so no name in it is ever a path here."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError):
        yield _Source(str(path), partial(_refuse, "damaged"))
        return
    with archive:
        for member in archive.infolist()[:_MAX_MEMBERS]:
            if not member.is_dir():
                yield _Source(member.filename, partial(_member, archive, member))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & _LOCKED:
        raise Refused("encrypted")
    try:
        with archive.open(member) as file:
            # A member may unpack to far more than its entry says.
            data = file.read(_MAX_BYTES + 1)
    except (
        zipfile.BadZipFile,
        OSError,
        RuntimeError,
        EOFError,
        zlib.error,
        NotImplementedError,
        ValueError,
        zipfile.LargeZipFile,
    ):
        raise Refused("damaged") from None
    if len(data) > _MAX_BYTES:
        raise Refused("bomb")
    return data


def _refuse(code: str) -> bytes:
    raise Refused(code)


def _outcomes(sources: Iterator[_Source], params: dict[str, Any]) -> Iterator[_Outcome]:
    """Work on a few batches at a time and give the outcomes in order."""
    with ThreadPoolExecutor(_WORKERS) as workers:
        waiting: deque[Future[list[_Outcome]]] = deque()
        for batch in _batches(sources):
            waiting.append(workers.submit(_batch, batch, params))
            if len(waiting) > _WORKERS:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _batches(sources: Iterator[_Source]) -> Iterator[list[_Read]]:
    """Read files into batches that one child can take: a fork costs more than a small file."""
    batch: list[_Read] = []
    size = 0
    for source in sources:
        read = _read(source)
        if batch and (len(batch) >= _BATCH_FILES or size + len(read.data) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(read)
        size += len(read.data)
    if batch:
        yield batch


def _read(source: _Source) -> _Read:
    try:
        data = source.read()
    except Refused as refusal:
        return _Read(source.name, refused=refusal.code)
    except OSError:
        return _Read(source.name, refused="damaged")
    kind = sniff(data[:HEAD], len(data))
    if kind is Kind.DICOM or kind in PHOTOS:
        return _Read(source.name, data, is_dicom=kind is Kind.DICOM)
    return _Read(source.name, refused=REFUSED_KINDS[kind])


def _batch(batch: list[_Read], params: dict[str, Any]) -> list[_Outcome]:
    together = [read for read in batch if read.is_dicom]
    made: dict[int, _Outcome] = {}
    if len(together) > 1:
        # A child that fell over one file of many says nothing about the others: they go one by one.
        with contextlib.suppress(ChildFailed, Busy):
            made = _scrubbed(together, params)
    return [made.get(id(read)) or _alone(read, params) for read in batch]


def _scrubbed(together: list[_Read], params: dict[str, Any]) -> dict[int, _Outcome]:
    answer = pool().run("scrub_each", [read.data for read in together], params, kind="header")
    return {
        id(read): _Outcome(read.name, data, ".dcm", summary.get("refused", "damaged" if "failed" in summary else ""))
        for read, data, summary in zip(together, answer.parts, answer.json["files"], strict=True)
    }


def _alone(read: _Read, params: dict[str, Any]) -> _Outcome:
    if read.refused:
        return _Outcome(read.name, refused=read.refused)
    try:
        return _dicom(read, params) if read.is_dicom else _photo(read)
    except ChildRefused as refusal:
        return _Outcome(read.name, refused=refusal.code)
    except ChildFailed as failure:
        return _Outcome(read.name, refused="too-large" if failure.reason in {"memory", "time"} else "damaged")
    except Busy:
        return _Outcome(read.name, refused="too-large")


def _dicom(read: _Read, params: dict[str, Any]) -> _Outcome:
    answer = pool().run("scrub", [read.data], params, kind="header")
    return _Outcome(read.name, answer.parts[0], ".dcm")


def _photo(read: _Read) -> _Outcome:
    answer = pool().run("photo", [read.data], {}, kind="pixel")
    rows, columns, samples = answer.json["rows"], answer.json["columns"], answer.json["samples"]
    shape = (rows, columns, 3) if samples == 3 else (rows, columns)
    return _Outcome(read.name, png(np.frombuffer(answer.parts[0], np.uint8).reshape(shape)), ".png")
