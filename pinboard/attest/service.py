"""Asks for a second look and writes down what came of it, each in one transaction with readers, record and notices."""

from __future__ import annotations

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.models import (
    AccountState,
    Attestation,
    AttestState,
    Case,
    CaseChange,
    CaseRole,
    CaseState,
    InboxItem,
    Role,
    User,
)

MOST_TOLD = 25
"""Of a larger clinic those are told who were here last; everybody finds what waits on its page."""
ASKED = "attest-asked"


SENTENCES = {
    "unpublished": "Only a published case can be looked at.",
    "needless": "This case needs no second look.",
    "consent": "The consent for this case does not reach outside the clinic. Record one that does first.",
    "changed": "The images changed while you looked. Look at them once more.",
    "ended": "This case does not wait for your look any more.",
}
"""Why a second look cannot be asked for or given; translated where it is shown."""


class AttestError(Exception):
    """Something that cannot be asked or said now; the message is a sentence for whoever tried."""


def ask(session: Session, case: Case, by: User) -> Attestation:
    """Let the clinicians of the clinic know that a case waits for a second look; asked twice it is asked once."""
    locked = _locked(session, case)
    if locked.state is not CaseState.PUBLISHED:
        raise AttestError(SENTENCES["unpublished"])
    if policy.may_leave(session, locked):
        raise AttestError(SENTENCES["needless"])
    if not policy.reaches_outside(session, locked):
        raise AttestError(SENTENCES["consent"])
    waits = select(Attestation).where(Attestation.case_id == case.id, Attestation.state == AttestState.WAITING)
    found = session.scalar(waits)
    if found is not None:
        return found
    images = policy.images_sha256(session, locked)
    wish = Attestation(public_id=public_id(), case_id=case.id, asked_by_id=by.id, asked_at=now(), images_sha256=images)
    session.add(wish)
    session.flush()
    policy.rebuild(session, [case.id])
    audit.record(session, actor=by, verb="attest-asked", case=locked)
    for user_id in session.scalars(_who_may_look(locked)):
        _tell(session, wish, ASKED, to=user_id, by=by)
    return wish


def attest(session: Session, wish: Attestation, images: str, by: User) -> None:
    """Say that somebody who does not keep the case looked at these images, and let it leave the clinic."""
    case = _begin(session, wish, by)
    if images != wish.images_sha256 or images != policy.images_sha256(session, case):
        raise AttestError(SENTENCES["changed"])
    _end(session, wish, AttestState.ATTESTED, by)
    session.add(CaseChange(case_id=case.id, by_id=by.id, at=now(), verb="attested"))
    audit.record(session, actor=by, verb="attest", case=case)
    _tell(session, wish, "attested", to=case.author_id, by=by)


def give_back(session: Session, wish: Attestation, note: str, by: User) -> None:
    """Return a case to its author with what has to be mended."""
    case = _begin(session, wish, by)
    wish.note = note
    _end(session, wish, AttestState.RETURNED, by)
    audit.record(session, actor=by, verb="attest-returned", case=case)
    _tell(session, wish, "attest-returned", to=case.author_id, by=by)


def _begin(session: Session, wish: Attestation, by: User) -> Case:
    """Take the case for this transaction and ask again whether this clinician may look; two may have come at once."""
    case = _locked(session, session.get_one(Case, wish.case_id))
    session.refresh(wish)
    reader = policy.reader_for(session, by)
    may = select(Case.id).where(Case.id == case.id, policy.may(reader, "attest"))
    if wish.state is not AttestState.WAITING or session.scalar(may) is None:
        raise AttestError(SENTENCES["ended"])
    return case


def _end(session: Session, wish: Attestation, state: AttestState, by: User) -> None:
    wish.state, wish.by_id, wish.at = state, by.id, now()
    session.flush()
    policy.rebuild(session, [wish.case_id])
    told = update(InboxItem).where(
        InboxItem.case_id == wish.case_id, InboxItem.kind == ASKED, InboxItem.read_at.is_(None)
    )
    session.execute(told.values(read_at=now()), execution_options={"synchronize_session": False})


def _locked(session: Session, case: Case) -> Case:
    return session.get_one(Case, case.id, with_for_update=True, populate_existing=True)


def _who_may_look(case: Case) -> Select[int]:
    keeps = exists(select(CaseRole.user_id).where(CaseRole.case_id == case.id, CaseRole.user_id == User.id))
    able = (User.state == AccountState.ACTIVE, User.role == Role.CLINICIAN, User.is_demo.is_(False))
    checked = (User.verified_at.is_not(None), User.recheck_at.is_(None) | (User.recheck_at > now()))
    query = select(User.id).where(*able, *checked, User.id != case.author_id, ~keeps)
    return query.order_by(User.last_seen_at.desc().nulls_last(), User.id).limit(MOST_TOLD)


def _tell(session: Session, wish: Attestation, kind: str, *, to: int, by: User) -> None:
    session.add(
        InboxItem(
            public_id=public_id(),
            user_id=to,
            kind=kind,
            case_id=wish.case_id,
            actor_id=by.id,
            dedupe=f"{kind}:{wish.public_id}",
            at=now(),
        )
    )
    session.flush()
