"""What can be seen of a running server from outside: its processes, their memory, its rows and its files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.serving import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.serving import Site


def children(pid: int) -> list[int]:
    """List the direct children of a process, zombies too."""
    numbers = [folder.name for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return [int(number) for number in numbers if _stat(number)[1] == pid]


def tree(pid: int) -> list[int]:
    """List a process and everything below it."""
    return [pid, *(below for child in children(pid) for below in tree(child))]


def is_gone(pid: int) -> bool:
    return _stat(pid)[0] in {"", "Z", "X"}


def _stat(pid: int | str) -> tuple[str, int]:
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return "", 0
    return state, int(parent)


def web_process(site: Site) -> int:
    """Give the process that answers: gunicorn's one worker."""
    (worker,) = children(site.process.pid)
    return worker


def fork_server(site: Site) -> int:
    """Give the process that makes the children for untrusted bytes; it starts with the first file."""
    # A scan that was asked for by a file has a process of its own beside it, for as long as it takes.
    (server,) = (pid for pid in children(web_process(site)) if b"pinboard.sandbox.server" in _command(pid))
    return server


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def memory_files(pid: int) -> list[str]:
    """List the anonymous files that a process holds open."""
    found = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith("/memfd:"):
            found.append(target)
    return found


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def left_over(site: Site) -> list[object]:
    """List children and memory that outlived their request."""
    web, server = web_process(site), fork_server(site)
    return [*children(server), *memory_files(web), *memory_files(server)]


def kill_all(site: Site) -> None:
    """End every process of a server at one moment, as a power cut would."""
    pids = tree(site.process.pid)
    # Stopped first, so that no process notices the end of another.
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            # A child may end by itself between the list and the signal.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
    site.process.wait()
    until(lambda: all(is_gone(pid) for pid in pids))


def until(is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something that happens by itself."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def rows(site: Site, statement: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{site.data}/pinboard.sqlite?mode=ro", uri=True)) as database:
        return database.execute(statement, values).fetchall()


def stored(site: Site) -> tuple[int, set[str]]:
    """Give how many images there are, and the names of all files of vault and media store but the wrapping keys."""
    folders = [site.data / "vault" / "blobs", site.data / "vault" / "keys", site.data / "media"]
    files = {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}
    return rows(site, "SELECT count(*) FROM instance")[0][0], files


def holds(folder: Path, word: bytes) -> list[Path]:
    """List the files that hold a word, in plain or in UTF-16, and those that are called by it."""
    forms = [word, word.decode().encode("utf-16-le"), word.decode().encode("utf-16-be")]
    found = []
    for path in [folder, *folder.rglob("*")]:
        data = path.read_bytes() if path.is_file() else b""
        if any(form in data for form in forms) or word in os.fsencode(path.name):
            found.append(path)
    return found


def objects(site: Site) -> dict[str, str]:
    """Give every object of the media store by name, with the digest of its bytes; a half-written one is none yet."""
    files = [path for path in (site.data / "media").rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def change(site: Site, statement: str, *values: object) -> None:
    """Change rows behind the server's back, as time would."""
    with closing(sqlite3.connect(site.data / "pinboard.sqlite", timeout=30)) as database, database:
        assert database.execute(statement, values).rowcount == 1


def comments(site: Site) -> int:
    return rows(site, "SELECT count(*) FROM comment")[0][0]
