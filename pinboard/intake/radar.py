"""Looks, before a case is published, for what might tell a reader who its subject is; it warns and never blocks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from pinboard.imaging.series import sort_key
from pinboard.intake.landing import chosen_boards
from pinboard.models import (
    Board,
    BoardKind,
    Case,
    CaseState,
    Instance,
    InstanceState,
    Pin,
    Series,
    User,
    WordApproval,
)
from pinboard.models.clinic_settings import clinic
from pinboard.policy import Reader, may
from pinboard.vocabulary import meaning

NEARLY = 4
"""Most differing bits of two difference hashes that count as nearly the same picture. Measured on the samples: other
pictures differ in 9 or more, the same picture painted, smaller or in another file format mostly in 0 to 3."""
MOST_ALIKE = 3
"""A picture like those of more cases than this is like every picture of its kind, and its likeness says nothing."""
COMPARED = 64
"""Images of one draft that are compared; of a long series these are spread over its length."""
KEY_SLICES = 24
"""Slices of a head that show what a question is about; with many more, the face can be rebuilt from them."""
THIN_MM, MANY = 2.0, 40
"""Of a volume of which nobody said what it shows: slices as thin and as many as a face needs."""
_VOLUMES = frozenset({"CT", "MR", "PT"})
_BAND = 4  # hex digits, a quarter of a hash
_UNSEEN = (InstanceState.LEFT_OUT, InstanceState.REMOVED)
_HEAD = re.compile(
    r"\b(brain|cranium|entire body|eye|face|facial|head|intracranial|jaw|mandible|maxilla|nasal|neck|nose|orbital"
    r"|paranasal|skull)\b",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\b(actor|actress|bishop|celebrity|famous|footballer|imam|mayor|minister|newspaper|olympian|pastor|politician"
    r"|priest|prisoner|quadruplets?|rabbi|refugee|senator|triplets?|twins?(?! (?:gestation|peak|pregnan))|village"
    r"|well-known)\b",
    re.IGNORECASE,
)
"""Words that leave few people it could be."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A case that holds the same picture; nothing of it is known to whoever may not see it."""

    public_id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Echo:
    """One thing that might point to a person. `images` are ids of images of the draft."""

    code: str
    images: tuple[int, ...] = ()
    elsewhere: Elsewhere | None = None
    count: int = 0
    words: tuple[str, ...] = ()

    @property
    def is_warning(self) -> bool:
        """Tell what speaks of this case from what is asked of every case of its kind."""
        return self.code not in {"photo", "approved-words"}


def look_around(session: Session, case: Case, reader: Reader) -> list[Echo]:
    """Give everything that might point to a person, the gravest first."""
    rows = _images(session, case)
    return [
        *_copies(session, case, reader, rows),
        *_volumes(case, rows),
        *_rare(session, case),
        *_telling(case),
        *_reminders(session, case, rows),
    ]


def distance(one: str, other: str) -> int:
    """Count the bits in which two difference hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _images(session: Session, case: Case) -> Sequence[Row[Instance, Series]]:
    return session.execute(
        select(Instance, Series)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id == case.id, Instance.state == InstanceState.DRAFT)
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    ).all()


def _copies(session: Session, case: Case, reader: Reader, rows: Sequence[Row[Instance, Series]]) -> Iterator[Echo]:
    """Find the very same picture, then nearly the same ones, in cases that were published and in the author's own."""
    same: dict[Elsewhere, set[int]] = defaultdict(set)
    macs = {image.pixel_mac: image.id for image, _series in rows if image.pixel_mac}
    for found in session.execute(_others(case, reader).where(Instance.pixel_mac.in_(macs))):
        same[_elsewhere(found)].add(macs[found.pixel_mac])
    for elsewhere, images in same.items():
        yield Echo("same-picture", tuple(sorted(images)), elsewhere)
    taken = set().union(*same.values())
    left = [(image, series) for image, series in rows if image.dhash and image.id not in taken]
    near = _near(session, case, reader, _spread(left))
    for elsewhere, images in near.items():
        if elsewhere not in same:
            yield Echo("near-picture", tuple(sorted(images)), elsewhere)


def _near(session: Session, case: Case, reader: Reader, mine: Sequence[Any]) -> dict[Elsewhere, set[int]]:
    found: dict[Elsewhere, set[int]] = defaultdict(set)
    if not mine:
        return found
    others = session.execute(_others(case, reader).where(_may_be_near({image.dhash for image, _series in mine}))).all()
    for image, series in mine:
        alike = {
            other.case_id: _elsewhere(other)
            for other in others
            if distance(image.dhash, other.dhash) <= NEARLY
            and (other.modality == series.modality or (other.is_photo and image.is_photo))
        }
        if len(alike) <= MOST_ALIKE:
            for elsewhere in alike.values():
                found[elsewhere].add(image.id)
    return found


def _others(case: Case, reader: Reader) -> Select[*tuple[Any, ...]]:
    """Ask for images of other cases, with whether this reader may see each; a stranger's draft is not looked at."""
    shown = Case.seq.is_not(None) & (Case.state != CaseState.ERASED)
    own_draft = (Case.author_id == case.author_id) & (Case.state == CaseState.DRAFT)
    return (
        select(Instance.case_id, Instance.dhash, Instance.pixel_mac, Instance.is_photo, Series.modality)
        .add_columns(Case.public_id, Case.title, may(reader, "see").label("is_visible"))
        .join(Series, Series.id == Instance.series_id)
        .join(Case, Case.id == Instance.case_id)
        .where(Instance.case_id != case.id, Instance.state.not_in(_UNSEEN), or_(shown, own_draft))
    )


