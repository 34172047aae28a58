"""Writes down who opened what, in batches: a page or picture is answered at once, its line follows 250 ms later."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.audit.chain import append_openings
from pinboard.models import Share
from pinboard.models.engine import writing

EVERY = 0.25
_MOST_WAITING = 10_000
_log = logging.getLogger(__name__)


def _now() -> datetime:
    return clock.now()


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening: a case, by a member or the holder of a share, in which register and on what kind of device."""

    case_id: int
    register: str
    what: str = "page"
    """page, picture, download."""
    user_id: int | None = None
    share_id: int | None = None
    device: str = ""
    at: datetime = field(default_factory=_now)


class Openings:
    """Takes openings from any thread and writes each batch in one transaction of its own."""

    def __init__(self, sessions: Callable[[], Session], *, every: float = EVERY, in_background: bool = True) -> None:
        self._sessions = sessions
        self._every = every
        self._in_background = in_background
        self._waiting: list[Opened] = []
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, opened: Opened) -> None:
        """Take one opening; where too many wait, because the disk is full, the caller writes and learns why."""
        with self._guard:
            self._waiting.append(opened)
            is_crowded = len(self._waiting) > _MOST_WAITING
            if self._thread is None and self._in_background and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="openings", daemon=True)
                self._thread.start()
        if is_crowded:
            self.flush()

    def flush(self) -> None:
        """Write what waits, now; what cannot be written waits on."""
        with self._writing:
            with self._guard:
                batch, self._waiting = self._waiting, []
            try:
                self._write(batch)
            except BaseException:
                with self._guard:
                    self._waiting = batch + self._waiting
                raise

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._closed.wait(self._every):
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001 - the next round tries again, and a dead thread would not
                _log.warning("openings wait: %s", type(error).__name__)

    def _write(self, batch: list[Opened]) -> None:
        if not batch:
            return
        with self._sessions() as session:
            writing(session)
            append_openings(session, [asdict(opened) for opened in batch])
            for opened in batch:
                if opened.share_id is not None and opened.what == "page":
                    _count(session, opened)
            session.commit()


def _count(session: Session, opened: Opened) -> None:
    """Keep the last opening and the number of them beside the share; core, as no reader depends on either."""
    table = Share.__table__
    session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == opened.share_id)
        .values(opened_at=opened.at, open_count=table.c.open_count + 1)
    )
