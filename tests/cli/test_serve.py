"""`pinboard serve` as a whole: the first start on an empty folder, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request

import pytest

FIRST_ANSWER_SECONDS = 20


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PINBOARD_")}
    return kept | {"PINBOARD_DATA": str(tmp_path / "instance"), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def command(port):
    return [sys.executable, "-m", "pinboard", "serve", "--port", str(port)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_makes_everything_says_where_to_go_answers_and_ends(environment, port, tmp_path, number):
    start = time.monotonic()
    with (tmp_path / "errors").open("w") as errors:
        process = subprocess.Popen(command(port), env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        assert process.stdout.readline() == f"Pinboard listens at http://127.0.0.1:{port}\n"
        link = process.stdout.readline()
        assert re.fullmatch(rf"Set it up here, once: http://127\.0\.0\.1:{port}/setup\?token=[\w-]+\n", link)
        assert answer(port, start + FIRST_ANSWER_SECONDS) == {"status": "ok"}
        process.send_signal(number)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.stdout.close()
    assert (tmp_path / "errors").read_text() == ""
    made = [path for path in (tmp_path / "instance").rglob("*") if path.is_file()]
    assert made != []
    assert [path.name for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def answer(port, deadline):
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
                return json.load(response)
        except OSError:
            assert time.monotonic() < deadline


def test_a_taken_port_is_one_sentence(environment, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(command(port), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Port {port} at 127.0.0.1 cannot be used. Try another one with --port.\n"
    assert not (tmp_path / "instance").exists()


def test_a_data_folder_that_cannot_be_made_is_one_sentence(environment, port, tmp_path):
    (tmp_path / "instance").write_text("a file")
    done = subprocess.run(command(port), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
