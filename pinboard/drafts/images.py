"""What the review page shows of each image: its areas, what is suggested, whether somebody confirmed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from pinboard.custody import Box, WireBox
from pinboard.deid.rectangles import grow
from pinboard.drafts import suggestions
from pinboard.drafts.suggestions import Suggested
from pinboard.drafts.words import kind_of
from pinboard.intake.desk import on_desk
from pinboard.intake.receive import MOST_FILES
from pinboard.intake.review import box_of, confirmed_ids
from pinboard.models import Case, DrawnBox, Instance, InstanceKind, Series, Suggestion, Upload
from pinboard.policy import NotFound
from pinboard.web.text import _


@dataclass(frozen=True, slots=True)
class Outline:
    """A rectangle that is painted, or that would be and why."""

    x0: int
    y0: int
    x1: int
    y1: int
    why: str
    is_weak: bool


@dataclass(frozen=True, slots=True)
class DraftImage:
    """One image on the review page."""

    public_id: str
    name: str
    kind: str
    rows: int
    columns: int
    frames: int
    has_risk: bool
    is_confirmed: bool
    drawn: list[Box]
    suggestions: list[Suggested]
    scan: str
    scan_words: str
    doubt: str
    mark: str
    siblings: int
    """How many images of its series have the same size, itself included."""
    series: str
    length: int
    """How many slices its series has."""

    @property
    def open_count(self) -> int:
        """Give how many sure suggestions somebody still has to decide about."""
        return sum(map(suggestions.is_open, self.suggestions))

    def outlines(self, frame: int) -> list[Outline]:
        """Give what will be painted on one frame, and what would be, with its margin."""
        offered = [(one.box, one.why, one.is_weak) for one in self.suggestions if one.state == "open"]
        every = [*((box, "", False) for box in self.drawn), *offered]
        grown = [
            (grow((box.x0, box.y0, box.x1, box.y1), rows=self.rows, columns=self.columns), why, is_weak)
            for box, why, is_weak in every
            if box.frame is None or box.frame == frame
        ]
        return [Outline(*found, why, is_weak) for found, why, is_weak in grown if found]

    @property
    def boxes(self) -> list[WireBox]:
        """Give the areas as they cross to the page and back."""
        return [box.as_list() for box in self.drawn]

    @property
    def hints(self) -> list[dict[str, object]]:
        """Give the suggestions as the script of the page draws them."""
        return [one.as_json() for one in self.suggestions]


@dataclass(frozen=True, slots=True)
class Plate:
    """One small picture beside the large one: an image, or a series of many slices that has a page of its own."""

    image: DraftImage
    name: str
    series: str
    """Of a whole series; nothing for a single image."""
    is_confirmed: bool
    is_shown: bool
    open_count: int


def plates(every: list[DraftImage], shown: DraftImage | None, many: int) -> list[Plate]:
    """Give the small pictures in order; a series of at least so many images is one of them."""
    found: dict[str, list[DraftImage]] = {}
    counts = Counter(one.series for one in every)
    for one in every:
        found.setdefault(one.series if counts[one.series] >= many else one.public_id, []).append(one)
    return [_plate(members, shown, is_series=key == members[0].series) for key, members in found.items()]


def _plate(members: list[DraftImage], shown: DraftImage | None, *, is_series: bool) -> Plate:
    first = members[0]
    several = _("{first} and {count} more").format(first=first.name, count=len(members) - 1)
    return Plate(
        image=shown if shown in members else first,
        name=several if is_series else first.name,
        series=first.series if is_series else "",
        is_confirmed=all(one.is_confirmed for one in members),
        is_shown=shown in members,
        open_count=sum(one.open_count for one in members),
    )


def instance_for(session: Session, case: Case, public_id: str) -> Instance:
    """Give one image of a draft, or nothing."""
    found = session.scalar(
        select(Instance).where(Instance.public_id == public_id, Instance.case_id == case.id, on_desk())
    )
    if found is None:
        raise NotFound
    return found


def images(session: Session, case: Case) -> list[DraftImage]:
    """Give the images of a draft, series as they came, their slices in order; as many statements for any number."""
    sure = confirmed_ids(session, case)
    names = numbers(session, case)
    live = select(Instance.id).where(Instance.case_id == case.id, on_desk())
    drawn: dict[int, list[Box]] = {}
    for box in session.scalars(select(DrawnBox).where(DrawnBox.instance_id.in_(live)).order_by(DrawnBox.id)):
        drawn.setdefault(box.instance_id, []).append(box_of(box))
    offered: dict[int, list[Suggestion]] = {}
    for row in session.scalars(select(Suggestion).where(Suggestion.instance_id.in_(live)).order_by(Suggestion.id)):
        offered.setdefault(row.instance_id, []).append(row)
    rows = ordered(session, case)
    came: dict[int, int] = {}
    for one, _modality in rows:
        number = names.get(one.id, MOST_FILES)
        came[one.series_id] = min(number, came.get(one.series_id, number))
    rows = sorted(rows, key=lambda row: (came[row[0].series_id], row[0].series_id))
    alike = Counter((one.series_id, one.rows, one.columns) for one, _modality in rows)
    lengths = Counter[int]()
    for one, _modality in rows:
        lengths[one.series_id] += one.frame_count
    of_case = select(Series.id, Series.public_id).where(Series.case_id == case.id)
    series = {row.id: row.public_id for row in session.execute(of_case)}
    return [
        _image(
            one,
            name=name_of(names, one.id),
            kind=kind_of(modality, one.frame_count),
            is_confirmed=one.id in sure,
            boxes=drawn.get(one.id, []),
            offered=offered.get(one.id, []),
            siblings=alike[one.series_id, one.rows, one.columns],
            series=series[one.series_id],
            length=lengths[one.series_id],
        )
        for one, modality in rows
    ]


def _image(one: Instance, *, boxes: list[Box], offered: list[Suggestion], **more: Any) -> DraftImage:
    found = suggestions.suggested(offered, boxes, one.frame_count)
    return DraftImage(
        public_id=one.public_id,
        rows=one.rows,
        columns=one.columns,
        frames=one.frame_count,
        has_risk=one.has_risk,
        drawn=boxes,
        suggestions=found,
        scan=one.scan.value if one.scan else "",
        scan_words=suggestions.scan_words(one.scan, found, is_drawn=one.kind == InstanceKind.ECG),
        doubt=suggestions.doubt(one.scan, found),
        mark=suggestions.mark(one, boxes, found),
        **more,
    )


def ordered(session: Session, case: Case) -> Sequence[tuple[Instance, str]]:
    """Give the images of a draft with their kind, in DICOM's order; headers are read when somebody asks for one."""
    statement = (
        select(Instance, Series.modality)
        .options(defer(Instance.header), defer(Instance.scrub_counts), defer(Instance.view))
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.case_id == case.id, on_desk())
        .order_by(Series.position, Series.id, Instance.position, Instance.id)
    )
    return [(instance, modality) for instance, modality in session.execute(statement)]


def numbers(session: Session, case: Case) -> dict[int, int]:
    """Give the number under which each image came."""
    pairs = select(Upload.instance_id, Upload.number).where(Upload.case_id == case.id, Upload.instance_id.is_not(None))
    return {int(instance): number for instance, number in session.execute(pairs) if instance is not None}


def name_of(names: dict[int, int], instance_id: int) -> str:
    """Call an image what the queue called it."""
    number = names.get(instance_id)
    return _("Image {number}").format(number=number) if number else _("Image")
