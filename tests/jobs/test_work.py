"""A job runs once, by one worker, and again with patience when it failed."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from pinboard import clock
from pinboard.intake.outbox import enqueue, wake_with
from pinboard.jobs import work
from pinboard.models import Job, JobState
from pinboard.models.engine import writing


@pytest.fixture(autouse=True)
def nothing_waits(stores):
    with stores.writing() as session:
        session.execute(delete(Job))


def ask(stores, kind="count", ref_id=1, **more):
    with stores.writing() as session:
        return enqueue(session, kind, ref_id, **more).id


def job(stores, job_id):
    with stores.reading() as session:
        return session.get(Job, job_id)


def at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_job_runs_once(stores):
    ran = []
    job_id = ask(stores)
    for _ in range(3):
        work.run_job(stores, {"count": lambda _stores, ref_id: ran.append(ref_id)}, job_id)
    assert ran == [1]
    assert (job(stores, job_id).state, job(stores, job_id).attempts) == (JobState.DONE, 1)


def test_many_workers_run_it_once(stores):
    ran, gate = [], threading.Barrier(6)
    job_id = ask(stores)

    def worker():
        gate.wait()
        work.run_job(stores, {"count": lambda *_: ran.append(1)}, job_id)

    threads = [threading.Thread(target=worker) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == [1]


def test_a_failed_job_is_tried_three_times_with_pauses_that_grow(stores, monkeypatch, caplog):
    def fail(*_):
        raise ValueError("the name of a patient")

    start = clock.now()
    job_id = ask(stores)
    pauses = []
    for _ in range(3):
        work.run_job(stores, {"count": fail}, job_id)
        row = job(stores, job_id)
        pauses.append(row.run_after - clock.now())
        at(monkeypatch, row.run_after)
    assert [round(pause.total_seconds()) for pause in pauses] == [20, 80, 320]
    assert (row.state, row.error, row.attempts) == (JobState.FAILED, "ValueError", 3)
    assert "patient" not in caplog.text
    work.run_job(stores, {"count": fail}, job_id)
    assert job(stores, job_id).attempts == 3
    assert clock.now() > start


def test_a_job_does_not_run_before_its_time(stores, monkeypatch):
    ran = []
    job_id = ask(stores, run_after=clock.now() + timedelta(minutes=5))
    kinds = {"count": lambda *_: ran.append(1)}
    work.run_job(stores, kinds, job_id)
    with stores.reading() as session:
        assert work.due(session) == []
    assert ran == []
    at(monkeypatch, clock.now() + timedelta(minutes=6))
    with stores.reading() as session:
        assert work.due(session) == [job_id]
    work.run_job(stores, kinds, job_id)
    assert ran == [1]


def test_a_job_whose_worker_died_is_taken_up(stores, monkeypatch):
    job_id = ask(stores)
    with pytest.raises(KeyboardInterrupt):
        work.run_job(stores, {"count": die}, job_id)
    ran = []
    kinds = {"count": lambda *_: ran.append(1)}
    work.run_job(stores, kinds, job_id)
    assert ran == []
    at(monkeypatch, clock.now() + work.LEASE + timedelta(seconds=1))
    with stores.reading() as session:
        assert work.due(session) == [job_id]
    work.run_job(stores, kinds, job_id)
    assert ran == [1]


def die(*_):
    raise KeyboardInterrupt


def test_the_only_process_takes_up_at_once_what_it_left(stores):
    job_id = ask(stores)
    with pytest.raises(KeyboardInterrupt):
        work.run_job(stores, {"count": die}, job_id)
    work.free_abandoned(stores)
    ran = []
    work.run_job(stores, {"count": lambda *_: ran.append(1)}, job_id)
    assert ran == [1]


def test_what_is_asked_for_while_it_runs_runs_again(stores):
    ran = []

    def more(_stores, _ref_id):
        ran.append(1)
        if len(ran) == 1:
            ask(stores)

    job_id = ask(stores)
    work.run_job(stores, {"count": more}, job_id)
    assert job(stores, job_id).state == JobState.WAITING
    work.run_job(stores, {"count": more}, job_id)
    assert (len(ran), job(stores, job_id).state) == (2, JobState.DONE)


def test_asking_twice_is_one_row_at_the_earlier_time(stores):
    later, sooner = clock.now() + timedelta(hours=2), clock.now() + timedelta(hours=1)
    first = ask(stores, run_after=sooner)
    assert ask(stores, run_after=later) == first
    assert job(stores, first).run_after == sooner
    assert ask(stores, ref_id=2) != first


def test_workers_hear_of_a_job_when_it_is_committed_and_not_before(stores):
    heard = []
    wake_with(stores.engine, heard.append)
    try:
        with stores.writing() as session:
            job_id = enqueue(session, "count", 5).id
            assert heard == []
        assert heard == [job_id]
        with stores.sessions() as session:
            writing(session)
            enqueue(session, "count", 6)
            session.rollback()
            session.commit()
        with stores.writing() as session:
            enqueue(session, "count", 7, clock.now() + timedelta(hours=1))
        with stores.writing() as session, session.begin_nested():
            inner = enqueue(session, "count", 8).id
        assert heard == [job_id, inner]
    finally:
        wake_with(stores.engine, None)
    with stores.reading() as session:
        assert session.scalars(select(Job.ref_id).order_by(Job.ref_id)).all() == [5, 7, 8]


def test_a_second_form_of_the_engine_wakes_the_same_workers(stores):
    heard = []
    wake_with(stores.engine, heard.append)
    try:
        form = stores.engine.execution_options(write=True)
        with stores.sessions(bind=form) as session:
            job_id = enqueue(session, "count", 9).id
            session.commit()
    finally:
        wake_with(stores.engine, None)
    assert heard == [job_id]
