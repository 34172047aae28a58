"""Gathers what a reader may carry away of a case, and says how much it is.

What is given to anybody but the person in the images holds no volume from which a face could be rebuilt.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from pinboard.models import Instance, InstanceKind, InstanceState, MediaFile, Series, Study
from pinboard.policy import FOR_EVERYBODY

VOLUMES: Final = frozenset({"CT", "MR", "PT", "NM"})
"""Modalities whose slices together show the surface of a head."""
MOST_SLICES, SPARSE_MM = 24, 5.0
"""So few slices so far apart show no face that anybody could rebuild."""
_HEADER_BYTES: Final = 3_000
_ENTRY_BYTES: Final = 160


@dataclass(frozen=True, slots=True)
class Slice:
    """One instance that may go along: how to read it, and where its frames and previews are."""

    instance_id: int
    media_name: str
    uid: str
    number: int | None
    frames: int
    frame_time: float | None
    pixels: int
    pack: str
    previews: str
    shape: tuple[int, int, int]
    """Rows, columns and samples."""
    is_scout: bool
    """Stands aside from the slices."""
    index: tuple[tuple[int, int], ...]
    """Offset and length of each preview."""


@dataclass(frozen=True, slots=True)
class Run:
    """One series as it is carried."""

    number: int
    """As the page of the case counts."""
    modality: str
    slices: tuple[Slice, ...]
    key: tuple[int, int]
    """Place of the key image's slice, and its frame in it."""
    is_withheld: bool = False
    """A volume in which a face could be rebuilt; it stays, but for its key image."""
    removed: frozenset[int] = frozenset()
    """Numbers of the slices that were taken out after publishing."""

    @property
    def frames(self) -> int:
        """Count the pictures."""
        return sum(one.frames for one in self.slices)

    @property
    def stack(self) -> tuple[Slice, ...]:
        """Give the slices that together make one moving picture: those like the key image, if there are several."""
        key = self.slices[self.key[0]]
        if self.modality not in VOLUMES or key.frames > 1 or key.is_scout:
            return ()
        alike = (one for one in self.slices if one.frames == 1 and one.shape == key.shape and not one.is_scout)
        found = tuple(alike)
        return found if len(found) > 1 else ()

    @property
    def key_in_stack(self) -> int:
        """Give the place of the key image among the slices of the stack."""
        return self.stack.index(self.slices[self.key[0]])

    @property
    def size(self) -> int:
        """Estimate the bytes in an archive: instances, previews and what stands round them."""
        return sum(
            one.pixels + _HEADER_BYTES + sum(length + _ENTRY_BYTES for _start, length in one.index)
            for one in self.slices
        )

    @property
    def numbers(self) -> tuple[int, int, int] | None:
        """Give the first and last number that are known of the slices and how many are here, where some are not."""
        found = {one.number for one in self.slices if one.number is not None}
        known = found | self.removed
        if len(known) < 2 or len(found) != len(self.slices) or max(known) - min(known) + 1 == len(found):
            return None
        return min(known), max(known), len(found)


def runs_of(session: Session, case_id: int, *, released: Collection[int] | None) -> list[Run]:
    """Give the series of a case as one reader may carry them.

    `released` names the instances that the person in the images was given, who may take all of them; None is for
    everybody else.
    """
    grouped: dict[int, list[Row[Any]]] = {}
    for row in session.execute(_published(case_id, released)):
        grouped.setdefault(row.series_id, []).append(row)
    closed = set() if released is not None else _faces(session, grouped)
    removed = _removed(session, case_id)
    return [
        _run(number, rows, is_withheld=series in closed, removed=frozenset(removed.get(series, ())))
        for number, (series, rows) in enumerate(grouped.items(), 1)
    ]


def goes_along(session: Session, instance: Instance) -> bool:
    """Tell whether the file of one image may be given to somebody who is not in it."""
    runs = [run for run in runs_of(session, instance.case_id, released=None) if not run.is_withheld]
    return any(one.instance_id == instance.id for run in runs for one in run.slices)


