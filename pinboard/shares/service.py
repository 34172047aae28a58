"""Makes, extends, ends and opens shares; their secrets are shown once and only hashes stay."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.clock import now
from pinboard.identity import passwords, throttle
from pinboard.ids import public_id, token
from pinboard.models import Case, CaseState, Release, Share, ShareKind, ShareUnlock, User
from pinboard.shares import slip

LONGEST = timedelta(days=90)
UNLOCKED_FOR = timedelta(hours=2)


SENTENCES = {
    "ended": "This link has ended. Make a new one.",
    "unpublished": "Only a published case can be shared.",
    "consent": "The consent for this case does not reach outside the clinic. Record one that does, or share inside.",
    "second-look": "A second clinician has to look at the images before a link can be made. Ask a colleague.",
    "unreleased": "Release the case to the patient first. The link shows what was released and nothing else.",
}
"""Why a link cannot be made or live on; translated where it is shown."""


class ShareError(Exception):
    """A share that cannot be made or kept; the message is a sentence for whoever tried."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a share allows."""

    kind: ShareKind
    label: str
    days: int
    wants_pin: bool
    allows_download: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A new share with the secrets that are never shown again."""

    share: Share
    path: str
    pin: str | None
    code: str | None


def hash_of(secret: str) -> str:
    """Give what is stored of a link's secret; it has 256 bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(session: Session, case: Case, terms: Terms, *, by: User, slip_key: bytes) -> Made:
    """Make a link for the subject or for a colleague outside the clinic."""
    _check_that_it_may_leave(session, case, terms.kind)
    # A code somebody reads out is short, so the subject's link hangs on it and on the clinic's key together.
    code = slip.make_code() if terms.kind is ShareKind.SUBJECT else None
    secret = slip.token_of(code, slip_key) if code else token()
    pin = f"{secrets.randbelow(10**6):06d}" if terms.wants_pin else None
    moment = now()
    share = Share(
        public_id=public_id(),
        kind=terms.kind,
        case_id=case.id,
        subject_id=_subject_of(session, case) if terms.kind is ShareKind.SUBJECT else None,
        token_hash=hash_of(secret),
        code_hash=passwords.make_hash(pin) if pin else None,
        label=terms.label,
        allows_download=terms.allows_download,
        created_by_id=by.id,
        created_at=moment,
        expires_at=moment + timedelta(days=terms.days),
    )
    session.add(share)
    session.flush()
    policy.rebuild(session, [case.id])
    _record(session, share, by, "share-made")
    return Made(share, f"/s/{secret}", pin, code)


def revoke(session: Session, share: Share, *, by: User) -> None:
    """End a share; page and pictures are gone with the next request."""
    if share.revoked_at is None:
        share.revoked_at = now()
        _changed(session, share, by, "share-revoked")


def extend(session: Session, share: Share, days: int, *, by: User) -> None:
    """Let a share that stands live on, counted from today."""
    if not policy.is_alive(session, share):
        raise ShareError(SENTENCES["ended"])
    share.expires_at = min(now() + timedelta(days=days), now() + LONGEST)
    _changed(session, share, by, "share-extended")


def find(session: Session, secret: str) -> Share | None:
    """Give the share of a link if it is alive; why not is nobody's business."""
    if len(secret) > 100:
        return None
    share = session.scalar(select(Share).where(Share.token_hash == hash_of(secret)))
    return share if share is not None and _opens(session, share) else None


def is_unlocked(session: Session, share: Share, proof: str | None) -> bool:
    """Say whether this browser may look: there is no PIN, or it gave the PIN lately."""
    if share.code_hash is None:
        return True
    if not proof or len(proof) > 100:
        return False
    unlock = session.get(ShareUnlock, hash_of(proof))
    return unlock is not None and unlock.share_id == share.id and unlock.expires_at > now()


def unlock(session: Session, share: Share, pin: str, *, address: str | None) -> tuple[str | None, int]:
    """Give a proof for the browser's cookie, or None and the seconds until the next try. The caller commits."""
    names = throttle.keys("share", who=share.public_id, address=address)
    seconds = throttle.wait(session, names)
    if seconds:
        return None, seconds
    # Counted before the slow check, so that many tries at once do not all slip through.
    seconds = throttle.failed(session, names)
    if not passwords.is_right(share.code_hash, pin):
        return None, seconds
    throttle.succeeded(session, names)
    proof, moment = token(), now()
    session.add(
        ShareUnlock(
            token_hash=hash_of(proof),
            share_id=share.id,
            created_at=moment,
            expires_at=min(moment + UNLOCKED_FOR, share.expires_at),
        )
    )
    session.flush()
    return proof, 0


def path_of_code(session: Session, text: str, *, slip_key: bytes, address: str | None) -> tuple[str | None, int]:
    """Give the path of the share whose slip carries this code, or None and the seconds until the next try."""
    names = throttle.keys("slip", who=None, address=address)
    seconds = throttle.wait(session, names)
    if seconds:
        return None, seconds
    seconds = throttle.failed(session, names)
    if slip.normalise(text) is None:
        return None, seconds
    secret = slip.token_of(text, slip_key)
    if find(session, secret) is None:
        return None, seconds
    throttle.succeeded(session, names)
    return f"/s/{secret}", 0


def _opens(session: Session, share: Share) -> bool:
    """Say whether a link stands and, if it is a colleague's, its case too; the subject's may wait for a release."""
    if share.kind is ShareKind.SUBJECT:
        return policy.is_alive(session, share)
    return policy.count_visible(session, policy.reader_for_share(session, share), 1) > 0


def _check_that_it_may_leave(session: Session, case: Case, kind: ShareKind) -> None:
    if kind is ShareKind.COLLEAGUE and case.state is not CaseState.PUBLISHED:
        raise ShareError(SENTENCES["unpublished"])
    if kind is ShareKind.COLLEAGUE and not policy.reaches_outside(session, case):
        raise ShareError(SENTENCES["consent"])
    if kind is ShareKind.COLLEAGUE and not policy.may_leave(session, case):
        raise ShareError(SENTENCES["second-look"])
    if kind is ShareKind.SUBJECT and _subject_of(session, case) is None:
        raise ShareError(SENTENCES["unreleased"])


def _subject_of(session: Session, case: Case) -> int | None:
    newest = select(Release.subject_id).where(Release.case_id == case.id, Release.revoked_at.is_(None))
    return session.scalar(newest.order_by(Release.id.desc()).limit(1))


def _changed(session: Session, share: Share, by: User, verb: str) -> None:
    session.flush()
    if share.case_id is not None:
        policy.rebuild(session, [share.case_id])
    _record(session, share, by, verb)


def _record(session: Session, share: Share, by: User, verb: str) -> None:
    case = session.get(Case, share.case_id) if share.case_id else None
    audit.record(
        session, actor=by, verb=verb, case=case, thing=f"share:{share.public_id}", detail={"kind": share.kind.value}
    )
