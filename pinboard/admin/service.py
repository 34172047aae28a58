"""What an administrator changes besides accounts themselves: invitations and the clinic's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.clock import now
from pinboard.deid.pseudonym import Keys, chart_code, normal_record
from pinboard.identity import links, members
from pinboard.identity.members import MemberError
from pinboard.intake.drafts import subject_for
from pinboard.models import LinkPurpose, Role, SingleUseLink, Subject, User
from pinboard.models.clinic_settings import decide

GATE, GATE_REASON = "release_gate", "release_gate_reason"
ALPHABET_HELP = str.maketrans({"O": "0", "I": "1", "L": "1"})

SENTENCES = {
    "email": "There is an account with this e-mail address.",
    "chart_code": "There is no such chart code. Look at it once more.",
    "record": "This is not a record number.",
}
"""Why nobody can be invited so; translated where it is shown."""


def invite(session: Session, wish: Mapping[str, Any], *, by: User, keys: Keys) -> tuple[SingleUseLink, str]:
    """Make an invitation and give its path; a patient's is tied to the person in the images."""
    role = Role(wish["role"])
    subject = _subject(session, wish, keys) if role == Role.PATIENT else None
    email = members.fold(wish.get("email") or "") or None
    if email and members.is_taken(session, email, None):
        raise MemberError("email", SENTENCES["email"])
    link, path = links.issue(
        session,
        LinkPurpose.INVITATION,
        role=role,
        name=wish.get("name") or None,
        email=email,
        grants_admin=bool(wish.get("is_admin")) and role != Role.PATIENT,
        verification=(wish.get("verification") or None) if role in members.PROFESSIONAL else None,
        subject_id=subject.id if subject else None,
        created_by_id=by.id,
    )
    detail = {"role": str(role), "is_admin": link.grants_admin}
    audit.record(session, actor=by, verb="invitation-made", thing=_thing(link), detail=detail)
    return link, path


def take_back(session: Session, link: SingleUseLink, *, by: User) -> None:
    """Kill an invitation that nobody has used."""
    link.revoked_at = now()
    audit.record(session, actor=by, verb="invitation-revoked", thing=_thing(link))


def decide_all(session: Session, wishes: Mapping[str, Any], *, by: User) -> list[str]:
    """Set the clinic's decisions and tell which changed."""
    plain = {name: value for name, value in wishes.items() if name not in {GATE, GATE_REASON}}
    changed = [name for name, value in plain.items() if decide(session, name, value, by_id=by.id)]
    if changed:
        audit.record(session, actor=by, verb="settings-changed", detail={"names": changed})
    # Whether a case needs a second look decides who sees it, so it is recorded apart, with its reason.
    if policy.set_release_gate(session, is_on=wishes[GATE], reason=wishes[GATE_REASON] or "", by=by):
        changed.append(GATE)
    return changed


def _thing(link: SingleUseLink) -> str:
    return f"invitation:{link.public_id}"


def _subject(session: Session, wish: Mapping[str, Any], keys: Keys) -> Subject:
    """Find the person by chart code, or find or make him by a record number, which is keyed here and kept nowhere."""
    code = (wish.get("chart_code") or "").upper().translate(ALPHABET_HELP)
    if code:
        found = session.scalar(select(Subject).where(Subject.chart_code == code))
        if found is None:
            raise MemberError("chart_code", SENTENCES["chart_code"])
        return found
    plain = normal_record(wish.get("record") or "")
    if not plain:
        raise MemberError("record", SENTENCES["record"])
    return subject_for(session, chart_code(keys, plain), keys.key_id)
