"""The server itself, around a tiny application: it stays reachable, says little, and ends when asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")

SILENT = 150
PROGRAM = """
from pinboard.cli import server_unix
from pinboard.config import load

def app(environ, answer):
    if environ["PATH_INFO"].startswith("/fails"):
        raise ValueError("a-value")
    environ["wsgi.input"].read()
    answer("200 OK", [("Content-Type", "text/plain")])
    return [b"fine"]

server_unix.IDLE_SECONDS = 1
server_unix.Server(load(), lambda: app, lambda app: print("started", flush=True)).run()
"""


class Running:
    """A server in a process of its own, with its log in a file."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.log = folder / "log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PINBOARD_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-c", PROGRAM],
                env=kept | {"PINBOARD_DATA": str(folder), "PINBOARD_PORT": str(self.port), "HOME": str(folder)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 30
        while "started" not in self.log.read_text() and time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()

    def fetch(self, path: str = "/") -> tuple[int, float]:
        """Give status and seconds."""
        start = time.monotonic()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
        return status, time.monotonic() - start

    def connect(self, data: bytes) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        opened.sendall(data)
        return opened

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def server(tmp_path):
    running = Running(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(server, number):
    assert server.fetch()[0] == 200
    assert server.end(number) == 0


def test_half_sent_requests_keep_nobody_out_while_they_last_and_when_they_are_dropped(server):
    halves = [b"GET / HT", b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"]
    silent = [server.connect(halves[index % 2]) for index in range(SILENT)]
    seconds = []
    waiting = list(silent)
    while waiting:
        status, taken = server.fetch()
        assert status == 200
        seconds.append(taken)
        waiting = [one for one in waiting if not _is_dropped(one)]
        assert sum(seconds) < 60
    for one in silent:
        one.close()
    assert max(seconds) < 1


def _is_dropped(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        while one.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def test_the_whole_answer_arrives_although_the_body_was_not_read(server):
    body = b"x" * 300_000
    request = b"PUT /fails HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with server.connect(request + body) as opened:
        said = b"".join(iter(lambda: opened.recv(4096), b""))
    assert said.startswith(b"HTTP/1.1 500")
    assert said.endswith(b"</html>\n")


def test_the_log_names_no_address_no_value_and_nothing_that_was_sent(server):
    assert server.fetch("/fails/a-token?name=a-name")[0] == 500
    with server.connect(b"GET /a-token HTTP/9.9 a-header\r\n\r\n") as opened:
        assert b" 400 " in opened.recv(100)
    assert server.end() == 0
    log = server.log.read_text()
    assert "A request failed: ValueError" in log
    assert 'raise ValueError("a-value")' not in log
    assert [word for word in ("a-token", "a-name", "a-header", "a-value") if word in log] == []


def test_it_opens_no_control_socket(server, tmp_path):
    assert server.fetch()[0] == 200
    assert list(tmp_path.rglob("*.ctl")) == []
