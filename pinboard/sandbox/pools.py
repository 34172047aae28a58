"""Where every parse of untrusted bytes goes: bounded in number, in bytes and in time."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from pinboard.sandbox.answer import Answer
from pinboard.sandbox.client import ForkServer, Request
from pinboard.sandbox.cold import ColdStart
from pinboard.sandbox.confine import Confinement
from pinboard.sandbox.confine import confinement as denied
from pinboard.sandbox.errors import Busy
from pinboard.sandbox.limits import IN_FLIGHT, LIMITS, Kind
from pinboard.sandbox.memfile import HAS_MEMFD, Budget, MemFile
from pinboard.sandbox.wire import Buffer

JOBS_MODULE = "pinboard.sandbox.jobs"
VISION_MODULE = "pinboard.sandbox.looking"
# Together with status, answer and parameters they travel in one packet, which the kernel bounds at 253 descriptors.
_MAX_PARTS = 240
_FOREGROUND_WAIT = 20.0
_RETRY_AFTER = 5


def has_fork_server() -> bool:
    """Tell whether this kernel can pass memory and processes by descriptor."""
    if sys.platform != "linux" or not HAS_MEMFD:
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


class Pool:
    """Runs jobs for many threads; someone who waits at a screen never queues behind background work."""

    def __init__(
        self,
        jobs: str = JOBS_MODULE,
        *,
        vision: str = VISION_MODULE,
        folders: Sequence[str] = (),
        in_flight: int = IN_FLIGHT,
        is_cold: bool | None = None,
        wait: float = _FOREGROUND_WAIT,
    ) -> None:
        is_cold = not has_fork_server() if is_cold is None else is_cold
        self._server = ColdStart(jobs, folders) if is_cold else ForkServer(jobs, folders)
        self._vision = ColdStart(vision, folders, entry="vision")
        self._wait = wait
        self._foreground = threading.BoundedSemaphore(max(2, cores()))
        self._background = threading.BoundedSemaphore(1)
        # A place of its own: publishing does not wait for the networks, and no two of them share the memory.
        self._looking = threading.BoundedSemaphore(1)
        self.budget = Budget(in_flight, _RETRY_AFTER)

    @property
    def server_pid(self) -> int | None:
        """Give the number of the fork server's process, if it runs."""
        return self._server.pid

    def memfile(self, data: Buffer = b"") -> MemFile:
        """Open memory for an upload; what is written counts against the pool's budget until it is closed."""
        return MemFile(data, budget=self.budget)

    def run(
        self,
        job: str,
        parts: Sequence[Buffer | MemFile],
        params: dict[str, Any],
        *,
        kind: Kind,
        foreground: bool = True,
        deadline: float | None = None,
    ) -> Answer:
        """Run one job in a child of its own.

        Raises `ChildRefused`, `ChildFailed` or `Busy`. A `MemFile` is sealed by being handed over and stays the
        caller's to close.
        """
        if kind == "pixel" and "keys" in params:
            raise ValueError("a child that decodes pixels gets no keys")
        if len(parts) > _MAX_PARTS:
            raise ValueError("too many parts for one job")
        with contextlib.ExitStack() as stack:
            files = [part if isinstance(part, MemFile) else stack.enter_context(self.memfile(part)) for part in parts]
            seconds = LIMITS[kind].deadline if deadline is None else deadline
            stack.enter_context(self._place(kind, foreground=foreground))
            server = self._vision if kind == "vision" else self._server
            return server.run(Request(job, kind, params, files, seconds, foreground))

    def close(self) -> None:
        """End the fork server; the next job would start another."""
        self._server.close()

    def forget(self) -> None:
        """Let go of what belongs to the process that this one was forked from."""
        self._server.forget()

    @contextlib.contextmanager
    def _place(self, kind: Kind, *, foreground: bool) -> Iterator[None]:
        places = self._looking if kind == "vision" else self._foreground if foreground else self._background
        if not places.acquire(timeout=self._wait if foreground else None):
            raise Busy(_RETRY_AFTER)
        try:
            yield
        finally:
            places.release()


class _Shared:
    """The pool of this process, made when first asked for."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pool: Pool | None = None

    def after_fork(self) -> None:
        """Let a forked process start its own server; the lock may have been held by a thread that is not here."""
        self.lock = threading.Lock()
        if self.pool is not None:
            self.pool.forget()
            self.pool = None


_shared = _Shared()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_shared.after_fork)


def pool() -> Pool:
    """Give the pool of this process; its fork server starts with the first job."""
    with _shared.lock:
        if _shared.pool is None:
            _shared.pool = Pool()
        return _shared.pool


def close() -> None:
    """End this process's fork server, if there is one."""
    with _shared.lock:
        if _shared.pool is not None:
            _shared.pool.close()
            _shared.pool = None


atexit.register(close)


def cores() -> int:
    """Give the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def confinement() -> Confinement:
    """Report what a child is denied on this machine."""
    return denied(fork_server=has_fork_server())
