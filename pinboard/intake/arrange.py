"""Puts the series of a draft in order once their files are in; of a head it shows few slices unless told otherwise.

Filing a file costs the same however many came before it, so an instance is filed at the end of everything. What comes
next happens once for many files: each finds its place, scouts step aside, and where a face could be rebuilt from the
slices a few of them are chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, select, update
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.imaging import series as geometry
from pinboard.imaging.series import KEY_SLICES, Arranged, Slice
from pinboard.intake.documents import KINDS as DOCUMENT_KINDS
from pinboard.intake.outbox import enqueue
from pinboard.intake.stores import Stores
from pinboard.models import Case, CaseState, Confirmation, Instance, InstanceKind, InstanceState, Series, Study

ARRIVED = 1_000_000
"""Added to the position of what came since its series was put in order."""
WAIT = timedelta(seconds=2)
"""How long files are gathered before the series are put in order; it is done again for those that come later."""
_ASIDE = {InstanceKind.IMAGE: 0, InstanceKind.MOSAIC: 1, InstanceKind.LOCALIZER: 2}
_HERE = (InstanceState.DRAFT, InstanceState.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Member:
    """One instance of a series of a draft, without its header."""

    id: int
    kind: InstanceKind
    state: InstanceState
    is_subject_only: bool
    frames: int
    position: int
    slice: Slice

    @property
    def is_shown(self) -> bool:
        """Tell whether more people than the one in it would see it."""
        return self.state == InstanceState.DRAFT and not self.is_subject_only

    @property
    def is_new(self) -> bool:
        """Tell whether it came since its series was put in order."""
        return self.position >= ARRIVED


@dataclass(frozen=True, slots=True)
class Ordered:
    """The members of a series in order; `arranged` speaks of those that are slices, which come first."""

    members: tuple[Member, ...]
    arranged: Arranged


def ask(session: Session, case: Case) -> None:
    """Have the series of a draft put in order soon; asked for again and again, it is done once."""
    enqueue(session, "arrange", case.id, clock.now() + WAIT)


def run(stores: Stores, case_id: int) -> None:
    """Put the series of one draft in order."""
    with stores.writing() as session:
        case = session.get(Case, case_id, with_for_update=True)
        if case is not None and case.state == CaseState.DRAFT:
            settle(session, case)


def settle(session: Session, case: Case) -> None:
    """Order what came since the last time; the caller holds the case's row."""
    fresh = (Instance.case_id == case.id, Instance.position >= ARRIVED)
    series = session.scalars(select(Series).where(Series.id.in_(select(Instance.series_id).where(*fresh)))).all()
    if not series:
        return
    others = select(Instance.id).where(Instance.case_id == case.id, Instance.kind != InstanceKind.LOCALIZER)
    if session.scalar(others.limit(1)) is None:
        # Whether a scout steps aside is decided when there is something to step aside for.
        return
    for one in series:
        ordered = order(members_of(session, one))
        left = [{"id": scout, "state": InstanceState.LEFT_OUT} for scout in _scouts(session, ordered)]
        save(session, [*_placed(ordered), *left])
        if is_face(one):
            _show_few(session, one)
        stand(session, one)
    _order_series(session, case)
    policy.rebuild(session, [case.id])


def members_of(session: Session, series: Series) -> list[Member]:
    """Read what the order of a series takes, and of each header three elements only."""
    header = Instance.header
    rows = session.execute(
        select(Instance.id, Instance.kind, Instance.state, Instance.is_subject_only, Instance.frame_count)
        .add_columns(Instance.position, Instance.number, Instance.rows, Instance.columns)
        .add_columns(header["AcquisitionNumber"].label("acquisition"), header["ImagePositionPatient"].label("place"))
        .add_columns(header["ImageOrientationPatient"].label("axes"))
        .where(Instance.series_id == series.id, Instance.state.in_(_HERE))
        .order_by(Instance.position, Instance.id)
    )
    return [_member(row) for row in rows]


def _member(row: Row[*tuple[Any, ...]]) -> Member:
    is_slice = row.kind is InstanceKind.IMAGE
    return Member(
        id=row.id,
        kind=row.kind,
        state=row.state,
        is_subject_only=row.is_subject_only,
        frames=row.frame_count,
        position=row.position,
        slice=Slice(
            number=row.number,
            acquisition=row.acquisition,
            # Of a mosaic the header tells where its first tile lies.
            position=geometry.vector(row.place) if is_slice else None,
            axes=geometry.axes_of(row.axes) if is_slice else None,
            size=(row.rows, row.columns),
        ),
    )


def order(members: Sequence[Member]) -> Ordered:
    """Put slices in the order of their places, then mosaics and scouts in that of their numbers."""
    slices = [member for member in members if member.kind is InstanceKind.IMAGE]
    others = sorted(
        (member for member in members if member.kind is not InstanceKind.IMAGE),
        key=lambda member: (_ASIDE.get(member.kind, 0), member.slice.number is None, member.slice.number or 0),
    )
    found = geometry.arrange([member.slice for member in slices])
    where = {index: place for place, index in enumerate(found.order)}
    stacks = tuple(tuple(where[index] for index in stack) for stack in found.stacks)
    places = {where[index]: place for index, place in found.places.items()}
    return Ordered((*(slices[index] for index in found.order), *others), Arranged(stacks, places))


