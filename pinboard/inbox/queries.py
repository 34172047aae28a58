"""Reads an inbox: what happened and to which case, as far as its owner may still see that case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.models import Case, CaseState, InboxItem, User
from pinboard.models.engine import read
from pinboard.policy import Reader, may
from pinboard.web.paging import Cursor
from pinboard.web.text import _
from pinboard.web.times import ago

PAGE = 40
MOST = 99

WORDS = {
    "comment": _("{who} commented on your case"),
    "reply": _("{who} replied to you"),
    "draft-expires": _("A draft of yours will be erased soon"),
    "released": _("Your clinic shared pictures with you"),
    "publish-failed": _("A case could not be published"),
    "attest-asked": _("{who} asks for a second look at a case"),
    "attested": _("{who} looked at the images of your case; it may leave the clinic"),
    "attest-returned": _("{who} returned your case with a note"),
    "attest-void": _("The images of your case changed; it needs a second look before it leaves the clinic"),
    "mend-failed": _("An image could not be redacted; it stays hidden"),
    "flagged": _("A reader reported a case of yours; it is hidden until a reviewer has looked"),
    "flag-waits": _("A reader reported a case; it waits for a reviewer"),
    "flag-restored": _("A reviewer looked at your reported case; it is shown again"),
    "flag-redacted": _("A reported case of yours was mended and is shown again"),
    "flag-erased": _("A reviewer erased a reported case of yours"),
    "sample-picked": _("The clinic shows your offered case to visitors"),
    "sample-unpicked": _("The clinic shows your offered case to visitors no more"),
    "flag-closed": _("A reviewer looked at the case you reported"),
}


ASKED = "attest-asked"
"""Leads to the page of what waits; the case itself may be one that this clinician sees for the look alone."""
PLACES = {
    **dict.fromkeys(("attested", "attest-returned", "attest-void"), "/shares"),
    **dict.fromkeys(("sample-picked", "sample-unpicked"), "/discover"),
    **dict.fromkeys(("comment", "reply"), "#thread"),
}
"""Where on the pages of a case a line leads, if not to the case itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an inbox."""

    id: str
    words: str
    title: str
    href: str
    at: datetime
    ago: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a member: lines that nobody read, and cases that were begun."""

    unread: int = 0
    drafts: int = 0


def lines(session: Session, reader: Reader, after: Cursor | None) -> tuple[list[Line], Cursor | None]:
    """Give one page of an inbox, newest first; a case that may not be seen any more leaves a line without a title."""
    query = (
        select(InboxItem.id, InboxItem.public_id, InboxItem.kind, InboxItem.at, InboxItem.read_at, User.name)
        .add_columns(Case.public_id.label("case"), Case.title, Case.state, may(reader, "see").label("is_visible"))
        .outerjoin(Case, Case.id == InboxItem.case_id)
        .outerjoin(User, User.id == InboxItem.actor_id)
        .where(InboxItem.user_id == reader.user_id, InboxItem.at <= now())
        .order_by(InboxItem.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(InboxItem.id < int(after.keys[0]))
    rows = session.execute(query).all()
    found = []
    for row in rows[:PAGE]:
        is_open = bool(row.case and row.is_visible)
        found.append(
            Line(
                id=row.public_id,
                words=WORDS.get(row.kind, _("Something happened")).format(who=row.name or _("Somebody")),
                # A patient is never shown a title: it is the clinician's question.
                title=row.title if is_open and reader.register == "clinic" and row.kind != "released" else "",
                href=_href(reader, row.case, row.state, row.kind) if is_open or row.kind == ASKED else "",
                at=row.at,
                ago=ago(row.at),
                is_read=row.read_at is not None,
            ),
        )
    return found, Cursor((rows[PAGE - 1].id,)) if len(rows) > PAGE else None


def waiting(session: Session, user_id: int) -> Waiting:
    """Count in one statement, because every page asks; unread lines up to what a badge can show."""
    return Waiting(*read(session, _waiting(), {"user": user_id, "moment": now()}).one())


@cache
def _waiting() -> Select[int, int]:
    user, moment = bindparam("user", type_=Integer), bindparam("moment", type_=InboxItem.at.type)
    mine = (InboxItem.user_id == user, InboxItem.read_at.is_(None), InboxItem.at <= moment)
    few = select(InboxItem.id).where(*mine).limit(MOST)
    drafts = select(func.count(Case.id)).where(Case.author_id == user, Case.state == CaseState.DRAFT)
    return select(select(func.count()).select_from(few.subquery()).scalar_subquery(), drafts.scalar_subquery())


def _href(reader: Reader, case: str, state: CaseState, kind: str) -> str:
    if kind == ASKED:
        return "/attest"
    if reader.register == "subject" or kind == "released":
        # A doctor who is also a patient reads what was released to her there, too.
        return f"/my/c/{case}"
    if kind == "flag-waits":
        return "/flags"
    if state in {CaseState.DRAFT, CaseState.PUBLISHING}:
        return f"/drafts/{case}"
    return f"/c/{case}{PLACES.get(kind, '')}"
