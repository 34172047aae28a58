"""What the page of series shows: each with a picture, its plane, how many slices, and which of them are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from pinboard.drafts.words import PLANES, series_label
from pinboard.imaging.series import KEY_SLICES, VOLUMES, axes_of, plane
from pinboard.intake.arrange import ARRIVED
from pinboard.intake.choose import HOWS, Choice, How
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, Instance, InstanceKind, InstanceState, Series, Study
from pinboard.web.text import _

MOST_NUMBER = 100_000
_SHOWN = and_(Instance.state == InstanceState.DRAFT, Instance.is_subject_only.is_(False))


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series to choose from."""

    public_id: str
    study: int
    label: str
    facts: str
    """“Axial, 184 slices of 1.25 mm, 2 acquisitions”."""
    chosen: str
    """“23 of 184 slices are shown”."""
    image: str
    width: int
    height: int
    frame: int
    count: int
    is_face: bool
    is_many: bool
    """Of a head, and more slices than may be shown of it."""
    is_kept: bool
    choice: Choice


def series_rows(session: Session, draft: Case) -> list[SeriesRow]:
    """Give the series of a draft in order; a few statements for any number of slices, one header for each series."""
    rows = session.execute(_grouped(draft)).all()
    keys = {row.Series.key_instance_id for row in rows}
    shown = {one.id: one for one in session.scalars(select(Instance).where(Instance.id.in_(keys)))}
    places = _places(session, draft)
    studies = {study: number for number, study in enumerate(dict.fromkeys(row.Series.study_id for row in rows), 1)}
    return [
        _row(row, shown[row.Series.key_instance_id], places.get(row.Series.id, []), studies[row.Series.study_id])
        for row in rows
        if row.Series.key_instance_id in shown
    ]


def is_arranging(session: Session, draft: Case) -> bool:
    """Tell whether files came in that have not found their place yet."""
    fresh = select(Instance.id).where(Instance.case_id == draft.id, Instance.position >= ARRIVED)
    return session.scalar(fresh.limit(1)) is not None


def is_worth_choosing(rows: list[SeriesRow]) -> bool:
    """Tell whether there is anything to choose: a series of several slices, or one that stands aside."""
    return any(row.count > 1 or row.choice.how == "none" for row in rows)


def _grouped(draft: Case) -> Any:
    header = Instance.header
    return (
        select(Series)
        .add_columns(
            func.count().label("size"),
            func.sum(Instance.frame_count).label("frames"),
            _sum(_SHOWN).label("shown"),
            _sum(and_(Instance.state == InstanceState.DRAFT, Instance.is_subject_only)).label("kept"),
            _sum(Instance.kind == InstanceKind.LOCALIZER).label("scouts"),
            _sum(Instance.kind == InstanceKind.MOSAIC).label("mosaics"),
            func.count(func.distinct(header["AcquisitionNumber"].as_string())).label("acquisitions"),
        )
        .join(Instance, Instance.series_id == Series.id)
        .join(Study, Study.id == Series.study_id)
        .where(Series.case_id == draft.id, Instance.state.in_([InstanceState.DRAFT, InstanceState.LEFT_OUT]))
        .group_by(Series.id, Study.position, Study.id)
        .order_by(Study.position, Study.id, Series.position, Series.id)
    )


def _sum(clause: ColumnElement[bool]) -> Any:
    return func.sum(case((clause, 1), else_=0))


def _places(session: Session, draft: Case) -> dict[int, list[int]]:
    """Give the places of what is shown of each series, counted from 1."""
    place = func.row_number().over(partition_by=Instance.series_id, order_by=(Instance.position, Instance.id))
    every = (
        select(Instance.series_id, place.label("place"), case((_SHOWN, 1), else_=0).label("is_shown"))
        .where(Instance.case_id == draft.id, Instance.state.in_([InstanceState.DRAFT, InstanceState.LEFT_OUT]))
        .subquery()
    )
    found: dict[int, list[int]] = {}
    query = select(every.c.series_id, every.c.place).where(every.c.is_shown == 1).order_by(every.c.place)
    for series_id, number in session.execute(query):
        found.setdefault(series_id, []).append(int(number))
    return found


