"""Takes a case out of sight, for a while or for good: rows first, bytes by a job."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.intake.drafts import wipe_words
from pinboard.intake.errors import IntakeError
from pinboard.intake.flagged import close, open_flag, refuse_flagged
from pinboard.intake.notes import doom, note, record
from pinboard.intake.outbox import enqueue
from pinboard.intake.stores import Stores
from pinboard.models import (
    Case,
    CaseChange,
    CaseState,
    Comment,
    Consent,
    DoomedMedia,
    FlagState,
    Grant,
    Instance,
    InvalidTransition,
    Mark,
    MediaFile,
    Pin,
    Release,
    Series,
    Share,
    User,
    fulltext,
)

_VERBS = {"withdrawn": "withdraw", "restored": "restore", "hidden": "hide", "shown": "unhide", "erased": "erase"}
"""What the audit calls the act whose outcome the history names."""

RETURN_DAYS = 30
"""How long a withdrawn case can come back; then its bytes go, unless its subject was given them."""


def withdraw(session: Session, case: Case, by: User, reason: str | None = None) -> None:
    """Take a case from everyone but its subject, at once."""
    refuse_flagged(session, case)
    case.go(CaseState.WITHDRAWN)
    case.withdrawn_at = clock.now()
    _tell(session, case, by, "withdrawn", reason=reason)


def restore(session: Session, case: Case, by: User) -> None:
    """Bring a withdrawn case back, while its bytes are there and somebody's consent stands."""
    refuse_flagged(session, case)
    if case.state == CaseState.WITHDRAWN:
        if case.withdrawn_at is None or case.withdrawn_at < clock.now() - timedelta(days=RETURN_DAYS):
            raise IntakeError("too-late")
        if not policy.standing_levels(session, case):
            raise IntakeError("no-consent")
        if session.scalar(select(MediaFile.id).where(MediaFile.case_id == case.id).limit(1)) is None:
            raise IntakeError("too-late")
    case.go(CaseState.PUBLISHED)
    case.withdrawn_at = None
    _tell(session, case, by, "restored")


def hide(session: Session, case: Case, by: User, reason: str | None = None) -> None:
    """Take a case from everyone, its subject too, while something in it is mended."""
    if case.state == CaseState.WITHDRAWN:
        raise InvalidTransition("a withdrawn case is hidden by a reader's report alone")
    case.go(CaseState.HIDDEN)
    _tell(session, case, by, "hidden", reason=reason)


def unhide(session: Session, case: Case, by: User) -> None:
    """Show a hidden case again to those who could see it."""
    refuse_flagged(session, case)
    if case.state != CaseState.HIDDEN:
        raise IntakeError("not-published")
    case.go(CaseState.PUBLISHED)
    _tell(session, case, by, "shown")


def erase(session: Session, case: Case, by: User) -> None:
    """Erase for good: words and rows of pictures now, bytes by the job that this commit wakes. Receipts stay."""
    if case.state == CaseState.PUBLISHED:
        case.go(CaseState.WITHDRAWN)
    case.go(CaseState.ERASED)
    flag = open_flag(session, case)
    if flag is not None:
        close(flag, FlagState.ERASED, by)
    now = clock.now()
    if session.scalar(select(Instance.id).where(Instance.case_id == case.id, Instance.blob.is_not(None)).limit(1)):
        enqueue(session, "sweep", 0)
    purge_media(session, case)
    wipe_words(session, case)
    mine = {"synchronize_session": "fetch"}
    session.execute(
        update(Comment).where(Comment.case_id == case.id).values(body="", deleted_at=now), execution_options=mine
    )
    session.execute(
        update(CaseChange).where(CaseChange.case_id == case.id).values(before=None, after=None, reason=None),
        execution_options=mine,
    )
    session.execute(update(Series).where(Series.case_id == case.id).values(alt_text=""), execution_options=mine)
    session.execute(update(Instance).where(Instance.case_id == case.id).values(header={}), execution_options=mine)
    session.execute(
        update(Release).where(Release.case_id == case.id).values(caption="", revoked_at=now, instances=[]),
        execution_options=mine,
    )
    session.execute(
        update(Share).where(Share.case_id == case.id).values(label="", revoked_at=now), execution_options=mine
    )
    session.execute(update(Consent).where(Consent.case_id == case.id).values(reason=None), execution_options=mine)
    session.execute(delete(Mark).where(Mark.case_id == case.id), execution_options=mine)
    session.execute(delete(Pin).where(Pin.case_id == case.id), execution_options=mine)
    session.execute(delete(Grant).where(Grant.case_id == case.id), execution_options=mine)
    case.comment_count = case.frame_count = 0
    enqueue(session, "forget-words", 0)
    _tell(session, case, by, "erased")


def forget_words(stores: Stores) -> None:
    """Rewrite the index of words, so that those of erased cases leave its file too."""
    with stores.writing() as session:
        fulltext.forget(session.connection())


def purge_media(session: Session, case: Case) -> None:
    """Forget every object of a case; its URLs are dead with this transaction, its bytes soon after."""
    names = list(session.scalars(select(MediaFile.object_name).where(MediaFile.case_id == case.id)))
    session.execute(delete(MediaFile).where(MediaFile.case_id == case.id))
    session.execute(
        update(Instance).where(Instance.case_id == case.id).values(media_name=None, dhash=None, pixel_mac=None),
        execution_options={"synchronize_session": "fetch"},
    )
    doom(session, names)


def purge_withdrawn(session: Session) -> None:
    """Delete the bytes of what was withdrawn long ago and was not given to its subject."""
    before = clock.now() - timedelta(days=RETURN_DAYS)
    released = select(Release.id).where(Release.case_id == Case.id, Release.revoked_at.is_(None)).exists()
    kept = select(MediaFile.id).where(MediaFile.case_id == Case.id).exists()
    old = select(Case).where(Case.state == CaseState.WITHDRAWN, Case.withdrawn_at < before, ~released, kept)
    for case in session.scalars(old).all():
        purge_media(session, case)
        case.cover = None
        record(session, None, "purge", case)
        policy.void_attestations(session, case)


def delete_doomed(stores: Stores) -> None:
    """Delete the bytes that no row names any more; a crash in between only repeats it."""
    with stores.reading() as session:
        names = list(session.scalars(select(DoomedMedia.object_name)))
    for start in range(0, len(names), 500):
        some = names[start : start + 500]
        stores.media.delete(some)
        with stores.writing() as session:
            session.execute(delete(DoomedMedia).where(DoomedMedia.object_name.in_(some)))


def _tell(session: Session, case: Case, by: User, verb: str, *, reason: str | None = None) -> None:
    note(session, case, by, verb, reason=reason)
    record(session, by, _VERBS[verb], case)
    policy.rebuild(session, [case.id])
