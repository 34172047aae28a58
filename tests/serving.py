"""A real server in a process of its own, for the journeys and for tests over HTTP."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0  # seconds; a hang fails, a slow machine does not


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
