"""Saves corrections and withdraws consents; the acts on states are intake's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.clock import now
from pinboard.intake import revise
from pinboard.models import Case, CaseChange, Consent, Series, User

ALT_TEXT = 400  # characters; a sentence or two


def correct(session: Session, case: Case, words: Mapping[str, Any], alt_texts: Mapping[str, str], *, by: User) -> bool:
    """Save what differs, each difference with its line in the history; say whether anything did."""
    changed = bool(revise.edit_words(session, case, words, by))
    for series in session.scalars(select(Series).where(Series.case_id == case.id, Series.public_id.in_(alt_texts))):
        text = alt_texts[series.public_id].strip()[:ALT_TEXT]
        if text and text != series.alt_text:
            revise.edit_alt_text(session, series, text, by)
            changed = True
    return changed


def withdraw_consents(session: Session, case: Case, *, by: User) -> None:
    """End what consents stand; whoever saw the case because of them does not see it from the next request on."""
    standing = select(Consent).where(Consent.case_id == case.id, Consent.withdrawn_at.is_(None))
    ended = session.scalars(standing).all()
    if not ended:
        return
    for consent in ended:
        consent.withdrawn_at, consent.withdrawn_by_id = now(), by.id
    session.add(CaseChange(case_id=case.id, by_id=by.id, at=now(), verb="consent-withdrawn"))
    session.flush()
    policy.rebuild(session, [case.id])
    levels = [consent.level.value for consent in ended]
    audit.record(session, actor=by, verb="consent-withdrawn", case=case, detail={"levels": levels})
