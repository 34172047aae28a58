"""Takes from a child what it does not need: files, network, other processes, memory and time beyond its share."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from dataclasses import dataclass

if sys.platform != "win32":
    import resource

# The kernel gave these calls one number on every architecture.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38

# Rights to handle, by the version of Landlock that brought them; handled and granted by no rule means refused.
_FILES = ((1, 0x1FFF), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
_TCP = ((4, 0b11),)
_SCOPES = ((6, 0b11),)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


@dataclass(frozen=True, slots=True)
class Confinement:
    """What this machine enforces for a child, for the self-check."""

    landlock: int
    """Version of Landlock, 0 where the kernel has none."""
    files: bool
    tcp: bool
    signals: bool
    limits: bool
    fork_server: bool


def landlock_version() -> int:
    """Ask the kernel which version of Landlock it has; 0 is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, 0, 1)))


def confinement(*, fork_server: bool) -> Confinement:
    """Report what is enforced here."""
    version = landlock_version()
    return Confinement(
        landlock=version,
        files=version >= 1,
        tcp=version >= 4,
        signals=version >= 6,
        limits=sys.platform != "win32",
        fork_server=fork_server,
    )


def limit(*, memory: int, seconds: float, descriptors: int = 0) -> None:
    """Bound this process for good.

    No core dump and no file of any size may leave it. With `descriptors` at 0 it keeps what is open and can open
    nothing more: no file, no socket of any family, no pipe, with or without Landlock.
    """
    if sys.platform == "win32":
        return
    cpu = max(1, int(seconds) + 1)
    for what, bound in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_NOFILE, descriptors),
    ):
        resource.setrlimit(what, (bound, bound))
    if sys.platform == "linux":
        # Elsewhere the limit on address space is not kept, or kept in a way that stops Python itself.
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def deny_files_and_network() -> None:
    """Refuse every file, TCP connection and signal to others, from here on and for every descendant."""
    version = landlock_version()
    if version == 0:
        return
    rules = _Ruleset(*(sum(bits for since, bits in right if since <= version) for right in (_FILES, _TCP, _SCOPES)))
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    libc = _libc()
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0 or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(_RESTRICT_SELF, ruleset, 0):
        # A kernel that has Landlock and will not apply it must not run the job in the open.
        raise OSError(ctypes.get_errno(), "Landlock could not be applied")
    os.close(ruleset)


def forbid_imports() -> None:
    """Let a late import fail as one that is missing, which libraries expect, not as a descriptor that is."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__module__", "") == "_frozen_importlib"]


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies, and hide its memory from its equals."""
    libc = _libc()
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of whatever a killed child may leave behind, so that it can be reaped."""
    _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def address_space() -> int:
    """Give the bytes of address space this process has now, above which a job's memory counts."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - one line of a file of the kernel
        return int(file.read().split()[0]) * resource.getpagesize()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
