"""Each thing that can become of a job has its own answer, and leaves nothing behind."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pinboard.sandbox import Answer, ChildFailed, ChildRefused, MemFile
from tests.sandbox.conftest import eventually, is_alive


def outcome(pool, job, parts=(), params=None, *, kind="pixel", **more):
    """Give an answer, or what was raised as a short text."""
    try:
        return pool.run(job, parts, params or {}, kind=kind, **more)
    except ChildRefused as error:
        return f"refused {error.code}"
    except ChildFailed as error:
        return error.reason


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def descriptors():
    # The listing itself opens one that is gone when it is looked at.
    return sorted((path.name, str(path.readlink())) for path in Path("/proc/self/fd").iterdir() if path.is_symlink())


def test_input_and_answer_cross_unchanged(probe):
    parts = [b"", b"abc", os.urandom(3_000_000)]
    answer = probe.run("echo", parts, {"deep": [1, {"ü": None}]}, kind="header")
    assert answer == Answer({"sizes": [0, 3, 3_000_000], "params": {"deep": [1, {"ü": None}]}}, parts)


def test_a_memfile_crosses_and_stays_the_callers(probe):
    with MemFile() as file:
        file.write(b"one ")
        file.write(b"two")
        assert probe.run("echo", [file], {}, kind="header").parts == [b"one two"]
        assert file.read() == b"one two"
        assert probe.run("echo", [file, file], {}, kind="header").parts == [b"one two"] * 2


def test_what_was_handed_over_cannot_be_changed(probe):
    with MemFile(b"checked") as file:
        probe.run("echo", [file], {}, kind="header")
        with pytest.raises(PermissionError):
            os.pwrite(file.fileno(), b"swapped", 0)
        with pytest.raises(PermissionError):
            os.ftruncate(file.fileno(), 1)


@pytest.mark.parametrize(
    ("job", "params", "expected"),
    [
        ("segfault", {}, "crash"),
        ("abort", {}, "crash"),
        ("leave", {}, "crash"),
        ("eat", {}, "memory"),
        ("recurse", {}, "error"),
        ("pickle_like", {}, "error"),
        ("not_a_number", {}, "error"),
        ("many", {"count": 20_001}, "error"),
        ("no-such-job", {}, "error"),
        ("refuse", {"code": "damaged"}, "refused damaged"),
        ("refuse", {"code": "Doe^Jane"}, "error"),
        ("refuse", {"code": "x" * 41}, "error"),
    ],
)
def test_a_job_that_goes_wrong(probe, job, params, expected):
    assert outcome(probe, job, params=params) == expected


def test_a_failure_names_its_type_and_nothing_of_its_message(probe, capfd):
    with pytest.raises(ChildFailed) as caught:
        probe.run("fail", [], {}, kind="header")
    assert str(caught.value) == f"error ({caught.value.detail})"
    assert caught.value.detail.startswith("ValueError")
    assert "Doe" not in repr(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("job", ["hang", "spin"])
def test_the_deadline_holds_for_whoever_ignores_signals(probe, job):
    start = time.monotonic()
    assert outcome(probe, job, deadline=0.3) == "time"
    assert 0.25 < time.monotonic() - start < 1.5


def test_the_memory_limit_grows_with_the_input(probe):
    assert isinstance(outcome(probe, "big", params={"size": 200 << 20}), Answer)
    assert outcome(probe, "big", params={"size": 1500 << 20}) == "memory"


def test_a_job_runs_in_its_own_kind_of_child_only(probe):
    assert outcome(probe, "segfault", kind="header") == "error"
    assert outcome(probe, "fail", kind="pixel") == "error"


def test_a_child_that_decodes_pixels_gets_no_keys(probe):
    with pytest.raises(ValueError, match="no keys"):
        probe.run("echo", [], {"keys": "00"}, kind="pixel")
    assert probe.run("echo", [], {"keys": "00"}, kind="header").json["params"] == {"keys": "00"}


def test_every_job_has_a_fresh_process(probe):
    found = [probe.run("pid", [], {}, kind="pixel").json for _ in range(3)]
    assert len({one["pid"] for one in found}) == 3
    assert {one["parent"] for one in found} == {probe.server_pid}


def test_twenty_at_once_with_a_crash_and_a_hang(probe):
    jobs = ["echo"] * 18
    jobs.insert(3, "segfault")
    jobs.insert(11, "hang")
    with ThreadPoolExecutor(20) as threads:
        found = list(
            threads.map(lambda job: outcome(probe, job, [job.encode()], deadline=5 if job == "echo" else 1), jobs)
        )
    assert found[3] == "crash"
    assert found[11] == "time"
    assert [one.parts for one in found if isinstance(one, Answer)] == [[b"echo"]] * 18


def test_nothing_is_left_over_whatever_the_outcome(probe):
    before = descriptors()
    server = Path(f"/proc/{probe.server_pid}/fd")
    server_before = len(list(server.iterdir()))
    jobs = ["echo", "segfault", "refuse", "fail", "leave"] * 9 + ["hang", "spin", "eat", "orphan", "no-such-job"]
    for job in jobs:
        outcome(probe, job, [b"x"], {"code": "empty"}, deadline=0.2 if job in {"hang", "spin"} else None)
    assert descriptors() == before
    # The server closes its end of the last job a moment after it has told the end.
    eventually(lambda: len(list(server.iterdir())) == server_before)
    eventually(lambda: children(probe.server_pid) == [])
    assert probe.budget.used == 0


def test_a_process_that_a_child_made_dies_with_it(probe):
    pid = probe.run("orphan", [], {}, kind="pixel").json["pid"]
    eventually(lambda: not is_alive(pid))
    eventually(lambda: probe.run("echo", [], {}, kind="pixel") and not Path(f"/proc/{pid}").exists())
