"""Threads of the web process take jobs from the queue and end when they are told to."""

import json
import signal
import threading
import time

import pytest
from huey.registry import Message
from sqlalchemy import delete, select

from pinboard.intake import publish
from pinboard.intake.outbox import enqueue
from pinboard.jobs import queue, runner
from pinboard.jobs.kinds import KINDS, SLOW
from pinboard.models import Case, CaseState, Job, JobState
from tests.intake.files import ct


@pytest.fixture
def kinds(monkeypatch):
    """Replace what the jobs do by a note that they ran, and the long waits by short ones."""
    done = threading.Event()
    ran = []

    def work(_stores, ref_id):
        ran.append((ref_id, threading.current_thread().name))
        done.set()

    monkeypatch.setattr(runner, "KINDS", {"count": work, "sweep": lambda *_: None, "sweep-media": lambda *_: None})
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.2)
    return ran, done


@pytest.fixture(autouse=True)
def nothing_waits(stores):
    with stores.writing() as session:
        session.execute(delete(Job))


@pytest.fixture
def embedded(stores):
    """Start what a test asks for and stop it, whatever became of the test."""
    started = []

    def start():
        started.append(runner.start_embedded(stores))
        return started[-1]

    yield start
    for one in started:
        one.stop(5)


def test_a_job_runs_soon_after_its_commit_in_a_thread_of_its_own(stores, kinds, embedded):
    ran, done = kinds
    embedded()
    with stores.writing() as session:
        enqueue(session, "count", 3)
    assert done.wait(5)
    assert ran[0][0] == 3
    assert ran[0][1].startswith("Worker")


def test_slow_jobs_wait_for_one_another_and_hold_nobody_up(stores, embedded, monkeypatch):
    leave, done, ran = threading.Event(), threading.Event(), []

    def slow(_stores, ref_id):
        ran.append((ref_id, threading.current_thread().ident))
        leave.wait(10)

    kinds = {"slow": slow, "quick": lambda *_: done.set(), "sweep": lambda *_: None, "sweep-media": lambda *_: None}
    monkeypatch.setattr(runner, "KINDS", kinds)
    monkeypatch.setattr(runner, "SLOW", {"slow"})
    embedded()
    with stores.writing() as session:
        for ref_id in (1, 2, 3):
            enqueue(session, "slow", ref_id)
    with stores.writing() as session:
        enqueue(session, "quick", 4)
    try:
        assert done.wait(5)
        assert len(ran) <= 1
    finally:
        leave.set()
    assert eventually(lambda: len(ran) == 3)
    assert len({thread for _, thread in ran}) == 1


def test_what_waited_before_the_start_is_found(stores, kinds, embedded):
    ran, done = kinds
    with stores.writing() as session:
        enqueue(session, "count", 4)
    embedded()
    assert done.wait(5)
    assert ran[0][0] == 4


def test_signals_stay_with_the_process(stores, kinds, embedded):
    before = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    embedded()
    assert [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_stop_ends_every_thread_and_waits_for_the_job_under_way(stores, monkeypatch):
    entered, leave, finished = threading.Event(), threading.Event(), []

    def slow(*_):
        entered.set()
        leave.wait(5)
        finished.append(1)

    monkeypatch.setattr(runner, "KINDS", {"count": slow, "sweep": lambda *_: None})
    before = set(threading.enumerate())
    one = runner.start_embedded(stores)
    with stores.writing() as session:
        enqueue(session, "count", 1)
    assert entered.wait(5)
    threading.Timer(0.2, leave.set).start()
    one.stop(5)
    assert finished == [1]
    left = {thread.name for thread in threading.enumerate() if thread not in before}
    assert not left & {"Worker-1", "Worker-2", "Scheduler", "jobs-ticker"}


def test_a_worker_ends_when_it_is_told_to(stores, kinds):
    ran, done = kinds
    stop = threading.Event()
    thread = threading.Thread(target=runner.run_worker, args=[stores], kwargs={"stop": stop})
    thread.start()
    with stores.writing() as session:
        enqueue(session, "count", 8)
    assert done.wait(5)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert ran[0][0] == 8


def test_a_case_is_published_by_the_threads(stores, desk, embedded):
    case = desk.draft()
    desk.upload(case, ct())
    desk.confirm(case)
    desk.fill(case)
    embedded()
    with stores.writing() as session:
        publish.start(session, session.get(Case, case.id), desk.author, keys=desk.stores.keys)
    assert eventually(lambda: desk.fresh(case).state == CaseState.PUBLISHED)
    assert eventually(lambda: state_of(stores, "publish", case.id) == JobState.DONE)


def eventually(question, seconds=15):
    end = time.monotonic() + seconds
    while not question() and time.monotonic() < end:
        threading.Event().wait(0.02)
    return question()


def state_of(stores, kind, ref_id):
    with stores.reading() as session:
        return session.scalar(select(Job.state).where(Job.kind == kind, Job.ref_id == ref_id))


def test_the_queue_holds_json_and_no_pickle(stores):
    serializer = queue.JsonSerializer()
    message = Message("id", "name", None, 0, 0, None, (17,), {})
    written = serializer.serialize(message)
    assert json.loads(written)[6] == [17]
    assert serializer.deserialize(written).args == [17]
    with pytest.raises(TypeError):
        serializer.serialize(Message("id", "name", None, 0, 0, None, (object(),), {}))
    with pytest.raises(ValueError, match=r"."):
        serializer.deserialize(b"\x80\x04K\x01.")


def test_every_kind_that_is_asked_for_is_known():
    asked = {"publish", "delete-media", "load-demo", "mail", "sweep", "sweep-media", "scan", "fingerprint"}
    assert asked | {"arrange", "cover", "forget-words", "mend", "prove"} == set(KINDS)
    assert set(KINDS) > SLOW
