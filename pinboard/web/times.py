"""Says when something was in as few letters as a card has room for."""

from __future__ import annotations

from datetime import datetime

from pinboard.clock import now

STEPS = ((3600, 60, "min"), (86_400, 3600, "h"), (60 * 86_400, 86_400, "d"))


def ago(at: datetime, moment: datetime | None = None) -> str:
    """Give “now”, “5 min”, “3 h”, “2 d” or, further back, the day; the browser keeps it fresh from there."""
    seconds = ((moment or now()) - at).total_seconds()
    if seconds < 45:
        return "now"
    for limit, unit, word in STEPS:
        if seconds < limit:
            return f"{max(1, round(seconds / unit))}\u00a0{word}"
    return f"{at.day} {at:%b %Y}"
