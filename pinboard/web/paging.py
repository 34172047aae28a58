"""Pages lists by the key of the last row, because an offset reads everything it skips and shifts under the reader."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from flask import request

LARGEST = 2**63 - 1
LONGEST = 700
"""Letters of a cursor: a title of 120 letters of any script fits."""
MOST_PAGES = 15
"""A wall grows to so many pages in one document; then it leads to a fresh one."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page of a list begins: the sort keys of the last row that was shown."""

    keys: tuple[int | str, ...]

    def __str__(self) -> str:
        """Write it for an address."""
        text = json.dumps(self.keys, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str | None, *kinds: type) -> Cursor | None:
        """Read it from an address; what makes no sense means the first page."""
        if not text or len(text) > LONGEST:
            return None
        try:
            keys: Any = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error, RecursionError):
            return None
        if not isinstance(keys, list) or [type(key) for key in keys] != list(kinds):
            return None
        return None if any(_is_odd(key) for key in keys) else cls(tuple(keys))


def _is_odd(key: int | str) -> bool:
    """Tell whether no row has such a key, and a database would refuse to compare it."""
    if isinstance(key, int):
        return abs(key) > LARGEST
    return "\0" in key or (not key.isascii() and any("\ud800" <= letter <= "\udfff" for letter in key))


def pages_asked() -> int:
    """Give how many pages of a wall to show at once, as its own script notes it in the address for Back and Reload."""
    return min(max(request.args.get("pages", 1, type=int), 1), MOST_PAGES)