def key_ids(ordered: Ordered) -> set[int]:
    """Choose what shows a series in so few slices that no face can be rebuilt from them."""
    count = len(ordered.arranged.order)
    chosen = [ordered.members[index] for index in geometry.key_slices(ordered.arranged)]
    if not chosen:
        step = -(-len(ordered.members[count:]) // KEY_SLICES) or 1
        chosen = list(ordered.members[count::step])
    kept, frames = set(), 0
    for member in chosen:
        if frames + member.frames <= KEY_SLICES:
            kept.add(member.id)
            frames += member.frames
    return kept


def is_face(series: Series) -> bool:
    """Tell whether a face could be rebuilt from the slices of a series if all of them were shown."""
    return series.is_recognizable and series.modality in geometry.VOLUMES


def shown_frames(members: Iterable[Member]) -> int:
    """Count what more people than the one in it would see."""
    return sum(member.frames for member in members if member.is_shown)


def _show_few(session: Session, series: Series) -> None:
    """Leave out what would be too much of a head, or keep it for the person in it where its author chose that."""
    ordered = order(members_of(session, series))
    if shown_frames(ordered.members) <= KEY_SLICES:
        return
    keys = key_ids(ordered)
    is_full = any(member.is_subject_only for member in ordered.members)
    save(session, [_as(member, is_key=member.id in keys, is_full=is_full) for member in ordered.members])


def _as(member: Member, *, is_key: bool, is_full: bool) -> dict[str, Any]:
    if is_key:
        return {"id": member.id, "state": InstanceState.DRAFT, "is_subject_only": False}
    # Frames of one object cannot be left out one by one: it is kept whole, for the person in it.
    is_kept = is_full or member.frames > KEY_SLICES
    state = InstanceState.DRAFT if is_kept else InstanceState.LEFT_OUT
    return {"id": member.id, "state": state, "is_subject_only": is_kept}


def _scouts(session: Session, ordered: Ordered) -> list[int]:
    """Find new scouts that nobody has confirmed: they stand aside until somebody wants them."""
    fresh = {one.id for one in ordered.members if one.kind is InstanceKind.LOCALIZER and one.is_new and one.is_shown}
    looked = select(Confirmation.instance_id).where(Confirmation.instance_id.in_(fresh))
    return sorted(fresh - set(session.scalars(looked))) if fresh else []


def _placed(ordered: Ordered) -> list[dict[str, Any]]:
    return [
        {"id": member.id, "position": place}
        for place, member in enumerate(ordered.members, 1)
        if member.position != place
    ]


def stand(session: Session, series: Series) -> None:
    """Let the slice in the middle of those that are shown stand for a series; of one that is left out, its middle."""
    is_shown = and_(Instance.state == InstanceState.DRAFT, Instance.is_subject_only.is_(False))
    here = select(Instance.id, Instance.kind, Instance.frame_count, is_shown.label("is_shown"))
    here = here.where(Instance.series_id == series.id, Instance.state.in_(_HERE))
    rows = session.execute(here.order_by(Instance.position, Instance.id)).all()
    rows = [row for row in rows if row.is_shown] or rows
    if rows:
        # A report begins on its first page, a recording with the sheet that everybody looks at first.
        middle = rows[0 if rows[0].kind in DOCUMENT_KINDS else len(rows) // 2]
        series.key_instance_id, series.key_frame = middle.id, middle.frame_count // 2


def _order_series(session: Session, case: Case) -> None:
    """Order examinations by day and series by number, those of scouts last."""
    slices = (Instance.series_id == Series.id, Instance.kind != InstanceKind.LOCALIZER)
    is_scout = ~select(Instance.id).where(*slices).correlate(Series).exists()
    studies = session.scalars(select(Study).where(Study.case_id == case.id).order_by(Study.position, Study.id)).all()
    if all(study.shifted_on for study in studies):
        studies = sorted(studies, key=lambda one: (one.shifted_on or "", one.position))
    days = {}
    for place, study in enumerate(studies, 1):
        study.position = days[study.id] = place
    found = session.execute(select(Series, is_scout).where(Series.case_id == case.id)).all()
    turns = {one.id: (days[one.study_id], scout, one.number is None, one.number or 0, one.id) for one, scout in found}
    for place, one in enumerate(sorted((row[0] for row in found), key=lambda one: turns[one.id]), 1):
        one.position = place
    session.flush()


def forget_left_out(session: Session, case: Case) -> None:
    """Drop the rows of what its author did not choose, and series and studies of which nothing else is left."""
    session.execute(delete(Instance).where(Instance.case_id == case.id, Instance.state == InstanceState.LEFT_OUT))
    used = select(Instance.series_id).where(Instance.case_id == case.id)
    session.execute(delete(Series).where(Series.case_id == case.id, Series.id.not_in(used)))
    used = select(Series.study_id).where(Series.case_id == case.id)
    session.execute(delete(Study).where(Study.case_id == case.id, Study.id.not_in(used)))
    session.expire_all()


def save(session: Session, changed: Sequence[dict[str, Any]]) -> None:
    """Write a few columns of many instances in one statement for each set of columns."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in changed:
        by_columns.setdefault(tuple(one), []).append(one)
    session.flush()
    for rows in by_columns.values():
        session.execute(update(Instance), rows)
    ids = {one["id"] for one in changed}
    for row in list(session.identity_map.values()):
        if isinstance(row, Instance) and row.id in ids:
            session.expire(row)
