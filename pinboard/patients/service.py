"""Releases a case to the person in its images and takes it back; both are acts of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.models import Board, BoardKind, Case, CaseChange, CaseState, InboxItem, Release, Subject, User

SENTENCES = {
    "unpublished": "Only a published case can be released.",
    "other-subject": (
        "These images belong to {own}, and you are about to release them to {other}. Check both codes, then confirm."
    ),
}
"""Why a release cannot be made; translated where it is shown, and filled in after that."""


class ReleaseError(Exception):
    """A release that cannot be made; `field` is where the form says so."""

    def __init__(self, sentence: str, field: str = "", **values: str) -> None:
        super().__init__(sentence)
        self.field, self.values = field, values


class OtherSubject(ReleaseError):  # noqa: N818 - it asks, rather than fails
    """The case is about another subject; going on needs a confirmation that names both chart codes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the subject will see, and from when."""

    caption: str
    author_name: str
    shows_date: bool
    instances: tuple[int, ...]
    not_before: datetime
    confirmed_codes: str = ""
    """What `both_codes` gives, where the author confirmed a release to another subject than the one in the images."""


def release(session: Session, case: Case, subject: Subject, terms: Terms, *, by: User) -> Release:
    """Let a subject see chosen images of a case; an earlier release of it to the same subject ends."""
    if case.state is not CaseState.PUBLISHED:
        raise ReleaseError(SENTENCES["unpublished"])
    own = session.get(Subject, case.subject_id) if case.subject_id else None
    if own is not None and own.id != subject.id and terms.confirmed_codes != both_codes(own, subject):
        codes = {"own": own.chart_code, "other": subject.chart_code}
        raise OtherSubject(SENTENCES["other-subject"], "other_subject", **codes)
    if own is None:
        case.subject_id = subject.id
    _end(session, case, subject.id)
    made = Release(
        public_id=public_id(),
        case_id=case.id,
        subject_id=subject.id,
        board_id=board_of(session, subject).id,
        caption=terms.caption,
        author_name=terms.author_name,
        shows_date=terms.shows_date,
        instances=list(terms.instances),
        not_before=terms.not_before,
        by_id=by.id,
        at=now(),
    )
    session.add(made)
    session.flush()
    policy.rebuild(session, [case.id])
    _note(session, case, by, "released")
    _tell_accounts(session, case, subject, made)
    audit.record(session, actor=by, verb="released", case=case, detail={"subject": subject.public_id})
    return made


def both_codes(own: Subject, other: Subject) -> str:
    """Join the chart codes that a confirmation names, so that it holds for these two and nobody else."""
    return f"{own.chart_code}+{other.chart_code}"


def take_back(session: Session, case: Case, *, by: User) -> None:
    """End every release of a case; links for its subject show nothing from then on."""
    if _end(session, case):
        policy.rebuild(session, [case.id])
        _note(session, case, by, "release-ended")
        audit.record(session, actor=by, verb="release-ended", case=case)


def board_of(session: Session, subject: Subject) -> Board:
    """Give the subject's board, made with the first release or with the account, whichever comes first."""
    mine = select(Board).where(Board.subject_id == subject.id, Board.archived_at.is_(None)).order_by(Board.id)
    board = session.scalar(mine.limit(1))
    if board is None:
        name = public_id()
        board = Board(
            public_id=name,
            slug=name,
            kind=BoardKind.PATIENT,
            title="My images",
            subject_id=subject.id,
            created_at=now(),
        )
        session.add(board)
        session.flush()
    return board


def subject_by_code(session: Session, code: str) -> Subject | None:
    """Find a subject by the chart code that the clinic keeps in its own chart."""
    return session.scalar(select(Subject).where(Subject.chart_code == code.strip().upper()))


def _end(session: Session, case: Case, subject_id: int | None = None) -> int:
    standing = select(Release).where(Release.case_id == case.id, Release.revoked_at.is_(None))
    if subject_id is not None:
        standing = standing.where(Release.subject_id == subject_id)
    ended = session.scalars(standing).all()
    for old in ended:
        old.revoked_at = now()
    # Whoever was to be told later is not told of what was taken back before.
    untold = [f"released:{old.public_id}" for old in ended]
    session.execute(delete(InboxItem).where(InboxItem.dedupe.in_(untold), InboxItem.at > now()))
    session.flush()
    return len(ended)


def _note(session: Session, case: Case, by: User, verb: str) -> None:
    session.add(CaseChange(case_id=case.id, by_id=by.id, at=now(), verb=verb))


def _tell_accounts(session: Session, case: Case, subject: Subject, made: Release) -> None:
    for account in session.scalars(select(User).where(User.subject_id == subject.id)):
        session.add(
            InboxItem(
                public_id=public_id(),
                user_id=account.id,
                kind="released",
                case_id=case.id,
                dedupe=f"released:{made.public_id}",
                at=made.not_before,
            )
        )
