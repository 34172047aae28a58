"""Offers a case to everybody and takes it back, picks it and lets it go; each is written down."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pinboard import audit, policy
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.intake.notes import note, tell
from pinboard.models import Case, PublicSample, User
from pinboard.models.clinic_settings import decide
from pinboard.policy import NotFound


def offer(session: Session, case: Case, words: PublicSample, by: User) -> None:
    """Offer a case in these words; words that change are a new offer, which has to be picked again."""
    end(session, case, by, is_told=False)
    words.case_id, words.offered_by_id, words.offered_at = case.id, by.id, now()
    session.add(words)
    policy.offer_public(session, case, is_offered=True)
    note(session, case, by, "sample-offered")
    audit.record(session, actor=by, verb="sample-offer", case=case)


def end(session: Session, case: Case, by: User, *, is_told: bool = True) -> None:
    """Take an offer back: outsiders see nothing of the case from the next request on."""
    standing = session.get(PublicSample, case.id)
    if standing is None:
        return
    session.delete(standing)
    session.flush()
    policy.offer_public(session, case, is_offered=False)
    if is_told:
        note(session, case, by, "sample-ended")
        audit.record(session, actor=by, verb="sample-end", case=case)


def pick(session: Session, case: Case, by: User) -> None:
    """Show an offered case to everybody."""
    sample = _sample(session, case)
    if sample.picked_at is not None:
        return
    policy.pick_public(session, case, by)
    sample.picked_by_id, sample.picked_at = by.id, now()
    note(session, case, by, "sample-picked")
    _tell_author(session, case, "sample-picked", by)
    audit.record(session, actor=by, verb="sample-pick", case=case)


def unpick(session: Session, case: Case, by: User) -> None:
    """Show a case to outsiders no more; its author's offer stands."""
    sample = _sample(session, case)
    sample.picked_by_id = sample.picked_at = sample.week_of = None
    policy.unpick_public(session, case)
    note(session, case, by, "sample-unpicked")
    _tell_author(session, case, "sample-unpicked", by)
    audit.record(session, actor=by, verb="sample-unpick", case=case)


def make_case_of_the_week(session: Session, case: Case, by: User) -> None:
    """Let a picked case stand first until another one does."""
    sample = _sample(session, case)
    if sample.picked_at is None:
        raise NotFound
    sample.week_of = now()
    audit.record(session, actor=by, verb="sample-week", case=case)


def open_to_visitors(session: Session, *, is_open: bool, is_listed: bool, by: User) -> None:
    """Switch the pages for visitors on or off, and let search engines list them or not."""
    wishes = {"discover": is_open, "discover_is_listed": is_listed}
    changed = {name: value for name, value in wishes.items() if decide(session, name, value, by_id=by.id)}
    if changed:
        audit.record(session, actor=by, verb="discover-changed", detail=changed)


def _tell_author(session: Session, case: Case, kind: str, by: User) -> None:
    """Let the author know what became of the offer; whoever picks a case of their own knows."""
    if by.id != case.author_id:
        tell(session, case, kind, f"{kind}:{public_id()}")


def _sample(session: Session, case: Case) -> PublicSample:
    sample = session.get(PublicSample, case.id)
    if sample is None:
        raise NotFound
    return sample
