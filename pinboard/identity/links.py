"""Makes and redeems links that work once: the first administrator, an invitation, a new password."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.ids import public_id, token
from pinboard.models import LinkPurpose, SingleUseLink, User

LIFE = {
    LinkPurpose.SETUP: timedelta(days=30),
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=1),
}
PATHS = {LinkPurpose.SETUP: "/setup?token=", LinkPurpose.INVITATION: "/join/", LinkPurpose.RESET: "/password/"}


def hash_of(secret: str) -> str:
    """Give what is stored of a secret; it has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(session: Session, purpose: LinkPurpose, **fields: Any) -> tuple[SingleUseLink, str]:
    """Make a link and give the path that is shown once."""
    secret, moment = token(), now()
    link = SingleUseLink(
        public_id=public_id(),
        purpose=purpose,
        token_hash=hash_of(secret),
        created_at=moment,
        expires_at=moment + LIFE[purpose],
        **fields,
    )
    session.add(link)
    session.flush()
    return link, PATHS[purpose] + secret


def find(session: Session, purpose: LinkPurpose, secret: str | None) -> SingleUseLink | None:
    """Give the link if it is alive and was made for this purpose."""
    if not secret or len(secret) > 100:
        return None
    hashed = hash_of(secret)
    return session.scalar(select(SingleUseLink).where(SingleUseLink.token_hash == hashed, *_alive(purpose)))


def redeem(session: Session, link: SingleUseLink) -> bool:
    """Use a link up; of many at once exactly one is told yes."""
    done = session.execute(
        update(SingleUseLink)
        .where(SingleUseLink.id == link.id, *_alive(link.purpose))
        .values(used_at=now())
        .execution_options(synchronize_session=False),
    )
    return bool(getattr(done, "rowcount", 0) == 1)


def revoke(session: Session, purpose: LinkPurpose, user: User | None = None) -> None:
    """Kill the open links of a purpose: of one account, or all."""
    whose = [SingleUseLink.user_id == user.id] if user else []
    session.execute(update(SingleUseLink).where(*_alive(purpose), *whose).values(revoked_at=now()))


def reset_password(session: Session, user: User, *, by_id: int | None) -> str:
    """Make the one reset link an account has, and give its path."""
    revoke(session, LinkPurpose.RESET, user)
    return issue(session, LinkPurpose.RESET, user_id=user.id, created_by_id=by_id)[1]


def _alive(purpose: LinkPurpose, moment: datetime | None = None) -> list[Any]:
    return [
        SingleUseLink.purpose == purpose,
        SingleUseLink.used_at.is_(None),
        SingleUseLink.revoked_at.is_(None),
        SingleUseLink.expires_at > (moment or now()),
    ]
