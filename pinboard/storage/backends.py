"""The two places where published pictures can lie: a folder of this machine, or a bucket."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pinboard.ids import is_public_id
from pinboard.storage.files import PARTIAL, make_folder, sync_folder, write_file

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_ABANDONED = timedelta(hours=1)


class Backend(Protocol):
    """Keeps bytes under names; a name that is missing raises FileNotFoundError."""

    def write(self, name: str, data: bytes) -> None:
        """Keep the bytes; they survive a power cut after `settle`."""

    def settle(self, names: Iterable[str]) -> None:
        """Make what was written under these names last."""

    def read(self, name: str) -> bytes:
        """Give all bytes."""

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Give a part of the bytes, fewer where they end."""

    def delete(self, names: Iterable[str]) -> None:
        """Remove; a name that is not there does no harm."""

    def names(self) -> Iterator[str]:
        """Give every name."""

    def count_others(self) -> int:
        """Count what has none of our names; such a name is never given, as it may be a person's."""

    def sweep(self, now: datetime) -> int:
        """Remove what a crash left half-written."""


class LocalBackend:
    """A folder, in 1,024 parts by the first two letters of the name."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: str, data: bytes) -> None:
        """Write to the final name in one step."""
        path = self._path(name)
        make_folder(path.parent)
        write_file(path, [data], sync=False)

    def settle(self, names: Iterable[str]) -> None:
        """Sync each folder once."""
        for folder in {self._path(name).parent for name in names}:
            sync_folder(folder)

    def read(self, name: str) -> bytes:
        """Read it all."""
        return self._path(name).read_bytes()

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Read a part."""
        with self._path(name).open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(length)

    def delete(self, names: Iterable[str]) -> None:
        """Remove what is there."""
        removed = []
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                self._path(name).unlink()
                removed.append(name)
        self.settle(removed)

    def names(self) -> Iterator[str]:
        """Give only what has one of our names."""
        return (path.name for path in self._files() if is_public_id(path.name))

    def count_others(self) -> int:
        """Count files anywhere below the folder, but for those that are being written."""
        found = (Path(top, name) for top, _, names in os.walk(self._root) for name in names)
        return sum(1 for path in found if not path.name.startswith(PARTIAL) and not self._is_ours(path))

    def sweep(self, now: datetime) -> int:
        """Remove files that were still being written an hour ago."""
        before = (now - _ABANDONED).timestamp()
        left = [path for path in self._files() if path.name.startswith(PARTIAL) and path.stat().st_mtime < before]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _files(self) -> Iterator[Path]:
        for folder in sorted(self._root.glob("??")):
            with os.scandir(folder) as entries:
                yield from (Path(entry.path) for entry in entries)

    def _is_ours(self, path: Path) -> bool:
        return is_public_id(path.name) and path == self._path(path.name)

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / name


class ObjectBackend:
    """A bucket, or whatever else obstore speaks; a write is whole or not at all by itself."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def write(self, name: str, data: bytes) -> None:
        """Write to the final name in one step."""
        self._store.put(self._key(name), data)

    def settle(self, names: Iterable[str]) -> None:
        """Do nothing: what a bucket has answered for, it has."""

    def read(self, name: str) -> bytes:
        """Read it all."""
        return bytes(self._store.get(self._key(name)).bytes())

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Read a part."""
        key = self._key(name)
        size = self._store.head(key)["size"]
        end = min(start + length, size)
        return bytes(self._store.get_range(key, start=start, end=end)) if start < end else b""

    def delete(self, names: Iterable[str]) -> None:
        """Remove what is there."""
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                self._store.delete(self._key(name))

    def names(self) -> Iterator[str]:
        """Give only what has one of our names."""
        for page in self._store.list():
            for entry in page:
                name = entry["path"].rpartition("/")[2]
                if is_public_id(name):
                    yield name

    def count_others(self) -> int:
        """Count objects under the prefix."""
        paths = (entry["path"].rpartition("/")[2] for page in self._store.list() for entry in page)
        return sum(1 for name in paths if not is_public_id(name))

    def sweep(self, now: datetime) -> int:  # noqa: ARG002 - one protocol
        """Do nothing: an upload that broke off leaves nothing that has a name."""
        return 0

    @staticmethod
    def _key(name: str) -> str:
        return f"{name[:2]}/{name}"


def backend_for(url: str) -> Backend:
    """Open the place that PINBOARD_MEDIA_URL names: file:///folder or s3://bucket/prefix."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalBackend(Path(url2pathname(parts.path)))
    if parts.scheme == "s3":
        # An optional extra, named in the documentation of the setting.
        from obstore.store import from_url

        return ObjectBackend(from_url(url))
    raise ValueError("media can be kept under file:/// or s3:// only")
