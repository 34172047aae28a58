"""A real server and a real browser for the journeys."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js"
PATIENCE = 60.0  # seconds; a hang fails, a slow machine does not


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@dataclass
class Site:
    """One running Pinboard with its own data folder."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def setup_link(self) -> str:
        """The one-time link that the first start prints."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = re.search(r"https?://\S+/setup\?token=\S+", self.log.read_text())
            if found:
                return found.group()
            time.sleep(0.1)
        raise AssertionError("no set-up link was printed")

    def command(self, *arguments: str, stdin: str = "") -> str:
        """Run `pinboard …` on this site's data."""
        return subprocess.run(
            [sys.executable, "-m", "pinboard", *arguments],
            input=stdin,
            env=environment(self.data),
            capture_output=True,
            text=True,
            check=True,
        ).stdout


def environment(data: Path) -> dict[str, str]:
    """Give the settings of a site that belongs to one test run alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PINBOARD_")}
    return {**kept, "PINBOARD_DATA": str(data)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, **settings: str) -> Site:
    """Start the site as a clinic would and wait until it is healthy."""
    port = free_port()
    data.mkdir(parents=True, exist_ok=True)
    log = data.parent / f"{data.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "pinboard", "serve", "--port", str(port)],
            env={**environment(data), "PYTHONUNBUFFERED": "1", **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    site = Site(f"http://127.0.0.1:{port}", data, process, log)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{site.url}/healthz", timeout=2):  # noqa: S310 - our own
                return site
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                raise AssertionError(f"the server ended: {log.read_text()[-2000:]}") from None
            time.sleep(0.1)
    raise AssertionError("the server never became healthy")


def stop(site: Site) -> None:
    site.process.send_signal(signal.SIGTERM)
    try:
        site.process.wait(20)
    except subprocess.TimeoutExpired:
        site.process.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = start(tmp_path_factory.mktemp("site") / "data")
    yield running
    stop(running)


def violations(page: Page) -> list[str]:
    """List what axe finds on the page as it stands, one line per fault."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep a picture of every open page of a failed journey, where a folder for them is named."""
    report = yield
    folder = os.environ.get("PINBOARD_FAILURES")
    if folder and report.when == "call" and report.failed:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for who, page in getattr(item.funcargs.get("day"), "pages", {}).items():
            page.screenshot(path=Path(folder) / f"{item.name}-{who}.png", full_page=True)
    return report
