from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from pinboard.sandbox import Pool

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def probe():
    """Give a pool whose children do hostile things."""
    pool = Pool("tests.sandbox.probe_jobs", folders=[str(ROOT)])
    pool.run("echo", [], {}, kind="header")
    yield pool
    pool.close()


def eventually(is_so, seconds=10.0):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def is_alive(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
