"""Holds an upload in memory that can be handed to another process without a copy, and is never a file on a disk."""

from __future__ import annotations

import io
import os
import sys
import threading
from types import TracebackType
from typing import Self

from pinboard.sandbox.errors import Busy
from pinboard.sandbox.wire import Buffer

HAS_MEMFD = hasattr(os, "memfd_create")


class Budget:
    """Counts the bytes in flight, so that many large uploads are told to wait instead of filling the memory."""

    def __init__(self, limit: int, retry_after: int = 5) -> None:
        self.limit = limit
        self._retry_after = retry_after
        self._used = 0
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Give the bytes that are taken now."""
        return self._used

    def take(self, size: int) -> None:
        """Reserve, or raise `Busy` at once."""
        with self._lock:
            if self._used + size > self.limit:
                raise Busy(self._retry_after)
            self._used += size

    def give_back(self, size: int) -> None:
        """Release what was taken."""
        with self._lock:
            self._used -= size


class MemFile:
    """Bytes in anonymous memory: written once, in order, then sealed when a child gets them."""

    def __init__(self, data: Buffer = b"", *, budget: Budget | None = None) -> None:
        self._budget = budget
        self._size = 0
        self._closed = False
        if HAS_MEMFD:
            self._fd = os.memfd_create("pinboard", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        else:
            self._bytes = io.BytesIO()
        try:
            self.write(data)
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """Give the number of bytes written so far."""
        return self._size

    @property
    def is_counted(self) -> bool:
        """Tell whether a budget already carries these bytes."""
        return self._budget is not None

    def write(self, data: Buffer) -> int:
        """Append; raises `Busy` when the budget is used up."""
        length = memoryview(data).nbytes
        if self._budget is not None:
            self._budget.take(length)
        self._size += length
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[os.write(self._fd, rest) if HAS_MEMFD else self._bytes.write(rest) :]
        return length

    def read(self) -> bytes:
        """Give everything, without moving the position that other processes share."""
        return read_all(self._fd, self._size) if HAS_MEMFD else self._bytes.getvalue()

    def head(self, length: int) -> bytes:
        """Give the first bytes, for a look at what kind of file this is."""
        return os.pread(self._fd, length, 0) if HAS_MEMFD else self._bytes.getvalue()[:length]

    def fileno(self) -> int:
        """Give the descriptor that can be sent to a child."""
        return self._fd

    def seal(self) -> None:
        """Make the bytes final: from here on no process can change, grow or cut them."""
        if sys.platform == "linux":
            import fcntl

            fcntl.fcntl(self._fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)

    def close(self) -> None:
        """Let go of the memory; more than once does no harm."""
        if self._closed:
            return
        self._closed = True
        if HAS_MEMFD:
            os.close(self._fd)
        else:
            self._bytes.close()
        if self._budget is not None:
            self._budget.give_back(self._size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # An upload that died half-way must not keep its memory until the process ends.
        self.close()


def read_all(fd: int, size: int) -> bytes:
    """Read `size` bytes from the start of a descriptor; one call of the kernel gives at most 2 GB."""
    data = os.pread(fd, size, 0)
    while len(data) < size:
        more = os.pread(fd, size - len(data), len(data))
        if not more:
            break
        data += more
    return data
