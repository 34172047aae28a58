"""Remembers how far each archive that streams from this process is, for the page that shows it; nothing depends on it.

Behind several processes the page may ask another one than streams; it then leaves the showing to the browser.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pinboard.ids import is_public_id

AT_ONCE, OF_ONE = 16, 3
"""Archives that stream from one process at a time, in all and to one reader; each holds a thread and one image."""
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

    def __init__(self) -> None:
        self._places: Counter[str] = Counter()
        self._guard = threading.Lock()
        self._ways: OrderedDict[tuple[int, str], Way] = OrderedDict()

    def take_place(self, who: str) -> Callable[[], None] | None:
        """Take one of the places, or none; what comes back gives it back, however often it is called."""
        with self._guard:
            if self._places.total() >= AT_ONCE or self._places[who] >= OF_ONE:
                return None
            self._places[who] += 1
        held = [who]
        return lambda: self._leave(held)

    def _leave(self, held: list[str]) -> None:
        with self._guard:
            while held:
                who = held.pop()
                self._places[who] -= 1
                self._places += Counter()

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
