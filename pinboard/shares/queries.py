"""Reads shares for the one who made them, and what a colleague's link shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models import Case, Opening, Share, ShareKind
from pinboard.patients.queries import Picture, pictures_by_case, released
from pinboard.policy import FOR_EVERYBODY, Reader, may, visible
from pinboard.shares.service import find, is_unlocked


@dataclass(frozen=True, slots=True)
class Line:
    """One share as its maker sees it."""

    id: str
    kind: ShareKind
    label: str
    is_live: bool
    is_revoked: bool
    has_pin: bool
    allows_download: bool
    expires_at: datetime
    opened: int
    opened_at: datetime | None


def shares_of(session: Session, case_id: int) -> list[Line]:
    """Give the shares of a case, those that stand first, with how often and when they were opened."""
    looks = (
        select(Opening.share_id, func.count().label("opened"), func.max(Opening.at).label("opened_at"))
        .where(Opening.share_id.is_not(None), Opening.case_id == case_id)
        .group_by(Opening.share_id)
        .subquery()
    )
    rows = session.execute(
        select(Share, looks.c.opened, looks.c.opened_at)
        .outerjoin(looks, looks.c.share_id == Share.id)
        .where(Share.case_id == case_id)
        .order_by(Share.id.desc())
        .limit(200)
    )
    lines = [
        Line(
            id=share.public_id,
            kind=share.kind,
            label=share.label,
            is_live=share.revoked_at is None and share.expires_at > now(),
            is_revoked=share.revoked_at is not None,
            has_pin=share.code_hash is not None,
            allows_download=share.allows_download,
            expires_at=share.expires_at,
            opened=opened or 0,
            opened_at=opened_at,
        )
        for share, opened, opened_at in rows
    ]
    return sorted(lines, key=lambda line: not line.is_live)


def log_of(session: Session, share_id: int) -> Sequence[Opening]:
    """Give the openings of one share, newest first."""
    return session.scalars(
        select(Opening).where(Opening.share_id == share_id).order_by(Opening.at.desc(), Opening.id.desc()).limit(100)
    ).all()


def opened(session: Session, secret: str, cookies: Mapping[str, str]) -> Share | None:
    """Give the share of a link if it is alive and this browser was let in."""
    share = find(session, secret)
    proof = cookies.get(cookie_of(share)) if share is not None else None
    return share if share is not None and is_unlocked(session, share, proof) else None


def cookie_of(share: Share) -> str:
    """Name the cookie that holds a browser's proof that it gave the PIN."""
    return f"pinboard-share-{share.public_id}"


def case_of(session: Session, reader: Reader) -> Case | None:
    """Give the case that a link shows, as its holder may report it."""
    shown = select(Case).where(may(reader, "flag"))
    if reader.register == "subject":
        cases = released(session, reader)
        return session.scalar(shown.where(Case.id == cases[0].case_id)) if cases else None
    return session.scalar(shown)


@dataclass(frozen=True, slots=True)
class ForColleague:
    """What a colleague's link shows of a case: these columns and no thread."""

    case_id: int
    title: str
    question: str
    findings: str
    pictures: tuple[Picture, ...]


def for_colleague(session: Session, reader: Reader) -> ForColleague | None:
    """Give the case of a colleague's link, if its audience still lets the link in."""
    row = session.execute(select(Case.id, Case.title, Case.question, Case.findings).where(visible(reader))).first()
    if row is None:
        return None
    shown = pictures_by_case(session, [row.id], FOR_EVERYBODY).get(row.id, [])
    return ForColleague(row.id, row.title, row.question, row.findings, tuple(picture for _number, picture in shown))
