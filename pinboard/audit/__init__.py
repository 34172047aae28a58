"""The record of who did and who opened what: append-only, hash-chained, ids only."""

from pinboard.audit.chain import (
    EVENT_CODES,
    GENESIS,
    append_openings,
    event_code,
    events_of,
    record,
    verify_chain,
    verify_openings,
)
from pinboard.audit.openings import Opened, Openings

__all__ = [
    "EVENT_CODES",
    "GENESIS",
    "Opened",
    "Openings",
    "append_openings",
    "event_code",
    "events_of",
    "record",
    "verify_chain",
    "verify_openings",
]