def _published(case_id: int, released: Collection[int] | None) -> Any:
    frames, previews = aliased(MediaFile), aliased(MediaFile)
    query = (
        select(Instance.id, Instance.series_id, Instance.media_name, Instance.uid, Instance.number, Instance.rows)
        .add_columns(
            Instance.kind, Instance.columns, Instance.samples, Instance.dtype, Instance.frame_count, Instance.frame_time
        )
        .add_columns(Instance.kind, Series.modality, Series.is_recognizable, Series.key_instance_id, Series.key_frame)
        .add_columns(
            frames.object_name.label("pack"), previews.object_name.label("previews"), previews.index.label("spans")
        )
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .join(frames, (frames.instance_id == Instance.id) & (frames.variant == "frames"))
        .join(previews, (previews.instance_id == Instance.id) & (previews.variant == "previews"))
        .where(Instance.case_id == case_id, Instance.state == InstanceState.PUBLISHED)
        .where(Instance.media_name.is_not(None))
        .order_by(Study.position, Study.id, Series.position, Series.id, Instance.position, Instance.id)
    )
    if released is None:
        return query.where(FOR_EVERYBODY)
    return query.where(Instance.id.in_(released))


def _removed(session: Session, case_id: int) -> dict[int, list[int]]:
    """Give the numbers of the slices that were taken out, by series, so that a copy says what is missing in it."""
    gone = select(Instance.series_id, Instance.number).where(
        Instance.case_id == case_id, Instance.state == InstanceState.REMOVED
    )
    found: dict[int, list[int]] = {}
    for series_id, number in session.execute(gone):
        if number is not None:
            found.setdefault(series_id, []).append(number)
    return found


def _run(number: int, rows: Sequence[Row[Any]], *, is_withheld: bool, removed: frozenset[int]) -> Run:
    slices = tuple(_slice(row) for row in rows)
    first = rows[0]
    place = next((at for at, row in enumerate(rows) if row.id == first.key_instance_id), len(rows) // 2)
    frame = min(first.key_frame, slices[place].frames - 1)
    return Run(number, first.modality, slices, (place, frame), is_withheld, removed)


def _slice(row: Row[Any]) -> Slice:
    width = int((row.dtype or "<u2")[2:])
    return Slice(
        instance_id=row.id,
        media_name=row.media_name,
        uid=row.uid,
        number=row.number,
        frames=row.frame_count,
        frame_time=row.frame_time,
        pixels=row.rows * row.columns * row.samples * width * row.frame_count,
        pack=row.pack,
        previews=row.previews,
        shape=(row.rows, row.columns, row.samples),
        is_scout=row.kind != InstanceKind.IMAGE,
        index=tuple((start, length) for start, length in row.spans or ()),
    )


def _faces(session: Session, grouped: dict[int, list[Row[Any]]]) -> set[int]:
    """Find the series that are volumes of a head, or of something unknown."""
    known = {series: rows for series, rows in grouped.items() if rows[0].modality in VOLUMES}
    return {series for series, rows in known.items() if rows[0].is_recognizable and _is_dense(session, rows)}


def _is_dense(session: Session, rows: Sequence[Row[Any]]) -> bool:
    if len(rows) == 1 and rows[0].frame_count == 1:
        return False
    return len(rows) > MOST_SLICES or any(row.frame_count > 1 for row in rows) or not _is_sparse(session, rows)


def _is_sparse(session: Session, rows: Sequence[Row[Any]]) -> bool:
    """Tell whether slices lie as far apart as chosen key slices do; where it cannot be told they do not."""
    found = session.scalars(select(Instance.header).where(Instance.id.in_([row.id for row in rows])))
    places = [header.get("ImagePositionPatient") for header in found]
    points = [place for place in places if isinstance(place, list) and len(place) == 3]
    if len(points) != len(rows):
        return False
    least = (SPARSE_MM - 0.05) ** 2
    return all(
        sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) >= least
        for place, one in enumerate(points)
        for other in points[:place]
    )
