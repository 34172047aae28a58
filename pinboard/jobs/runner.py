"""Keeps the threads that do background work, in the web process or in a process of their own."""

from __future__ import annotations

import logging
import signal
import threading
import time
from datetime import timedelta
from typing import Any

from huey.consumer import Consumer
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.intake.outbox import enqueue, wake_with
from pinboard.intake.stores import Stores
from pinboard.jobs.kinds import KINDS, SLOW
from pinboard.jobs.queue import SLOW_NAME, make_queue, register
from pinboard.jobs.work import due, free_abandoned, kind_of, run_job
from pinboard.models import Job

WORKERS = 2
SLOW_WORKERS = 1
POLL_SECONDS = 30.0
SWEEP_SECONDS = 300.0
STOP_SECONDS = 20.0

logger = logging.getLogger(__name__)


class _Consumer(Consumer):  # type: ignore[misc] # the library carries no types
    """A consumer that leaves the signals to the process it lives in."""

    def _set_signal_handlers(self) -> None:
        """Take none: the web server's own handlers decide when a process ends."""


class Runner:
    """Threads that wait for jobs; the work itself happens in sandbox children."""

    def __init__(self, stores: Stores, *, is_only: bool) -> None:
        self._stores = stores
        self._is_only = is_only
        self._queue = make_queue(stores.config)
        self._slow_queue = make_queue(stores.config, SLOW_NAME)
        self._send = register(self._queue, self._take)
        self._send_slow = register(self._slow_queue, lambda job_id: run_job(stores, KINDS, job_id))
        self._stop = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="jobs-ticker", daemon=True)
        self._consumers = [
            _Consumer(queue, workers=workers, periodic=False, max_delay=0.5)
            for queue, workers in ((self._queue, WORKERS), (self._slow_queue, SLOW_WORKERS))
        ]

    def start(self) -> None:
        """Take up what is left from before, then wait for more."""
        # Its log lines say nothing that the job rows do not say better.
        logging.getLogger("huey").setLevel(logging.ERROR)
        if self._is_only:
            free_abandoned(self._stores)
        wake_with(self._stores.engine, self._ring)
        for consumer in self._consumers:
            consumer.start()
        self._ticker.start()

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Let the jobs under way finish, within reason; what does not is taken up at the next start."""
        wake_with(self._stores.engine, None)
        self._stop.set()
        for consumer in self._consumers:
            consumer.shutdown_timeout = timeout
            consumer.stop(graceful=True)
        self._ticker.join(timeout)
        for queue in (self._queue, self._slow_queue):
            queue.storage.close()

    def _take(self, job_id: int) -> None:
        """Run a job, or hand one that takes long to the thread that is there for it."""
        if kind_of(self._stores, job_id) in SLOW:
            self._send_slow(job_id)
        else:
            run_job(self._stores, KINDS, job_id)

    def _ring(self, job_id: int) -> None:
        try:
            self._send(job_id)
        except Exception as error:  # noqa: BLE001 - the row is there; the next poll finds it
            logger.warning("the queue did not take job %s: %s", job_id, type(error).__name__)

    def _tick(self) -> None:
        next_sweep = 0.0
        while not self._stop.is_set():
            try:
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                    self._ask_for_rounds()
                self._poll()
            except Exception as error:  # noqa: BLE001 - a database that is away comes back
                logger.warning("the outbox could not be read: %s", type(error).__name__)
            self._stop.wait(POLL_SECONDS)

    def _ask_for_rounds(self) -> None:
        with self._stores.writing() as session:
            enqueue(session, "sweep", 0)
            if not _was_asked(session, "sweep-media"):
                enqueue(session, "sweep-media", 0, clock.now() + timedelta(days=1))
            if self._stores.config.demo and not _was_asked(session, "load-demo"):
                enqueue(session, "load-demo", 0)

    def _poll(self) -> None:
        with self._stores.reading() as session:
            waiting = due(session)
        for job_id in waiting:
            self._ring(job_id)


def _was_asked(session: Session, kind: str) -> bool:
    return session.scalar(select(Job.id).where(Job.kind == kind)) is not None


def start_embedded(stores: Stores) -> Runner:
    """Run jobs in threads of this process; on SQLite it is the only one that does."""
    runner = Runner(stores, is_only=stores.config.is_sqlite)
    runner.start()
    return runner


def start_sender(stores: Stores) -> None:
    """Only ring the bell of workers that run elsewhere."""
    queue = make_queue(stores.config)
    send = register(queue, _nothing)
    wake_with(stores.engine, lambda job_id: _quietly(send, job_id))


def run_worker(stores: Stores, *, stop: threading.Event | None = None) -> None:
    """Run jobs until a signal asks this process to end."""
    ended = stop or threading.Event()
    if stop is None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: ended.set())
    runner = start_embedded(stores)
    try:
        ended.wait()
    finally:
        runner.stop()


def _nothing(_job_id: int) -> None:
    """Stand for the task in a process that never runs it."""


def _quietly(send: Any, job_id: int) -> None:
    try:
        send(job_id)
    except Exception as error:  # noqa: BLE001 - the row is there; a worker's poll finds it
        logger.warning("the queue did not take job %s: %s", job_id, type(error).__name__)
