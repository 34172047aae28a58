"""Remembers how far each archive that streams from this process is, for the page that shows it; nothing depends on it.

Behind several processes the page may ask another one than streams; it then leaves the showing to the browser.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pinboard.ids import is_public_id

AT_ONCE = 4
"""Archives that stream from one process at a time; each holds one image in memory and a thread."""
_MOST_KEPT = 500


@dataclass(slots=True)
class Way:
    """How far one archive is."""

    total: int
    sent: int = 0
    state: str = "under-way"
    """under-way, done or broken."""


class Streams:
    """Counts what streams now, bounds it, and keeps how far each is under the ticket of its page."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._guard = threading.Lock()
        self._ways: OrderedDict[tuple[int, str], Way] = OrderedDict()

    def take_place(self) -> Callable[[], None] | None:
        """Take one of the places, or none; what comes back gives it back, however often it is called."""
        if not self._places.acquire(blocking=False):
            return None
        held = [self._places]
        return lambda: held.pop().release() if held else None

    def begin(self, case_id: int, ticket: str, total: int) -> Way:
        """Count a stream; one without a proper ticket is counted for nobody."""
        way = Way(total)
        if is_public_id(ticket):
            with self._guard:
                self._ways[(case_id, ticket)] = way
                while len(self._ways) > _MOST_KEPT:
                    self._ways.popitem(last=False)
        return way

    def find(self, case_id: int, ticket: str) -> Way | None:
        """Give how far a stream is."""
        with self._guard:
            return self._ways.get((case_id, ticket))


def counted(way: Way, stream: Iterator[bytes], leave: Callable[[], None]) -> Iterator[bytes]:
    """Let a stream through and count it, and leave its place; one that ends early, whoever ended it, is broken."""
    try:
        for part in stream:
            yield part
            way.sent += len(part)
        way.state = "done"
    finally:
        if way.state != "done":
            way.state = "broken"
        leave()
