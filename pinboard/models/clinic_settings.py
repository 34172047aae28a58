"""Gives the clinic's own decisions with their defaults, so that a page, a job and a rule read the same value."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Pool, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models.clinic import ClinicSetting

FRESH_SECONDS = 5.0
"""How long another process may still see the old value; the process that changes it sees it at once."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that an administrator decides on the settings page."""

    name: str
    default: Any
    low: int = 0
    high: int = 0


DECISIONS: dict[str, Decision] = {
    decision.name: decision
    for decision in (
        Decision("clinic_name", ""),
        Decision("language", "en"),
        Decision("session_idle_minutes", 60, 5, 720),
        Decision("session_hours", 12, 1, 24),
        Decision("vault_days", 7, 1, 30),
        Decision("includes_trainees", True),
        Decision("consent_first", False),
        Decision("photo_side", 2048, 1024, 4096),
        Decision("demo_requested", False),
        Decision("release_gate", True),
        Decision("release_gate_reason", ""),
        Decision("rare_fewer_than", 5, 2, 50),
        Decision("rare_from_cases", 200, 50, 100_000),
        Decision("discover", False),
        Decision("discover_is_listed", False),
    )
}
DEFAULTS: Mapping[str, Any] = MappingProxyType({name: decision.default for name, decision in DECISIONS.items()})

_cache: WeakKeyDictionary[Pool, tuple[float, Mapping[str, Any]]] = WeakKeyDictionary()
_guard = threading.Lock()


def clinic(session: Session) -> Mapping[str, Any]:
    """Give every decision in force; read from the database at most every few seconds."""
    pool = _pool(session)
    if pool is None:
        return _read(session)
    with _guard:
        kept = _cache.get(pool)
    if kept is not None and time.monotonic() - kept[0] < FRESH_SECONDS:
        return kept[1]
    values = _read(session)
    with _guard:
        _cache[pool] = (time.monotonic(), values)
    return values


def decide(session: Session, name: str, value: Any, *, by_id: int | None) -> bool:
    """Set one decision; tell whether that changed anything."""
    if name not in DECISIONS:
        raise KeyError(name)
    row = session.get(ClinicSetting, name)
    if (row.value if row else DEFAULTS[name]) == value:
        return False
    if row is None:
        row = ClinicSetting(name=name)
        session.add(row)
    row.value, row.changed_by_id, row.changed_at = value, by_id, now()
    session.flush()
    forget(session)
    return True


def forget(session: Session) -> None:
    """Read anew next time; to be called again after the commit that made the change visible."""
    pool = _pool(session)
    if pool is not None:
        with _guard:
            _cache.pop(pool, None)


def _read(session: Session) -> Mapping[str, Any]:
    rows = session.execute(select(ClinicSetting.name, ClinicSetting.value))
    return MappingProxyType({**DEFAULTS, **{row.name: row.value for row in rows}})


def _pool(session: Session) -> Pool | None:
    """Give what all engines of one database share; a session on a bare connection may see what nobody else does."""
    bind = session.get_bind()
    return None if isinstance(bind, Connection) else bind.pool