def _row(row: Row[*tuple[Any, ...]], shown: Instance, places: list[int], study: int) -> SeriesRow:
    series = row.Series
    is_face = series.is_recognizable and series.modality in VOLUMES
    return SeriesRow(
        public_id=series.public_id,
        study=study,
        label=series_label(series.modality, series.number),
        facts=_facts(row, shown),
        chosen=_chosen(int(row.shown), int(row.kept), row.size),
        image=shown.public_id,
        width=shown.columns,
        height=shown.rows,
        frame=min(series.key_frame, shown.frame_count - 1),
        count=row.size,
        is_face=is_face,
        is_many=is_face and int(row.frames) > KEY_SLICES,
        is_kept=int(row.kept) > 0,
        choice=_choice(places, row.size),
    )


def _facts(row: Row[*tuple[Any, ...]], shown: Instance) -> str:
    """Say what a series is, from its counts and the header of one of its slices."""
    header = shown.header
    parts = []
    if row.scouts == row.size:
        parts.append(_("Scout for planning, stands aside"))
    elif row.mosaics == row.size:
        parts.append(_("Mosaic: many slices in one picture"))
    else:
        parts.append(str(PLANES.get(plane(axes_of(header.get("ImageOrientationPatient"))), "")))
    thickness = header.get("SliceThickness")
    if row.size > 1 and thickness and not row.scouts:
        parts.append(_("{count} slices of {thickness} mm").format(count=row.size, thickness=f"{thickness:.3g}"))
    elif row.size > 1:
        parts.append(_("{count} slices").format(count=row.size))
    elif shown.frame_count > 1:
        parts.append(_("{count} frames").format(count=shown.frame_count))
    if row.acquisitions > 1 and row.size > 1 and not row.scouts:
        parts.append(_("{count} acquisitions").format(count=row.acquisitions))
    return ", ".join(part for part in parts if part)


def _chosen(shown: int, kept: int, count: int) -> str:
    if kept:
        said = _("{shown} of {count} are shown, {kept} are kept for the patient only")
        return said.format(shown=shown, count=count, kept=kept)
    if shown == 0:
        return _("Left out")
    if shown == count:
        return _("Shown") if count == 1 else _("All {count} are shown").format(count=count)
    return _("{shown} of {count} are shown").format(shown=shown, count=count)


def _choice(places: list[int], count: int) -> Choice:
    """Read back which slices were chosen, as a range with a step where they are one."""
    if not places:
        return Choice("none", 1, count)
    if len(places) == count:
        return Choice("all", 1, count)
    step = places[1] - places[0] if len(places) > 1 else 1
    return Choice("some", places[0], places[-1], step)


def wanted(fields: MultiDict[str, str], row: SeriesRow) -> Choice:
    """Read what a form asks for of one series; what it does not name stays as it is."""
    how = fields.get(f"how-{row.public_id}", "")
    found: How | None = next((one for one in HOWS if one == how), None)
    if found is None:
        return Choice(**_as_was(row))
    first, last, step = (
        _number(fields.get(f"{name}-{row.public_id}"), default)
        for name, default in (("first", 1), ("last", row.count), ("step", 1))
    )
    return Choice(found, first, last, step, rest_for_subject=f"rest-{row.public_id}" in fields)


def is_changed(row: SeriesRow, choice: Choice) -> bool:
    """Tell whether a form asks for something else than what is there."""
    same = row.choice.how == choice.how
    if choice.how == "some":
        same = same and (row.choice.first, row.choice.step) == (choice.first, choice.step)
        same = same and choice.last - choice.step < row.choice.last <= choice.last
    return not same or choice.rest_for_subject != row.is_kept


def _as_was(row: SeriesRow) -> dict[str, Any]:
    one = row.choice
    return {"how": one.how, "first": one.first, "last": one.last, "step": one.step, "rest_for_subject": row.is_kept}


def _number(text: str | None, default: int) -> int:
    if not text or not text.strip():
        return default
    try:
        number = int(text)
    except ValueError:
        raise IntakeError("slice-range") from None
    if not 0 < number < MOST_NUMBER:
        raise IntakeError("slice-range")
    return number
