"""Records the consent of a draft: how, since and until when, how far. One row for a draft; nobody's name is in it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.drafts.forms import CaseForm
from pinboard.models import LATEST, Case, Consent, ConsentKind, ConsentLevel, User
from pinboard.web.text import _

CHART_CODE = re.compile(r"P-[0-9A-Z]{4}(-[0-9A-Z]{1,4})*")
EXEMPT_LEVELS = frozenset({ConsentLevel.CARE, ConsentLevel.CLINIC})
OLDEST = date(1990, 1, 1)


def consent_of(session: Session, case: Case) -> Consent | None:
    """Give what is recorded for a draft."""
    return session.scalar(select(Consent).where(Consent.case_id == case.id).order_by(Consent.id.desc()).limit(1))


def fill(form: CaseForm, consent: Consent | None) -> None:
    """Put what is recorded into the form."""
    if consent is None:
        return
    form.consent_kind, form.level = consent.kind.value, consent.level.value
    form.taken_on = consent.taken_at.date().isoformat()
    form.valid_until = "" if consent.valid_until == LATEST else (consent.valid_until - timedelta(1)).date().isoformat()
    form.filed_under = consent.filed_under or ""
    form.form_version = consent.form_version or ""
    form.reason = consent.reason or ""


def is_begun(form: CaseForm) -> bool:
    """Tell whether anything of a consent was filled in."""
    return bool(form.consent_kind or form.level or form.taken_on)


def check(form: CaseForm) -> None:
    """Collect what cannot be right; a consent that is only half filled in is no error, it is just not there yet."""
    if form.consent_kind and form.consent_kind not in set(ConsentKind):
        form.refuse("consent_kind", _("Choose one of those that are offered."))
    if form.level and form.level not in set(ConsentLevel):
        form.refuse("level", _("Choose one of those that are offered."))
    taken, until = _day(form, "taken_on"), _day(form, "valid_until")
    today = clock.now().date()
    if taken and not OLDEST <= taken <= today + timedelta(1):
        form.refuse("taken_on", _("The day lies in the future, or too far back."))
    if until and until < today:
        form.refuse("valid_until", _("This consent has ended. Take a new one, or leave the end open."))
    if form.filed_under and not CHART_CODE.fullmatch(form.filed_under.upper()):
        form.refuse("filed_under", _("Write the chart code, such as P-7Q3K-2B9D; never a name."))
    for name, limit in (("form_version", 40), ("reason", 200)):
        if len(getattr(form, name)) > limit:
            form.refuse(name, _("Use at most {count} characters.").format(count=limit))
    if form.consent_kind == ConsentKind.EXEMPTION and form.level and form.level not in EXEMPT_LEVELS:
        form.refuse("level", _("An exemption by policy reaches the circle of care or the clinic, no further."))


def is_whole(form: CaseForm) -> bool:
    """Tell whether there is enough for a record."""
    if not (form.consent_kind and form.level and form.taken_on):
        return False
    return form.consent_kind != ConsentKind.EXEMPTION or bool(form.reason)


def record(session: Session, case: Case, form: CaseForm, by: User) -> None:
    """Keep the consent as the form has it; take it away again when the form is no longer whole."""
    names = ("consent_kind", "level", "taken_on", "valid_until", "filed_under", "form_version", "reason")
    if any(name in form.errors for name in names):
        return
    consent = consent_of(session, case)
    if not is_whole(form):
        if consent is not None:
            session.delete(consent)
            session.flush()
            policy.rebuild(session, [case.id])
        return
    if consent is None:
        consent = Consent(case_id=case.id, created_at=clock.now())
        session.add(consent)
    consent.kind, consent.level = ConsentKind(form.consent_kind), ConsentLevel(form.level)
    consent.taken_by_id = by.id
    consent.taken_at = min(_midnight(date.fromisoformat(form.taken_on)), clock.now())
    # A day is valid to its end.
    consent.valid_until = _midnight(date.fromisoformat(form.valid_until)) + timedelta(1) if form.valid_until else LATEST
    is_paper = consent.kind is ConsentKind.PAPER
    consent.filed_under = (form.filed_under.upper() or None) if is_paper else None
    consent.form_version = form.form_version or None
    consent.reason = form.reason or None if consent.kind is ConsentKind.EXEMPTION else None
    session.flush()
    policy.rebuild(session, [case.id])


def _day(form: CaseForm, name: str) -> date | None:
    text = getattr(form, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        form.refuse(name, _("Write a day, such as 2026-11-24."))
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
