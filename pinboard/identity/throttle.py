"""Makes guessing slow: each secret has a row of failures per account and per address, and a wait that doubles."""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models import Throttle

QUICK_TRIES = 5
ADDRESS_TRIES = 20
"""A clinic shares one address, so it gets more tries than one account."""
LONGEST_WAIT = 900
FORGET_AFTER = timedelta(hours=24)


def network(address: str | None) -> str:
    """Give the part of an address that one household or clinic holds: /24, or /48 of IPv6."""
    try:
        parsed = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False).network_address)


def keys(kind: str, *, who: str | None, address: str | None) -> list[str]:
    """Name the rows for one try; what somebody typed as a name is hashed, because it may be a password."""
    named = [f"{kind}:w:{hashlib.sha256(who.encode()).hexdigest()[:40]}"] if who else []
    return [*named, f"{kind}:a:{network(address)}"]


def wait(session: Session, names: Sequence[str]) -> int:
    """Give the seconds until the next try is taken; 0 means now."""
    until = session.scalars(select(Throttle.blocked_until).where(Throttle.key.in_(names))).all()
    return max([0, *(math.ceil((moment - now()).total_seconds()) for moment in until)])


def failed(session: Session, names: Sequence[str]) -> int:
    """Count one failure on every row and give the seconds to wait."""
    longest = 0
    moment = now()
    for name in names:
        row = session.get(Throttle, name, with_for_update=True)
        if row is None:
            row = Throttle(key=name, failures=0, blocked_until=moment, updated_at=moment)
            session.add(row)
        if moment - row.updated_at > FORGET_AFTER:
            row.failures = 0
        row.failures += 1
        free = ADDRESS_TRIES if ":a:" in name else QUICK_TRIES
        seconds = 0 if row.failures < free else min(2 ** min(row.failures - free, 10), LONGEST_WAIT)
        row.blocked_until, row.updated_at = moment + timedelta(seconds=seconds), moment
        longest = max(longest, seconds)
    session.flush()
    return longest


def succeeded(session: Session, names: Sequence[str]) -> None:
    """Take back what `failed` counted beforehand.

    All of an account's, but one of an address's: else one account of one's own would wipe out the guesses at others.
    """
    session.execute(delete(Throttle).where(Throttle.key.in_([name for name in names if ":w:" in name])))
    for name in names:
        row = session.get(Throttle, name)
        if row is not None:
            row.failures = max(row.failures - 1, 0)
            row.blocked_until = now()
    session.flush()
