"""Offers what an author chose last and what a header says, so that a tired hand only changes what is different.

Nothing of it is kept before the form is sent, and how consent was given is never offered: somebody has to say it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.drafts import audience, consent, queries
from pinboard.drafts.forms import CaseForm
from pinboard.models import Case, Consent, ConsentLevel
from pinboard.policy import Reader

NEVER_OFFERED = frozenset({"public"})
"""Whoever shows a case to everyone says so each time."""


def offer(session: Session, form: CaseForm, case: Case, reader: Reader) -> CaseForm:
    """Fill what is empty; `form.offered` names the places of what was filled in that way."""
    _offer_texts(session, form, case)
    if not consent.is_begun(form):
        offer_level(session, form, case.author_id)
    if not form.reach:
        _offer_audience(session, form, case, reader)
    return form


def _offer_texts(session: Session, form: CaseForm, case: Case) -> None:
    for one in queries.series(session, case):
        if one.suggestion and not form.alt_texts.get(one.public_id):
            form.alt_texts[one.public_id] = one.suggestion
            form.offered.add(f"alt-{one.public_id}")


def offer_level(session: Session, form: CaseForm, author_id: int) -> None:
    """Fill in how far the consent of this author's last case reached."""
    last = session.scalar(
        select(Consent.level)
        .join(Case, Case.id == Consent.case_id)
        .where(Case.author_id == author_id, Case.published_at.is_not(None))
        .order_by(Case.published_at.desc(), Consent.id.desc())
        .limit(1)
    )
    if last is not None and last is not ConsentLevel.PUBLIC:
        form.level = last.value
        form.offered.add("level")


def _offer_audience(session: Session, form: CaseForm, case: Case, reader: Reader) -> None:
    """Choose the readers of the last case, as far as this author could choose them today."""
    last: dict[str, Any] | None = session.scalar(
        select(Case.audience_choice)
        .where(Case.author_id == case.author_id, Case.id != case.id, Case.published_at.is_not(None))
        .order_by(Case.published_at.desc())
        .limit(1)
    )
    if not last:
        return
    audience.choose(form, {name: value for name, value in last.items() if name not in NEVER_OFFERED})
    audience.keep_offered(session, form, reader)
    if audience.chosen(form):
        form.offered.add("audience")
    else:
        form.reach = ""
