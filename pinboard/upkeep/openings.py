"""Reads who had opened a case, for those who keep it or review it: all of it, and while an image now gone was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard.models import AuditEvent, Case, Instance, InstanceState, Opening, Receipt, Series, Share, User
from pinboard.policy import FOR_EVERYBODY
from pinboard.vocabulary import modality
from pinboard.web.text import _

MOST = 500
NOTED_EVERY = timedelta(hours=1)
"""A session's openings are noted once an hour, so whoever opened a case shortly before an image came saw that too."""
_WHAT = {"page": _("page"), "picture": _("picture"), "download": _("file")}
_GONE = ("image-hide", "image-remove")
_THERE = ("image-show",)


@dataclass(frozen=True, slots=True)
class Look:
    """One opening."""

    at: datetime
    who: str
    what: str
    device: str


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which one version of an image could be seen, and who opened the case in it."""

    number: int
    kind: str
    what_became: str
    since: datetime
    until: datetime
    who: tuple[str, ...]


def looks(session: Session, case: Case) -> list[Look]:
    """Give the openings of a case, newest first."""
    return [Look(row.at, _who(row), _WHAT.get(row.what, row.what), row.device) for row in _rows(session, case)]


def spans(session: Session, case: Case) -> list[Span]:
    """Give, for each image that was hidden, redacted or removed, while it was there and who opened the case then."""
    opened = _rows(session, case)
    found: list[Span] = []
    for number, (instance, kind) in enumerate(_images(session, case), 1):
        for since, until in _times(session, case, instance):
            who = [_who(row) for row in opened if since - NOTED_EVERY <= row.at <= until]
            became = _became(instance)
            found.append(Span(number, _(modality(kind)), became, since, until, tuple(dict.fromkeys(who))))
    return found


def _rows(session: Session, case: Case) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        select(Opening.at, Opening.what, Opening.device, Opening.register, Opening.share_id)
        .add_columns(User.name, Share.label, Share.kind)
        .outerjoin(User, User.id == Opening.user_id)
        .outerjoin(Share, Share.id == Opening.share_id)
        .where(Opening.case_id == case.id)
        .order_by(Opening.at.desc(), Opening.id.desc())
        .limit(MOST)
    )
    return session.execute(query).all()


def _images(session: Session, case: Case) -> Sequence[tuple[Instance, str]]:
    ordered = (
        select(Instance, Series.modality)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id == case.id, Instance.state != InstanceState.DRAFT, FOR_EVERYBODY)
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    )
    return [(instance, kind) for instance, kind in session.execute(ordered)]


def _times(session: Session, case: Case, instance: Instance) -> list[tuple[datetime, datetime]]:
    """Pair each time an image came into sight with the time it went; what is in sight now is nobody's worry."""
    stored = session.scalars(select(Receipt.created_at).where(Receipt.instance_id == instance.id))
    happened = [(at, True) for at in stored]
    acts = select(AuditEvent.at, AuditEvent.verb, AuditEvent.detail).where(
        AuditEvent.case_id == case.id, AuditEvent.verb.in_([*_GONE, *_THERE])
    )
    for at, verb, detail in session.execute(acts):
        if detail.get("instance") == instance.public_id:
            happened.append((at, verb in _THERE))
    times: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for at, is_there in sorted(happened):
        if is_there:
            since = since or at
        elif since is not None:
            times.append((since, at))
            since = None
    return times


def _became(instance: Instance) -> str:
    if instance.state == InstanceState.REMOVED:
        return _("removed")
    return _("hidden") if instance.state == InstanceState.HIDDEN else _("shown again")


def _who(row: Row[*tuple[Any, ...]]) -> str:
    """Name a member, or a link by its label; the person in the images is never named."""
    if row.register == "subject":
        return _("The patient") if row.share_id is None else _("The patient, by a link")
    if row.share_id is not None or row.name is None:
        return _("The link “{label}”").format(label=row.label) if row.label else _("A link")
    return str(row.name)
