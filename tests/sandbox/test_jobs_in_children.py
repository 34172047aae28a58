"""The real jobs give the same answer confined as free, and no hostile sample does more than be refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pinboard.sandbox import Pool
from tests.samples import ROOT as SAMPLES
from tests.samples import samples
from tests.sandbox.conftest import ROOT, eventually
from tests.sandbox.whole_way import whole_way

FOLDERS = ("photos", "transfer-syntaxes", "ultrasound", "xray-mammo", "documents", "hostile/charsets")
MOST_BYTES = 200_000
FILES = [path for folder in FOLDERS for path in samples(f"{folder}/**/*")]
FILES += [path for folder in ("ct-series", "mr-series") for path in samples(f"{folder}/*/*")[::9]]
GOOD = [str(path) for path in FILES if path.stat().st_size < MOST_BYTES]
HOSTILE = samples("hostile/**/*")

pytestmark = pytest.mark.skipif(not GOOD, reason="samples are not here (PINBOARD_SAMPLES)")


@pytest.fixture(scope="module")
def pool():
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def run(pool):
    from pinboard.sandbox import jobs

    def run(job, parts, params):
        answer = pool.run(job, parts, params, kind="header" if job in jobs.HEADER_JOBS else "pixel")
        return answer.json, answer.parts

    return run


@pytest.fixture(scope="module")
def free():
    """Give what the jobs do in one process without any confinement."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sandbox.whole_way"],
        input=json.dumps(GOOD).encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(done.stdout)


def test_no_job_loads_anything_late(free):
    assert free["late"] == []


def test_a_child_gives_what_a_free_process_gives(free, run):
    confined = {path: whole_way(run, Path(path).read_bytes()) for path in GOOD}
    assert confined == free["outcomes"]
    assert sum(" " not in outcome for outcome in confined.values()) > 50


def test_a_hostile_sample_is_at_most_refused(pool, run):
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    outcomes = {str(path.relative_to(SAMPLES)): whole_way(run, path.read_bytes()) for path in HOSTILE}
    assert len(outcomes) > 50
    assert {name: outcome for name, outcome in outcomes.items() if outcome.startswith("failed")} == {}
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    children = Path(f"/proc/{pool.server_pid}/task/{pool.server_pid}/children")
    eventually(lambda: children.read_text() == "")
    assert pool.budget.used == 0
