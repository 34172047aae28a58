"""Notes that somebody opened a case, once an hour for each of their sessions, without making the page wait."""

from __future__ import annotations

import atexit
import threading
import time
from collections import OrderedDict

from flask import current_app

from pinboard.audit import Opened, Openings
from pinboard.policy import Reader
from pinboard.web.extensions import stores

HOUR = 3600.0
_MOST_KEPT = 20_000
_guard = threading.Lock()


class Recent:
    """Remembers for an hour which session opened which case; a restart only makes one line more."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, int, str], float] = OrderedDict()

    def is_new(self, key: tuple[str, int, str]) -> bool:
        """Tell whether this was not opened within the hour, and remember it."""
        moment = time.monotonic()
        with _guard:
            if moment - self._seen.get(key, -HOUR) < HOUR:
                return False
            self._seen[key] = moment
            self._seen.move_to_end(key)
            while len(self._seen) > _MOST_KEPT:
                self._seen.popitem(last=False)
            return True


def openings() -> Openings:
    """Give the writer of this application; made at first use, and without a thread of its own in tests."""
    with _guard:
        found: Openings | None = current_app.extensions.get("pinboard-openings")
        if found is None:
            found = Openings(stores().sessions, in_background=not current_app.testing)
            current_app.extensions["pinboard-openings"] = found
            if not current_app.testing:
                atexit.register(found.close)
        return found


def note_opening(case_id: int, reader: Reader, *, seat: str, what: str = "page", device: str = "") -> None:
    """Write down that a reader opened a case; `seat` names the session or the share it was opened with."""
    recent: Recent = current_app.extensions.setdefault("pinboard-recent", Recent())
    if not recent.is_new((seat, case_id, what)):
        return
    openings().note(
        Opened(
            case_id=case_id,
            register=reader.register,
            what=what,
            user_id=reader.user_id,
            share_id=reader.share_id,
            device=device,
        ),
    )


def note_download(case_id: int, reader: Reader, *, device: str = "") -> None:
    """Write down that a reader took files of a case along; each time, because files stay where they were taken."""
    openings().note(
        Opened(
            case_id=case_id,
            register=reader.register,
            what="download",
            user_id=reader.user_id,
            share_id=reader.share_id,
            device=device,
        ),
    )
