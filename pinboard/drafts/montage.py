"""What the page of all slices shows: each small, the odd ones large and first, the areas and where they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pinboard.custody import Box, WireBox
from pinboard.drafts import numbering, suggestions
from pinboard.drafts.suggestions import Suggested
from pinboard.drafts.words import kind_of
from pinboard.imaging.neighbours import Look, standing_out
from pinboard.imaging.presets import presets_for
from pinboard.intake.montage import LARGE_LENGTH, LENGTH, Slice, in_sheets, slices_of, version
from pinboard.intake.review import Held, held
from pinboard.models import Case, Instance, InstanceState, ScanState, Series, Suggestion
from pinboard.policy import NotFound
from pinboard.web.text import _, ngettext

FROM = 8
"""Slices from which on a series is looked at as a whole; fewer are looked at one by one."""
MOST_RAISED = 24
"""Slices that are raised because software would paint something on them; of more, the first ones stand for all."""
MOST_AREAS = 40

WHY = {
    "spot": _("Something bright that its neighbours do not show"),
    "shape": _("Another shape than its neighbours"),
    "brightness": _("Another brightness than its neighbours"),
    "damaged": _("Cannot be shown. Leave this image out"),
    "weak": _("Maybe letters"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One slice on the page."""

    number: int
    image: str
    frame: int
    rows: int
    columns: int
    sheet: str
    """Numbers of the slices on its sheet."""
    mark: str
    """Changes with what the sheet shows."""
    place: int
    is_confirmed: bool
    is_painted: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """One area and the slices it is drawn on."""

    box: WireBox
    words: str
    slices: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A series of a draft as its slices stand now."""

    public_id: str
    modality: str
    slices: list[Slice]
    offered: dict[int, list[Suggested]]
    """Suggestions by image, of those that nobody confirmed yet."""
    searching: int
    """Images in which text is still looked for."""

    @property
    def doubt(self) -> str:
        """Give how many sure suggestions somebody has to decide about."""
        return str(sum(suggestions.is_open(one) for every in self.offered.values() for one in every))


def stack_for(session: Session, case: Case, series: str) -> Stack:
    """Give a series of a draft, or nothing where it has no image that waits to be looked at."""
    row = session.execute(
        select(Series.id, Series.modality).where(Series.case_id == case.id, Series.public_id == series)
    ).one_or_none()
    slices = slices_of(held(session, Instance.series_id == row.id, _draft())) if row else []
    if row is None or not slices:
        raise NotFound
    waiting = {one.held.id: one.held for one in slices if not one.held.is_confirmed}
    rows: dict[int, list[Suggestion]] = {}
    for found in session.scalars(select(Suggestion).where(Suggestion.instance_id.in_(waiting))):
        rows.setdefault(found.instance_id, []).append(found)
    offered = {
        key: suggestions.suggested(every, waiting[key].boxes, waiting[key].frame_count) for key, every in rows.items()
    }
    mine = (Instance.series_id == row.id, _draft(), Instance.scan == ScanState.WAITING)
    searching = session.scalar(select(func.count()).select_from(Instance).where(*mine)) or 0
    return Stack(series, row.modality, slices, offered, searching)


def first_stack(session: Session, case: Case) -> str:
    """Give the series to look at as a whole, if the first image that nobody confirmed belongs to such a one."""
    order = (Series.position, Series.id, Instance.position, Instance.id)
    mine = (Instance.case_id == case.id, _draft())
    sure = {one.id for one in held(session, *mine) if one.is_confirmed}
    statement = select(Instance.id, Series.public_id).join(Series, Series.id == Instance.series_id)
    rows = session.execute(statement.where(*mine).order_by(*order)).all()
    first = next((series for image, series in rows if image not in sure), None)
    return first if first and sum(series == first for _image, series in rows) >= FROM else ""


def _draft() -> ColumnElement[bool]:
    return Instance.state == InstanceState.DRAFT


def kind(stack: Stack) -> str:
    """Say what a series is: “CT, 184 slices”."""
    frames = stack.slices[0].held.frame_count
    if len(stack.slices) == frames:
        return kind_of(stack.modality, frames)
    return _("{kind}, {count} slices").format(kind=kind_of(stack.modality, 1), count=len(stack.slices))


def tiles(stack: Stack) -> list[Tile]:
    """Give every slice with its place in a sheet."""
    return [tile for sheet in in_sheets(stack.slices, LENGTH) for tile in _on_sheet(sheet)]


def raised(stack: Stack, looks: Mapping[bytes, Look | None]) -> list[Tile]:
    """Give the slices to look at first, with why, on sheets of their own."""
    why = reasons(stack, looks)
    every = {one.number: one for one in stack.slices}
    sheets = in_sheets([every[number] for number in why], LARGE_LENGTH)
    # A sheet is in the order of its numbers, the page in the order to look.
    made = [tile for sheet in sheets for tile in _on_sheet(sorted(sheet, key=lambda one: one.number))]
    order = list(why)
    return [replace(tile, why=why[tile.number]) for tile in sorted(made, key=lambda tile: order.index(tile.number))]


def _on_sheet(sheet: Sequence[Slice]) -> list[Tile]:
    name, mark = numbering.write(one.number for one in sheet), version(sheet)
    return [
        Tile(
            number=one.number,
            image=one.held.public_id,
            frame=one.frame,
            rows=one.held.rows,
            columns=one.held.columns,
            sheet=name,
            mark=mark,
            place=place,
            is_confirmed=one.held.is_confirmed,
            is_painted=any(box.frame in {None, one.frame} for box in one.held.boxes),
        )
        for place, one in enumerate(sheet)
    ]


def reasons(stack: Stack, looks: Mapping[bytes, Look | None]) -> dict[int, str]:
    """Say of each slice that nobody should pass over why, in the order to look; a confirmed one is not raised."""
    known = [(one.number, look) for one in stack.slices if (look := looks.get(one.pixels)) is not None]
    odd = {known[place][0]: WHY[reason] for place, reason in standing_out([look for _number, look in known]).items()}
    damaged = {one.number: WHY["damaged"] for one in stack.slices if looks.get(one.pixels, one) is None}
    waiting = {one.number for one in stack.slices if not one.held.is_confirmed}
    found: dict[int, str] = {}
    for source in (damaged, *_suggested(stack), odd):
        found |= {number: why for number, why in source.items() if number in waiting and number not in found}
    return found


def _suggested(stack: Stack) -> tuple[dict[int, str], dict[int, str]]:
    sure: dict[int, str] = {}
    weak: dict[int, str] = {}
    for one in stack.slices:
        here = [other for other in stack.offered.get(one.held.id, []) if _is_on(other, one)]
        if count := sum(map(suggestions.is_open, here)):
            words = ngettext(
                "1 suggestion: something to paint over", "{count} suggestions: something to paint over", count
            )
            sure[one.number] = words.format(count=count)
        elif any(other.state == "open" for other in here):
            weak[one.number] = WHY["weak"]
    # Thin bright lines in every slice are anatomy; in a few of many they may be letters.
    rare = weak if len(weak) <= max(FROM, len(stack.slices) // 10) else {}
    return dict(list(sure.items())[:MOST_RAISED]), dict(list(rare.items())[:MOST_RAISED])


def _is_on(offered: Suggested, one: Slice) -> bool:
    """Tell whether to raise a slice for a suggestion; what is on every frame is seen on the middle one."""
    frame = one.held.frame_count // 2 if offered.box.frame is None else offered.box.frame
    return frame == one.frame


def is_compared(stack: Stack, looks: Mapping[bytes, Look | None]) -> bool:
    """Tell whether every slice was compared with its neighbours."""
    return all(one.pixels in looks for one in stack.slices)


def areas(stack: Stack) -> list[Area]:
    """Give the areas that are drawn, each once, with the slices it lies on; those on most slices first."""
    found: dict[Box, list[int]] = {}
    for one in stack.slices:
        for box in one.held.boxes:
            if box.frame in {None, one.frame}:
                found.setdefault(replace(box, frame=None), []).append(one.number)
    most = sorted(found.items(), key=lambda item: (-len(item[1]), item[1][0]))[:MOST_AREAS]
    return [Area(box.as_list(), _words(box), numbering.told(numbers)) for box, numbers in most]


def _words(box: Box) -> str:
    size = {"width": box.x1 - box.x0, "height": box.y1 - box.y0, "x": box.x0, "y": box.y0}
    text = _("{width} × {height} at {x}, {y}, blurred") if box.fill == "blur" else _("{width} × {height} at {x}, {y}")
    return text.format(**size)


def accepted(stack: Stack) -> dict[Held, list[Box]]:
    """Give what is drawn when every sure suggestion of the series is accepted."""
    images = {one.held.id: one.held for one in stack.slices}
    return {images[key]: [one.box for one in every if suggestions.is_open(one)] for key, every in stack.offered.items()}


def windows(session: Session, stack: Stack) -> list[tuple[str, str]]:
    """Give the windows in which a slice can be looked at large, each with its name."""
    header = session.scalar(select(Instance.header).where(Instance.id == stack.slices[0].held.id))
    return [(one.key, _(one.label)) for one in presets_for(header or {})]
