"""The fork server starts late, survives its own death by being started again, and never outlives the web process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pinboard import sandbox
from pinboard.sandbox import Busy, ChildFailed, Pool
from tests.sandbox.conftest import ROOT, eventually, is_alive


@pytest.fixture
def own():
    pool = Pool("tests.sandbox.probe_jobs", folders=[str(ROOT)], wait=0.05, in_flight=1000)
    yield pool
    pool.close()


def test_it_starts_with_the_first_job_and_ends_on_close(own):
    assert own.server_pid is None
    own.run("echo", [], {}, kind="header")
    pid = own.server_pid
    assert is_alive(pid)
    own.close()
    assert not is_alive(pid)
    assert own.server_pid is None
    own.run("echo", [], {}, kind="header")
    assert own.server_pid not in {None, pid}


def test_a_dead_server_is_started_again(own):
    own.run("echo", [], {}, kind="header")
    first = own.server_pid
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not is_alive(first))
    assert own.run("echo", [b"x"], {}, kind="header").parts == [b"x"]
    assert own.server_pid != first


def test_the_job_of_a_server_that_dies_is_a_crash_and_its_child_dies_too(own):
    own.run("echo", [], {}, kind="header")
    failure = []

    def hang():
        try:
            own.run("hang", [], {}, kind="header", deadline=30)
        except ChildFailed as error:
            failure.append(error.reason)

    thread = threading.Thread(target=hang)
    thread.start()
    children = Path(f"/proc/{own.server_pid}/task/{own.server_pid}/children")
    eventually(lambda: children.read_text().split())
    (child,) = children.read_text().split()
    os.kill(own.server_pid, signal.SIGKILL)
    thread.join(10)
    assert failure == ["crash"]
    eventually(lambda: not is_alive(child))


def test_a_server_that_hangs_is_replaced(own, monkeypatch):
    monkeypatch.setattr("pinboard.sandbox.client._STATUS_SECONDS", 0.2)
    own.run("echo", [], {}, kind="header")
    first = own.server_pid
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(ChildFailed) as caught:
        own.run("echo", [], {}, kind="header", deadline=0.2)
    assert caught.value.reason == "time"
    assert not is_alive(first)
    assert own.run("echo", [b"x"], {}, kind="header").parts == [b"x"]


def test_a_server_that_cannot_start_says_so():
    pool = Pool("tests.sandbox.no_such_module", folders=[str(ROOT)])
    with pytest.raises(ChildFailed) as caught:
        pool.run("echo", [], {}, kind="header")
    assert (caught.value.reason, caught.value.detail) == ("crash", "Start")


def test_it_goes_when_the_web_process_is_killed():
    program = (
        "import sys, threading; from pinboard.sandbox import Pool;"
        "pool = Pool('tests.sandbox.probe_jobs', folders=[sys.argv[1]]); pool.run('echo', [], {}, kind='header');"
        "threading.Thread(target=pool.run, args=('hang', [], {}), kwargs={'kind': 'header'}, daemon=True).start();"
        "print(pool.server_pid, flush=True); threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(ROOT)], stdout=subprocess.PIPE, text=True) as web:
        server = int(web.stdout.readline())
        children = Path(f"/proc/{server}/task/{server}/children")
        eventually(lambda: children.read_text().split())
        (child,) = children.read_text().split()
        web.kill()
    eventually(lambda: not is_alive(server) and not is_alive(child))


def test_a_thread_that_started_it_may_end(own):
    thread = threading.Thread(target=own.run, args=("echo", [], {}), kwargs={"kind": "header"})
    thread.start()
    thread.join()
    pid = own.server_pid
    own.run("echo", [], {}, kind="header")
    assert own.server_pid == pid


def test_whoever_finds_no_place_is_told_when_to_come_back(own):
    places = own._foreground
    while places.acquire(blocking=False):
        pass
    with pytest.raises(Busy) as caught:
        own.run("echo", [], {}, kind="header")
    assert caught.value.retry_after > 0
    assert own.run("echo", [b"x"], {}, kind="header", foreground=False).parts == [b"x"]


def test_background_jobs_run_one_at_a_time(own):
    own.run("echo", [], {}, kind="header")
    children = Path(f"/proc/{own.server_pid}/task/{own.server_pid}/children")
    seen = set()

    def work():
        with pytest.raises(ChildFailed):
            own.run("hang", [], {}, kind="header", foreground=False, deadline=0.2)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.add(len(children.read_text().split()))
    assert seen == {0, 1}


def test_the_bytes_in_flight_are_bounded(own):
    with own.memfile(b"x" * 900) as file:
        with pytest.raises(Busy):
            file.write(b"x" * 101)
        with pytest.raises(Busy):
            own.run("echo", [b"x" * 101], {}, kind="header")
        assert own.run("echo", [file, b"y" * 100], {}, kind="header").json["sizes"] == [900, 100]
    assert own.budget.used == 0
    with pytest.raises(Busy):
        own.memfile(b"x" * 1001)
    assert own.budget.used == 0


def test_too_many_parts_are_a_mistake_of_ours(own):
    with pytest.raises(ValueError, match="too many parts"):
        own.run("echo", [b""] * 241, {}, kind="header")
    assert len(own.run("echo", [b""] * 240, {}, kind="header").parts) == 240


def test_one_process_has_one_pool_and_a_forked_one_has_its_own():
    program = (
        "import os; from pinboard import sandbox; from pinboard.sandbox import pools as module\n"
        "first = sandbox.pool()\n"
        "assert first is sandbox.pool()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(0 if sandbox.pool() is not first and sandbox.pool().server_pid is None else 1)\n"
        "print(os.waitpid(pid, 0)[1], sandbox.pool() is first)\n"
        "sandbox.close()\n"
        "print(sandbox.pool() is first)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True", "False"]


def test_a_fork_keeps_no_hand_on_the_server_of_its_parent():
    program = (
        "import os, sys; from pinboard.sandbox import Pool, pools as module\n"
        "shared = module._shared\n"
        "shared.pool = Pool('tests.sandbox.probe_jobs', folders=[sys.argv[1]])\n"
        "shared.pool.run('echo', [], {}, kind='header')\n"
        "control = shared.pool._server._control.fileno()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(os.path.exists(f'/proc/self/fd/{control}'))\n"
        "print(os.waitpid(pid, 0)[1], shared.pool.run('echo', [b'x'], {}, kind='header').parts)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(ROOT)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 [b'x']"


def test_asking_for_the_pool_starts_nothing():
    assert sandbox.pool().server_pid is None or is_alive(sandbox.pool().server_pid)


@pytest.mark.parametrize(
    ("job", "reason"), [("segfault", "crash"), ("eat", "memory"), ("hang", "time"), ("recurse", "error")]
)
def test_the_cold_start_answers_alike(job, reason, monkeypatch):
    monkeypatch.setattr("pinboard.sandbox.cold._START_SECONDS", 2)
    pool = Pool("tests.sandbox.probe_jobs", folders=[str(ROOT)], is_cold=True)
    with pytest.raises(ChildFailed) as caught:
        pool.run(job, [b"x"], {}, kind="pixel", deadline=0.1 if job == "hang" else None)
    assert caught.value.reason == reason


def test_the_cold_start_carries_bytes():
    pool = Pool("tests.sandbox.probe_jobs", folders=[str(ROOT)], is_cold=True)
    answer = pool.run("echo", [b"", b"abc" * 100_000], {"a": 1}, kind="header")
    assert answer.parts == [b"", b"abc" * 100_000]
    assert answer.json["params"] == {"a": 1}
    assert pool.server_pid is None
    pool.forget()
    pool.close()
