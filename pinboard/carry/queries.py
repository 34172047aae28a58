"""Finds what somebody may carry away: a member of the clinic, the person in the images, whoever holds a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from pinboard.intake.carry import Run, Slice, runs_of
from pinboard.models import Case, Share, ShareKind, User
from pinboard.patients.queries import released
from pinboard.policy import NotFound, Reader, case_to_carry, reader_for, reader_for_share
from pinboard.shares.queries import for_colleague, opened
from pinboard.vocabulary import modality
from pinboard.web.text import _, ngettext

__all__ = ["Bag", "label", "missing", "of_clinic", "of_share", "of_subject", "opened"]


@dataclass(frozen=True, slots=True)
class Bag:
    """What one reader may carry of one case, and the words that go along."""

    case_id: int
    address: str
    """Of the page that shows the images."""
    runs: tuple[Run, ...]
    title: str
    words: tuple[tuple[str, str], ...]
    """Heading and text, as this reader's own page shows them."""
    reader: Reader
    is_still: Callable[[Session], bool]
    """Asks again whether this reader may have it, while it streams."""

    @property
    def open_runs(self) -> tuple[Run, ...]:
        """Give the series that go along."""
        return tuple(run for run in self.runs if not run.is_withheld)

    @property
    def media(self) -> str:
        """Give where this reader's pictures are."""
        return f"{self.address}/media/" if self.address.startswith("/s/") else "/media/"

    def picture(self, media_name: str, frame: int) -> Slice | None:
        """Give the image of a name if this frame of it may be taken as a picture; of a held-back series, the key."""
        for run in self.runs:
            for place, one in enumerate(run.slices):
                if one.media_name == media_name and frame < one.frames:
                    return one if not run.is_withheld or (place, frame) == run.key else None
        return None

    def cine(self, media_name: str) -> Slice | None:
        """Give the image of a name if it is a cine that goes along."""
        found = (one for run in self.open_runs for one in run.slices if one.media_name == media_name)
        return next((one for one in found if one.frames > 1), None)

    def stack(self, media_name: str) -> Run | None:
        """Give the series that goes along as a moving picture under the name of its first slice."""
        found = (run for run in self.open_runs if run.stack)
        return next((run for run in found if run.stack[0].media_name == media_name), None)


def label(run: Run) -> str:
    """Name a series and say how many pictures it has."""
    count = ngettext("{count}\u00a0image", "{count}\u00a0images", run.frames).format(count=run.frames)
    return f"{_(modality(run.modality))}, {count}"


def missing(run: Run) -> str:
    """Say which of a series' slices are not here, as far as their numbers tell."""
    if run.numbers is None:
        return ""
    first, last, here = run.numbers
    gone = last - first + 1 - here
    sentence = ngettext(
        "Not the whole series: of the slices {first} to {last}, {here} are here and {gone} is missing.",
        "Not the whole series: of the slices {first} to {last}, {here} are here and {gone} are missing.",
        gone,
    )
    return sentence.format(first=first, last=last, here=here, gone=gone)


def of_clinic(session: Session, reader: Reader, public_id: str) -> Bag:
    """Give what a member of the clinic may carry of a case, or raise `NotFound`."""
    case = case_to_carry(session, reader, public_id)
    user_id = reader.user_id
    return Bag(
        case_id=case.id,
        address=f"/c/{case.public_id}",
        runs=tuple(runs_of(session, case.id, released=None)),
        title=case.title,
        words=_written((_("Question"), case.question), (_("Findings"), case.findings)),
        reader=reader,
        is_still=lambda later: _is_still_of_clinic(later, user_id, public_id),
    )


def of_subject(session: Session, user: User, public_id: str) -> Bag | None:
    """Give what was released of a case to the person in the images."""
    user_id = user.id
    bag = _released(session, reader_for(session, user, "subject"), f"/my/c/{public_id}", Case.public_id == public_id)
    return None if bag is None else _asking(bag, lambda later: _is_still_of_subject(later, user_id, public_id))


def of_share(session: Session, share: Share, address: str) -> Bag | None:
    """Give what a link lets its holder carry: the person in the images always, a colleague where its maker said so."""
    reader, share_id = reader_for_share(session, share), share.id
    if share.kind is ShareKind.SUBJECT:
        bag = _released(session, reader, address)
    else:
        bag = _for_colleague(session, reader, address) if share.allows_download else None
    return None if bag is None else _asking(bag, lambda later: _is_still_of_share(later, share_id))


def _released(session: Session, reader: Reader, address: str, *narrower: ColumnElement[bool]) -> Bag | None:
    found = released(session, reader, *narrower)
    if not found:
        return None
    case = found[0]
    return Bag(
        case_id=case.case_id,
        address=address,
        runs=tuple(runs_of(session, case.case_id, released=case.instances)),
        title=_("Your images"),
        words=_written((_("About these images"), case.caption), (_("Explained by"), case.author)),
        reader=reader,
        is_still=lambda _later: False,
    )


def _for_colleague(session: Session, reader: Reader, address: str) -> Bag | None:
    case = for_colleague(session, reader)
    if case is None:
        return None
    return Bag(
        case_id=case.case_id,
        address=address,
        runs=tuple(runs_of(session, case.case_id, released=None)),
        title=case.title,
        words=_written((_("Question"), case.question), (_("Findings"), case.findings)),
        reader=reader,
        is_still=lambda _later: False,
    )


def _asking(bag: Bag, is_still: Callable[[Session], bool]) -> Bag:
    return Bag(bag.case_id, bag.address, bag.runs, bag.title, words=bag.words, reader=bag.reader, is_still=is_still)


def _written(*words: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((heading, text) for heading, text in words if text)


def _is_still_of_clinic(session: Session, user_id: int | None, public_id: str) -> bool:
    try:
        case_to_carry(session, reader_for(session, session.get(User, user_id)), public_id)
    except NotFound:
        return False
    return True


def _is_still_of_subject(session: Session, user_id: int, public_id: str) -> bool:
    reader = reader_for(session, session.get(User, user_id), "subject")
    return bool(released(session, reader, Case.public_id == public_id))


def _is_still_of_share(session: Session, share_id: int) -> bool:
    share = session.get(Share, share_id)
    if share is None:
        return False
    reader = reader_for_share(session, share)
    return bool(released(session, reader) if share.kind is ShareKind.SUBJECT else for_colleague(session, reader))
