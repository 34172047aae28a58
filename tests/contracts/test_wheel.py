"""The wheel carries everything, and what it installs runs far from the checkout."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.code import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("PINBOARD_REQUIRE") != "all", reason="builds a wheel and installs it; CI does"),
]


def run(*command: str | Path, **more) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=600, **more).stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    return next(folder.glob("pinboard-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Install the wheel beside nothing of ours and give its program."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "-c", ROOT / "requirements.lock", wheel)
    return python.with_name("pinboard")


@pytest.fixture
def address(installed, tmp_path) -> Iterator[str]:
    """Serve from the installed wheel, in a folder that holds nothing."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PINBOARD_", "PYTHON"))}
    process = subprocess.Popen(
        [installed, "serve", "--port", str(port)], cwd=tmp_path, env=kept, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == f"Pinboard listens at http://127.0.0.1:{port}\n"
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(30) == 0
        process.stdout.close()


def wait_for(url: str) -> None:
    """Ask until the server listens, which is a moment after it says so."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            fetch(url)
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server never listened")


def fetch(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own address
        return answer.status, answer.read().decode()


def test_it_holds_templates_static_files_and_no_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (("templates", "pinboard/_templates"), ("static", "pinboard/_static")):
        ours = [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert ours != []
        assert {f"{inside}/{path.as_posix()}" for path in ours} <= names
    assert [name for name in names if name.startswith("tests/")] == []
    assert "pinboard/py.typed" in names


def test_it_answers_with_pages_and_static_files(address):
    assert fetch(f"{address}/healthz")[0] == 200
    status, page = fetch(f"{address}/login")
    assert status == 200
    styles = re.findall(r'href="(/static/[^"]+\.css[^"]*)"', page)
    assert styles != []
    assert fetch(address + styles[0])[0] == 200
