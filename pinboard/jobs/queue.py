"""Chooses where the queue lives and what may travel in it: JSON numbers, because a pickle in a queue is a command."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from pinboard.config import Config

NAME = "pinboard"
SLOW_NAME = "pinboard-slow"
TASK = "run_job"


class JsonSerializer(Serializer):  # type: ignore[misc] # the library carries no types
    """Writes a message as a JSON list and reads nothing else."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes | memoryview) -> Message:
        return Message(*json.loads(bytes(data)))


def make_queue(config: Config, name: str = NAME) -> Huey:
    """Open the queue that the settings name: Redis, else PostgreSQL beside the tables, else a file of its own."""
    common: dict[str, Any] = {"results": False, "utc": True, "serializer": JsonSerializer()}
    if config.redis_url:
        return RedisHuey(name, url=config.redis_url, **common)
    if config.is_sqlite:
        # The outbox is what must survive a power cut; the queue is only a bell.
        return SqliteHuey(name, filename=str(config.jobs_path), journal_mode="wal", fsync=False, **common)
    dsn = config.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    # Waiting for a notice would hold one more connection for each thread, which the library never closes.
    return PostgresHuey(name, dsn=dsn, blocking=False, **common)


def register(queue: Huey, function: Callable[[int], None]) -> Callable[[int], Any]:
    """Make the one task; calling what comes back puts a job's number into the queue."""

    def run_job(job_id: int) -> None:
        function(job_id)

    return queue.task(name=TASK)(run_job)  # type: ignore[no-any-return]
