"""Jobs that do what a hostile file might make a decoder do."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
from pathlib import Path


class Refused(Exception):  # noqa: N818
    def __init__(self, code):
        super().__init__("Doe^Jane 1931-02-03")
        self.code = code


def echo(parts, params):
    return {"sizes": [len(part) for part in parts], "params": params}, parts


def pid(parts, params):
    return {"pid": os.getpid(), "parent": os.getppid()}, []


def refuse(parts, params):
    raise Refused(params["code"])


def fail(parts, params):
    print("Doe^Jane", flush=True)  # noqa: T201
    print("Doe^Jane", file=sys.stderr, flush=True)  # noqa: T201
    raise ValueError("Doe^Jane 1931-02-03")


def segfault(parts, params):
    ctypes.string_at(0)


def abort(parts, params):
    os.abort()


def leave(parts, params):
    os._exit(0)


def hang(parts, params):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(600)


def spin(parts, params):
    while True:
        pass


def eat(parts, params):
    kept = []
    while True:
        kept.append(bytearray(16 << 20))


def recurse(parts, params):
    return recurse(parts, params)


def big(parts, params):
    return {}, [bytes(params["size"])]


def many(parts, params):
    return {}, [b"x"] * params["count"]


def pickle_like(parts, params):
    return {"value": b"not JSON"}, []


def not_a_number(parts, params):
    return {"value": float("nan")}, []


def raw(parts, params):
    """Write any bytes as the answer, as a child that has been taken over would."""
    target = max(int(name) for name in range(3, 64) if _is_open(name))
    data = bytes(parts[0])
    while data:
        data = data[os.write(target, data) :]
    if params.get("hang"):
        time.sleep(600)
    os._exit(0)


def _is_open(fd):
    try:
        return os.fstat(fd).st_mode & 0o170000 == 0o010000
    except OSError:
        return False


def orphan(parts, params):
    child = os.fork()
    if child == 0:
        time.sleep(600)
    return {"pid": child}, []


def _attempt(action):
    try:
        action()
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    return "done"


def reach(parts, params):
    """Try everything that could carry bytes out."""
    port = params["port"]

    def udp():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(b"x", ("127.0.0.1", port))

    def write_memfd():
        os.write(os.memfd_create("x"), parts[0])

    return {
        "read": _attempt(lambda: Path("/etc/passwd").read_bytes()),
        "write": _attempt(lambda: Path(params["path"]).write_bytes(parts[0])),
        "list": _attempt(lambda: list(Path("/").iterdir())),
        "tcp": _attempt(lambda: socket.create_connection(("127.0.0.1", port), 1)),
        "udp": _attempt(udp),
        "exec": _attempt(lambda: os.execv("/bin/true", ["/bin/true"])),  # noqa: S606
        "memfd": _attempt(write_memfd),
        "pipe": _attempt(os.pipe),
        "mkdir": _attempt(lambda: Path(params["path"]).mkdir()),
        "unlink": _attempt(lambda: Path(params["victim"]).unlink()),
        "signal": _attempt(lambda: os.kill(params["pid"], signal.SIGTERM)),
        "import": _attempt(lambda: __import__("tabnanny")),
        "environment": sorted(os.environ),
    }, []


JOBS = {
    name: value
    for name, value in list(globals().items())
    if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == __name__
}
HEADER_JOBS = frozenset({"echo", "hang", "fail", "eat"})
PIXEL_JOBS = frozenset(JOBS) - {"fail"}