def _elsewhere(row: Row[Any]) -> Elsewhere:
    return Elsewhere(row.public_id, row.title) if row.is_visible else Elsewhere()


def _may_be_near(hashes: Iterable[str]) -> ColumnElement[bool]:
    """Let the database leave out most pictures: of two hashes that differ in 7 bits or fewer, a quarter does in one."""
    bands: list[set[str]] = [set(), set(), set(), set()]
    for one in hashes:
        for place, wanted in enumerate(bands):
            band = int(one[place * _BAND : (place + 1) * _BAND], 16)
            wanted |= {f"{band ^ flip:04x}" for flip in (0, *(1 << bit for bit in range(4 * _BAND)))}
    parts = [
        func.substr(Instance.dhash, place * _BAND + 1, _BAND).in_(sorted(wanted)) for place, wanted in enumerate(bands)
    ]
    return Instance.dhash.is_not(None) & or_(*parts)


def _spread(rows: Sequence[Any]) -> Sequence[Any]:
    if len(rows) <= COMPARED:
        return rows
    return [rows[place * (len(rows) - 1) // (COMPARED - 1)] for place in range(COMPARED)]


def _volumes(case: Case, rows: Sequence[Row[Instance, Series]]) -> Iterator[Echo]:
    """Find heads of which so many slices are shown that a face can be rebuilt; PS3.15 calls it recognizable."""
    grouped: dict[int, list[Instance]] = defaultdict(list)
    for image, series in rows:
        if series.modality in _VOLUMES and series.is_recognizable and not image.is_subject_only:
            grouped[series.id].append(image)
    for images in grouped.values():
        slices = sum(image.frame_count for image in images)
        is_head = "BodyPartExamined" in images[0].header or bool(_HEAD.search(meaning(case.body_part)))
        is_nowhere = not is_head and not case.body_part
        if (is_head and slices > KEY_SLICES) or (is_nowhere and slices > MANY and _is_thin(images)):
            yield Echo("head", tuple(image.id for image in images), count=slices)


def _is_thin(images: Sequence[Instance]) -> bool:
    """Tell whether slices are as close together as the pixels of a face would have to be."""
    header = min((image.header for image in images), key=sort_key)
    steps = [header.get("SpacingBetweenSlices"), header.get("SliceThickness"), *(header.get("PixelSpacing") or [])]
    known = [float(step) for step in steps if step]
    return bool(known) and max(known) < THIN_MM


def _rare(session: Session, case: Case) -> Iterator[Echo]:
    """Find out whether few cases have this specialty, body part and age, once there are enough to count."""
    decided = clinic(session)
    fewer_than, from_cases = decided["rare_fewer_than"], decided["rare_from_cases"]
    if not case.body_part or not case.age_band or _count(session, _published(), from_cases) < from_cases:
        return
    alike = _published().where(Case.id != case.id, Case.body_part == case.body_part, Case.age_band == case.age_band)
    boards = session.execute(
        chosen_boards(case).where(Board.kind == BoardKind.SPECIALTY).with_only_columns(Board.id, Board.title)
    ).all()
    counts = [(_count(session, alike.where(_pinned(board.id)), fewer_than), board.title) for board in boards] or [
        (_count(session, alike, fewer_than), "")
    ]
    count, title = min(counts)
    if count < fewer_than:
        words = (title, meaning(case.body_part), case.age_band)
        yield Echo("rare", count=fewer_than, words=tuple(word for word in words if word))


def _published() -> Select[int]:
    """Ask for cases of the clinic; those of the demo board are about nobody here."""
    return (
        select(Case.id)
        .join(User, User.id == Case.author_id)
        .where(Case.state == CaseState.PUBLISHED, User.is_demo.is_(False))
    )


def _pinned(board_id: int) -> ColumnElement[bool]:
    return select(Pin.id).where(Pin.case_id == Case.id, Pin.board_id == board_id).correlate(Case).exists()


def _count(session: Session, query: Select[int], enough: int) -> int:
    """Count no further than it matters."""
    return session.scalar(select(func.count()).select_from(query.limit(enough).subquery())) or 0


def _telling(case: Case) -> Iterator[Echo]:
    diagnoses = [str(item.get("diagnosis", "")) for item in case.differential if isinstance(item, dict)]
    texts = (case.title, case.question, case.history, case.findings, case.outcome, *map(str, case.tags), *diagnoses)
    found = dict.fromkeys(match.group().casefold() for text in texts for match in _TELLING.finditer(text))
    if found:
        yield Echo("words", words=tuple(found))


def _reminders(session: Session, case: Case, rows: Sequence[Row[Instance, Series]]) -> Iterator[Echo]:
    photos = tuple(image.id for image, _series in rows if image.is_photo)
    if photos:
        yield Echo("photo", photos)
    approved = session.scalar(select(func.count()).select_from(WordApproval).where(WordApproval.case_id == case.id))
    if approved:
        yield Echo("approved-words", count=approved)
