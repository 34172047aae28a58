"""Remembers, while this process runs, which slices were shown to whom, and what each of them looks like.

Nothing of it is written down: a look at pixels that nobody has painted yet must not outlive them. Whoever comes back
after a restart looks again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from flask import current_app

from pinboard.imaging.neighbours import Look

MOST_SHOWN, MOST_LOOKS = 100_000, 20_000


class Seen:
    """What was shown, by pixels with their areas, and what pixels look like; the oldest is forgotten first."""

    def __init__(self, most_shown: int = MOST_SHOWN, most_looks: int = MOST_LOOKS) -> None:
        self._most_shown, self._most_looks = most_shown, most_looks
        self._shown: OrderedDict[tuple[int, bytes], bool] = OrderedDict()
        self._looks: OrderedDict[bytes, Look | None] = OrderedDict()
        self._guard = threading.Lock()

    def show(self, user_id: int, keys: Iterable[bytes], *, is_large: bool) -> None:
        """Note that slices were sent to somebody, small or large enough to read."""
        with self._guard:
            for key in keys:
                self._shown[user_id, key] = is_large or self._shown.get((user_id, key), False)
                self._shown.move_to_end((user_id, key))
            while len(self._shown) > self._most_shown:
                self._shown.popitem(last=False)

    def was_shown(self, user_id: int, key: bytes, *, is_large: bool = False) -> bool:
        """Tell whether exactly this was sent to somebody."""
        held = self._shown.get((user_id, key))
        return held is not None and (held or not is_large)

    def learn(self, looks: Mapping[bytes, Look | None]) -> None:
        """Keep what slices look like."""
        with self._guard:
            for key, look in looks.items():
                self._looks[key] = look
                self._looks.move_to_end(key)
            while len(self._looks) > self._most_looks:
                self._looks.popitem(last=False)

    def looks(self, keys: Iterable[bytes]) -> dict[bytes, Look | None]:
        """Give what is known of some slices."""
        with self._guard:
            return {key: self._looks[key] for key in keys if key in self._looks}


def seen() -> Seen:
    """Give what the running application remembers."""
    held: Seen = current_app.extensions.setdefault("pinboard.seen", Seen())
    return held
