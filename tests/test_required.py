from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

@pytest.mark.skipif(True, reason="no browser")
def test_browser(): ...

@pytest.mark.postgres
@pytest.mark.skipif(True, reason="no server")
def test_server(): ...

def test_sample():
    pytest.skip("sample x is not here (PINBOARD_SAMPLES)")

def test_fine(): ...
"""


@pytest.mark.parametrize(
    ("environment", "failed"),
    [
        ({}, set()),
        ({"PINBOARD_REQUIRE": "all"}, {"test_browser"}),
        ({"PINBOARD_REQUIRE": "all", "PINBOARD_SAMPLES": "/nowhere"}, {"test_browser", "test_sample"}),
        ({"PINBOARD_REQUIRE": "postgres"}, {"test_server"}),
    ],
)
def test_a_skip_for_something_that_must_be_here_fails(tmp_path, environment, failed):
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = postgres\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PINBOARD_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "tests.fixtures.required", "-c", "pytest.ini", "."],
        cwd=tmp_path,
        env=kept | environment | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert {line.split("::")[1].split(" ")[0] for line in lines} == failed
    assert done.returncode == (1 if failed else 0)
