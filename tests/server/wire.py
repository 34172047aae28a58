"""Requests byte by byte, as no client library would send them, and several at one moment."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit

from tests.server.client import Person
from tests.serving import Site

FORM = {"Content_Type": "multipart/form-data; boundary=edge"}


def raw(site: Site, data: bytes, seconds: float = 10) -> bytes:
    """Send bytes as they are and give what comes back."""
    with socket.create_connection((urlsplit(site.url).hostname, urlsplit(site.url).port), timeout=seconds) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def head(person: Person, method: str, path: str, **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Cookie: {person.cookie}", f"X-CSRFToken: {person.token}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def part(name: str, value: bytes, file: str = "") -> bytes:
    called = f'; filename="{file}"' if file else ""
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"{called}\r\n\r\n'.encode() + value + b"\r\n"


def status_of(answer: bytes) -> int:
    """Give the status; a connection that is closed without a word was refused as well."""
    return int(answer[9:12]) if answer else 400


def at_once(acts):
    """Do several things in as many threads and give what each gave."""
    results = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place):
        gate.wait()
        results[place] = acts[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
