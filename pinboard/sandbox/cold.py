"""Runs one job in one new process: where the kernel offers neither memfd nor pidfd, and for the networks everywhere."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from pinboard.sandbox.answer import Answer, read_answer, reason_for
from pinboard.sandbox.child import load, pieces
from pinboard.sandbox.client import Request, command, environment
from pinboard.sandbox.confine import address_space, deny_files_and_network, forbid_imports, limit
from pinboard.sandbox.errors import ChildFailed
from pinboard.sandbox.limits import LIMITS
from pinboard.sandbox.wire import frame, send, unframe

_START_SECONDS = 15
_UNBOUNDED = 1 << 62


class ColdStart:
    """Has the face of the fork server and pays half a second for each job."""

    pid = None

    def __init__(self, jobs: str, folders: Sequence[str] = (), *, entry: str = "cold") -> None:
        self._arguments = (jobs, *folders)
        self._entry = entry

    def run(self, request: Request) -> Answer:
        """Run one job and wait for it."""
        head = {"job": request.job, "kind": request.kind, "seconds": request.seconds, "params": request.params}
        message = b"".join(frame(head, [part.read() for part in request.parts]))
        try:
            done = subprocess.run(
                command(self._entry, self._arguments),
                input=message,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                timeout=request.seconds + _START_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ChildFailed("time") from error
        answer = io.BytesIO(done.stdout)

        def take(size: int) -> bytes:
            data = answer.read(size)
            if len(data) < size:
                raise ChildFailed(reason_for(done.returncode))
            return data

        return read_answer(take, LIMITS[request.kind].answer)

    def close(self) -> None:
        """Nothing stays between jobs."""

    def forget(self) -> None:
        """Nothing is shared over a fork."""


def main(module: str, *folders: str) -> None:
    """Read a request from the standard input, run it confined, write the answer to the standard output."""
    request, parts = unframe(sys.stdin.buffer.read, _UNBOUNDED)
    jobs = load(module, folders)
    params: dict[str, Any] = request["params"]
    confine_to(request, parts)
    send(sys.stdout.buffer.write, pieces(jobs, request, lambda: (params, parts)))
    sys.stdout.buffer.flush()


def confine_to(request: dict[str, Any], parts: Sequence[bytes], *, without_files: bool = False) -> None:
    """Take from this process everything that its job does not need."""
    memory = address_space() + LIMITS[request["kind"]].memory_for(sum(map(len, parts)))
    if without_files:
        deny_files_and_network()
    forbid_imports()
    limit(memory=memory, seconds=request["seconds"])
