"""Says in the reader's language which device somebody used; what is stored of it belongs to no language."""

from __future__ import annotations

from pinboard.identity.sessions import UNKNOWN
from pinboard.web.text import _

_OLD_UNKNOWN, _OLD_BETWEEN = "Unknown device", " on "
"""Older rows hold English words; those of openings are sealed in the record and stay as they are."""


def device_name(stored: str) -> str:
    """Give the words for a stored device; where none was noted there are none."""
    if stored in {UNKNOWN, _OLD_UNKNOWN}:
        return _("Unknown device")
    browser, between, system = stored.replace(_OLD_BETWEEN, "/", 1).partition("/")
    return _("{browser} on {system}").format(browser=browser, system=system) if between else stored
