"""Background work: what must happen is a row in the same transaction as why, and threads wait for it."""

from pinboard.intake.outbox import enqueue
from pinboard.jobs.runner import Runner, run_worker, start_embedded, start_sender

__all__ = ["Runner", "enqueue", "run_worker", "start_embedded", "start_sender"]
