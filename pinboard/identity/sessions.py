"""Keeps who is signed in as rows, so that a session can be listed, locked and ended from anywhere, at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.identity.links import hash_of
from pinboard.identity.throttle import network
from pinboard.ids import public_id, token
from pinboard.models import Account, AccountState, User
from pinboard.models import Session as SignIn
from pinboard.models.clinic_settings import clinic
from pinboard.models.engine import read

SEEN_EVERY = timedelta(minutes=1)
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari", "curl")
UNKNOWN = "unknown"
NAMES = {"Edg": "Edge", "OPR": "Opera"}
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class SignedIn(NamedTuple):
    """A live session and its account, as they stand while one request is answered."""

    id: int
    public_id: str
    device: str
    seen_at: datetime
    locked_at: datetime | None
    account: Account


def start(session: Session, user: User, *, agent: str = "", address: str | None = None) -> str:
    """Sign somebody in and give the secret for the cookie."""
    secret, moment = token(), now()
    hours = int(clinic(session)["session_hours"])
    row = SignIn(
        public_id=public_id(),
        token_hash=hash_of(secret),
        user_id=user.id,
        created_at=moment,
        seen_at=moment,
        expires_at=moment + timedelta(hours=hours),
        device=device(agent),
        address=network(address),
    )
    session.add(row)
    user.last_seen_at = moment
    session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.expires_at < moment))
    session.flush()
    return secret


def find(session: Session, secret: str) -> SignedIn | None:
    """Give the live session of a cookie with its active account, in one query."""
    row = read(session, _live(), {"secret": hash_of(secret), "moment": now()}).one_or_none()
    if row is None:
        return None
    own = len(SignedIn._fields) - 1
    found = SignedIn._make((*row[:own], Account._make(row[own:])))
    return None if is_idle(session, found) else found


@cache
def _live() -> Select[*tuple[Any, ...]]:
    """Find a session by its hash; built once, because every request asks."""
    secret = bindparam("secret", type_=SignIn.token_hash.type)
    moment = bindparam("moment", type_=SignIn.expires_at.type)
    return (
        select(*(getattr(SignIn, name) for name in SignedIn._fields[:-1]))
        .add_columns(*(getattr(User, name) for name in Account._fields))
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.token_hash == secret, User.state == AccountState.ACTIVE, SignIn.expires_at > moment)
    )


def is_idle(session: Session, row: SignIn | SignedIn) -> bool:
    """Tell whether nobody used a session for as long as the clinic allows."""
    return now() - row.seen_at > timedelta(minutes=int(clinic(session)["session_idle_minutes"]))


def list_of(session: Session, user: User) -> list[SignIn]:
    """Give the live sessions of an account, latest first."""
    rows = session.scalars(
        select(SignIn).where(SignIn.user_id == user.id, SignIn.expires_at > now()).order_by(SignIn.seen_at.desc()),
    )
    return [row for row in rows if not is_idle(session, row)]


def lock(session: Session, row: SignIn | SignedIn) -> None:
    """Let a session wait for its owner's password."""
    session.execute(update(SignIn).where(SignIn.id == row.id).values(locked_at=now()))


def unlock(session: Session, row: SignIn | SignedIn) -> None:
    """Let a locked session go on; it is in use again."""
    session.execute(update(SignIn).where(SignIn.id == row.id).values(locked_at=None, seen_at=now()))


def end(session: Session, row: SignIn | SignedIn) -> None:
    """Sign one browser out."""
    session.execute(delete(SignIn).where(SignIn.id == row.id))


def end_all(session: Session, user: User, *, but: SignIn | SignedIn | None = None) -> None:
    """Sign an account out everywhere, or everywhere else."""
    others = [SignIn.id != but.id] if but is not None else []
    session.execute(delete(SignIn).where(SignIn.user_id == user.id, *others))


def is_due(row: SignIn | SignedIn) -> bool:
    """Tell whether it is time to write down that a session was used."""
    return now() - row.seen_at >= SEEN_EVERY


def seen(session: Session, session_id: int, user_id: int) -> None:
    """Write down that a session was used, unless that stands there already."""
    moment = now()
    done = session.execute(
        update(SignIn)
        .where(SignIn.id == session_id, SignIn.seen_at <= moment - SEEN_EVERY)
        .values(seen_at=moment)
        .execution_options(synchronize_session=False),
    )
    if getattr(done, "rowcount", 0):
        session.execute(update(User).where(User.id == user_id).values(last_seen_at=moment))


def device(agent: str) -> str:
    """Give the family of browser and system, which is enough to know one’s own; `device_name` says it in words."""
    browser = next((name for name in BROWSERS if f"{name}/" in agent), None)
    system = next((name for pattern, name in SYSTEMS if re.search(pattern, agent)), None)
    parts = [NAMES.get(browser, browser) if browser else None, system]
    return "/".join(part for part in parts if part) or UNKNOWN
