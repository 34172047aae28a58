"""The fork server: loads the decoders once, then makes one fresh, confined child for each job and outlives none.

It runs in one thread. A request comes as one packet with descriptors: a status socket, the pipe for the answer, the
parameters and the input in sealed memory. The status socket gets the child's pidfd first and its exit status last.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from pinboard.sandbox import child, confine
from pinboard.sandbox.limits import LIMITS
from pinboard.sandbox.memfile import read_all
from pinboard.sandbox.wire import send

MAX_DESCRIPTORS = 250
_CHECK_PARENT_MS = 5000
_MAX_OPEN = 16384
# What nobody waits for takes what the others leave.
_NICE = 10


@dataclass(frozen=True, slots=True)
class _Running:
    pid: int
    status: socket.socket


class Server:
    """Serves the requests of one web process until that process is gone."""

    def __init__(self, control: socket.socket, jobs: child.Jobs) -> None:
        self._control = control
        self._jobs = jobs
        self._running: dict[int, _Running] = {}
        self._parent = os.getppid()
        self._pid = os.getpid()
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._baseline = confine.address_space()

    def serve(self) -> None:
        """Take requests and reap children; a look at the parent covers a socket that some copy keeps open."""
        while os.getppid() == self._parent:
            for fd, _event in self._poll.poll(_CHECK_PARENT_MS):
                if fd in self._running:
                    self._reap(fd)
                elif not self._accept():
                    return
            self._reap_orphans()

    def stop(self) -> None:
        """Leave no child behind."""
        for fd, running in list(self._running.items()):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
            _kill_group(running.pid)

    def _accept(self) -> bool:
        message, fds, _flags, _address = socket.recv_fds(self._control, 4096, MAX_DESCRIPTORS)
        if not message:
            return False
        try:
            request: dict[str, Any] = json.loads(message)
            if len(fds) == request["descriptors"]:
                self._fork(request, fds)
        except OSError:
            # No process or descriptor to be had: the caller sees its status socket close and gives up on this job.
            pass
        finally:
            for fd in fds:
                with contextlib.suppress(OSError):
                    os.close(fd)
        return True

    def _fork(self, request: dict[str, Any], fds: list[int]) -> None:
        pid = os.fork()
        if pid == 0:
            self._be_child(request, fds[1:])
        pidfd = os.pidfd_open(pid)
        status = socket.socket(fileno=os.dup(fds[0]))
        self._running[pidfd] = _Running(pid, status)
        self._poll.register(pidfd, select.POLLIN)
        with contextlib.suppress(OSError):
            socket.send_fds(status, [b"pid"], [pidfd])

    def _reap(self, pidfd: int) -> None:
        running = self._running.pop(pidfd)
        self._poll.unregister(pidfd)
        # The dead leader still holds its group's number, so nobody else can be hit.
        _kill_group(running.pid)
        _pid, code = os.waitpid(running.pid, 0)
        os.close(pidfd)
        with contextlib.suppress(OSError):
            running.status.send(json.dumps(os.waitstatus_to_exitcode(code)).encode())
        running.status.close()

    def _reap_orphans(self) -> None:
        known = {running.pid for running in self._running.values()}
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid not in known:
                os.waitpid(found.si_pid, 0)

    def _be_child(self, request: dict[str, Any], fds: list[int]) -> NoReturn:
        try:
            confine.die_with_parent(self._pid)
            os.setsid()
            if not request.get("foreground", True):
                os.nice(_NICE)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            answer, params, *inputs = fds
            self._keep_only(fds)
            sizes = [os.fstat(fd).st_size for fd in inputs]
            limits = LIMITS[request["kind"]]
            confine.deny_files_and_network()
            confine.forbid_imports()
            confine.limit(memory=self._baseline + limits.memory_for(sum(sizes)), seconds=request["seconds"])

            def load() -> tuple[dict[str, Any], list[bytes]]:
                text = read_all(params, os.fstat(params).st_size)
                return json.loads(text), [read_all(fd, size) for fd, size in zip(inputs, sizes, strict=True)]

            send(lambda data: os.write(answer, data), child.pieces(self._jobs, request, load))
            os._exit(0)
        finally:
            # Whatever went wrong, the server's own code must not run twice.
            os._exit(1)

    def _keep_only(self, keep: list[int]) -> None:
        low = 3
        for fd in sorted(keep):
            os.closerange(low, fd)
            low = fd + 1
        os.closerange(low, os.sysconf("SC_OPEN_MAX"))
        os.dup2(0, 1)
        os.dup2(0, 2)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def main(fd: str, module: str, *folders: str) -> None:
    """Load everything, say so, serve."""
    control = socket.socket(fileno=int(fd))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, _MAX_OPEN) if hard != resource.RLIM_INFINITY else _MAX_OPEN
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    jobs = child.load(module, folders)
    confine.adopt_orphans()
    # Objects that the collector never touches stay shared between all children.
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    server = Server(control, jobs)
    try:
        server.serve()
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
