"""Writes a file so that after a crash it is there whole or not at all, and removes a secret so that it is gone."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows runs one process
    HAS_LOCKS = False
else:
    HAS_LOCKS = True

PARTIAL = ".partial-"
"""How the name of a file begins that is still being written."""

Data = bytes | bytearray | memoryview


def make_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter, with its parents; the folder above knows it after a crash."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        sync_folder(path.parent)
    return path


def write_file(path: Path, pieces: Iterable[Data], *, sync: bool = True) -> int:
    """Write beside the final name, then rename; gives the size.

    With `sync` False the caller syncs the folder, once for many files.
    """
    partial = path.with_name(PARTIAL + secrets.token_hex(8))
    try:
        size = _write_new(partial, pieces)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(path.parent)
    return size


def write_files(folder: Path, files: Mapping[str, Iterable[Data]]) -> None:
    """Write many files into one folder: none has its name before the bytes of all are on the disk."""
    partials = {name: folder / (PARTIAL + secrets.token_hex(8)) for name in files}
    try:
        for name, pieces in files.items():
            _write_new(partials[name], pieces, sync=False)
        # The first makes the disk write what the others wait for.
        for partial in partials.values():
            _sync_file(partial)
        for name, partial in partials.items():
            partial.replace(folder / name)
    except BaseException:
        for partial in partials.values():
            partial.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def _sync_file(path: Path) -> None:
    file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _write_new(path: Path, pieces: Iterable[Data], *, sync: bool = True) -> int:
    size = 0
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
    ) as file:
        for piece in pieces:
            size += file.write(piece)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    return size


def sync_folder(path: Path) -> None:
    """Make names that were added to a folder or removed from it survive a power cut."""
    if os.name == "nt":  # pragma: no cover - Windows keeps names by itself and cannot open a folder
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def shred(path: Path) -> None:
    """Overwrite a small secret where it lies, then remove its name; no harm if it is gone already."""
    with contextlib.suppress(FileNotFoundError):
        with path.open("r+b", buffering=0) as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes and threads from making the same file at the same moment."""
    with (folder / ".lock").open("wb") as file:
        if HAS_LOCKS:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
