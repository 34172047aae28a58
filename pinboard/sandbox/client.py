"""The web process's end of the fork server: starts it, starts it again when it dies, waits for one child's answer."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinboard.sandbox.answer import Answer, read_answer, reason_for
from pinboard.sandbox.errors import ChildFailed, Reason
from pinboard.sandbox.limits import LIMITS, Kind
from pinboard.sandbox.memfile import MemFile

_ROOT = Path(__file__).resolve().parents[2]
# -I ignores the environment and the working folder, so the place of the package is given here.
_BOOT = "import sys; sys.path.insert(0, sys.argv.pop(1)); from pinboard.sandbox.{0} import main; main(*sys.argv[1:])"
_START_SECONDS = 60
_SEND_SECONDS = 10
_CHUNK = 1 << 20
# After a child's end what it wrote is in the pipe; a server that then says nothing is broken.
_STATUS_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """One job as it crosses to a child."""

    job: str
    kind: Kind
    params: dict[str, Any]
    parts: Sequence[MemFile]
    seconds: float
    foreground: bool = True


def command(entry: str, arguments: Sequence[str]) -> list[str]:
    """Give the command line of a Python that sees neither its environment nor its folder."""
    return [sys.executable, "-I", "-c", _BOOT.format(entry), str(_ROOT), *arguments]


def environment() -> dict[str, str]:
    """Give the environment of every child.

    One BLAS thread, set before the start: each further core costs 40 MB of address space, and a thread that does not
    fit raises KeyboardInterrupt on import.
    """
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT", "PATH") if name in os.environ}
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}


class ForkServer:
    """One process, shared by all threads; sending is under a lock, waiting is not."""

    def __init__(self, jobs: str, folders: Sequence[str] = ()) -> None:
        self._arguments = (jobs, *folders)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """Give the number of the server's process, if it has been started."""
        return self._process.pid if self._process else None

    def run(self, request: Request) -> Answer:
        """Run one job in one child and leave nothing of it behind."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read_end, write_end = os.pipe()
        with ours, contextlib.ExitStack() as stack:
            stack.callback(os.close, read_end)
            try:
                self._send(request, theirs, write_end)
            finally:
                theirs.close()
                os.close(write_end)
            waiting = _Waiting(ours, read_end, time.monotonic() + request.seconds)
            try:
                return read_answer(waiting.take, LIMITS[request.kind].answer)
            finally:
                if not waiting.finish():
                    # The server did not even reap its child: whatever it is doing, it is no server any more.
                    self.close()

    def close(self) -> None:
        """End the server and its children."""
        with self._lock:
            self._stop()

    def forget(self) -> None:
        """After a fork, drop the parent's server without touching it."""
        if self._control is not None:
            self._control.close()
        self._control = self._process = None

    def _send(self, request: Request, status: socket.socket, answer: int) -> None:
        with MemFile(json.dumps(request.params, allow_nan=False).encode()) as params:
            for file in (params, *request.parts):
                file.seal()
            fds = [status.fileno(), answer, params.fileno(), *(part.fileno() for part in request.parts)]
            head = {"job": request.job, "kind": request.kind, "seconds": request.seconds, "descriptors": len(fds)}
            message = json.dumps(head | {"foreground": request.foreground}).encode()
            with self._lock:
                try:
                    socket.send_fds(self._started(), [message], fds)
                except OSError:
                    # It died since the last job, or hangs: a new one takes this job.
                    self._stop()
                    socket.send_fds(self._started(), [message], fds)

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control = self._start()
        return self._control

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # In a session of its own: an interrupt typed at the terminal is for the web process.
            self._process = subprocess.Popen(
                command("server", (str(theirs.fileno()), *self._arguments)),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment(),
                cwd="/",
                start_new_session=True,
            )
        ours.settimeout(_START_SECONDS)
        try:
            is_ready = ours.recv(16) == b"ready"
        except OSError:
            is_ready = False
        if not is_ready:
            ours.close()
            self._stop()
            raise ChildFailed("crash", "Start")
        ours.settimeout(_SEND_SECONDS)
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


class _Waiting:
    """One child as seen from here: its answer's bytes as they come, its end, and its death on leaving."""

    def __init__(self, status: socket.socket, answer: int, deadline: float) -> None:
        self._status = status
        self._answer = answer
        self._deadline = deadline
        self._pidfd: int | None = None
        self._exit: int | None = None
        self._is_over = False
        self._poll = select.poll()
        self._poll.register(answer, select.POLLIN)
        self._poll.register(status, select.POLLIN)

    def finish(self) -> bool:
        """Kill the child if it still runs and wait until the server has reaped it; False if it does not say so."""
        while self._pidfd is None and not self._is_over and self._hear_in_time():
            pass
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
        return self._hear_the_end()

    def take(self, size: int) -> bytes:
        """Give exactly `size` bytes of the answer, or raise why they do not come."""
        chunks: list[bytes] = []
        while size:
            chunk = self._read(min(size, _CHUNK))
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)

    def _read(self, size: int) -> bytes:
        while True:
            events = dict(self._poll.poll(self._milliseconds()))
            if self._answer in events and (data := os.read(self._answer, size)):
                return data
            if self._status.fileno() in events and not self._is_over:
                self._hear()
            elif self._answer in events or self._is_over:
                raise ChildFailed(self._reason())
            elif not events:
                raise ChildFailed("time")

    def _milliseconds(self) -> int:
        return 0 if self._is_over else max(0, round((self._deadline - time.monotonic()) * 1000))

    def _reason(self) -> Reason:
        self._hear_the_end()
        return "crash" if self._exit is None else reason_for(self._exit)

    def _hear_the_end(self) -> bool:
        while not self._is_over and self._hear_in_time():
            pass
        return self._is_over

    def _hear_in_time(self) -> bool:
        self._status.settimeout(_STATUS_SECONDS)
        try:
            self._hear()
        except OSError:
            return False
        return True

    def _hear(self) -> None:
        message, fds, _flags, _address = socket.recv_fds(self._status, 64, 1)
        if fds:
            self._pidfd = fds[0]
        elif message:
            self._exit = int(message)
            self._is_over = True
        else:
            self._is_over = True
