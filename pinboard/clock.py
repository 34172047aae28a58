"""The time of day, in one place so that tests can replace it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Give the current moment, aware and in UTC."""
    return datetime.now(UTC)
