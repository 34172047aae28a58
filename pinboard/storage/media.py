"""The store of what has been reviewed and published; its types let nothing else in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pinboard.custody import FramePack, Rendition
from pinboard.ids import is_public_id
from pinboard.storage.backends import Backend, backend_for


class MediaError(Exception):
    """Bytes that cannot be had: missing, range, bad-name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Stored:
    """What the row of a stored object needs to say about its bytes."""

    object_name: str
    receipt_id: int
    size: int
    sha256: str


class Batch:
    """Several objects of one receipt, which become durable together."""

    def __init__(self, backend: Backend, receipt_id: int) -> None:
        self._backend = backend
        self._receipt_id = receipt_id
        self.stored: list[Stored] = []

    def put(self, thing: Rendition | FramePack) -> Stored:
        """Write one object under its random name."""
        if not isinstance(thing, Rendition | FramePack):
            raise TypeError("only what was made from a reviewed picture may be stored")
        self._backend.write(_checked(thing.name), thing.data)
        digest = hashlib.sha256(thing.data).hexdigest()
        self.stored.append(Stored(thing.name, self._receipt_id, len(thing.data), digest))
        return self.stored[-1]


class Media:
    """Bytes under random names; who may have them is decided by the rows that name them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the place that PINBOARD_MEDIA_URL names."""
        return cls(backend_for(url))

    @contextmanager
    def batch(self, receipt_id: int) -> Iterator[Batch]:
        """Write several objects; when the block ends they are durable, when it fails they are gone."""
        if type(receipt_id) is not int:
            raise TypeError("nothing is stored without a receipt")
        batch = Batch(self._backend, receipt_id)
        try:
            yield batch
            self._backend.settle(stored.object_name for stored in batch.stored)
        except BaseException:
            self._backend.delete(stored.object_name for stored in batch.stored)
            raise

    def put(self, thing: Rendition | FramePack, receipt_id: int) -> Stored:
        """Write one object, durable on return."""
        with self.batch(receipt_id) as batch:
            return batch.put(thing)

    def put_many(self, things: Iterable[Rendition | FramePack], receipt_id: int) -> list[Stored]:
        """Write several objects, durable on return, or none."""
        with self.batch(receipt_id) as batch:
            for thing in things:
                batch.put(thing)
        return batch.stored

    def read(self, name: str) -> bytes:
        """Give all bytes of an object."""
        try:
            return self._backend.read(_checked(name))
        except FileNotFoundError as error:
            raise MediaError("missing") from error

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Give exactly these bytes of an object, such as one frame of a pack."""
        if start < 0 or length < 1:
            raise MediaError("range")
        try:
            data = self._backend.read_range(_checked(name), start, length)
        except FileNotFoundError as error:
            raise MediaError("missing") from error
        if len(data) != length:
            raise MediaError("range")
        return data

    def delete(self, names: Iterable[str]) -> None:
        """Remove objects; one that is not there does no harm."""
        self._backend.delete([_checked(name) for name in names])

    def names(self) -> Iterator[str]:
        """Give the name of every object, for sweeps and for proof."""
        return self._backend.names()

    def count_others(self) -> int:
        """Count what lies in the store under names that Pinboard never gives."""
        return self._backend.count_others()

    def sweep(self, now: datetime) -> int:
        """Remove what a crash left half-written."""
        return self._backend.sweep(now)


def _checked(name: str) -> str:
    if not is_public_id(name):
        raise MediaError("bad-name")
    return name
