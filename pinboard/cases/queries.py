"""Reads cases for cards and for their page: columns only, one statement each, nothing that a reader may not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard.cases.cards import CARD, STATES, Card, Cover, card, cover
from pinboard.models import Case, Instance, InstanceState, Series, Study
from pinboard.policy import FOR_EVERYBODY
from pinboard.vocabulary import modality
from pinboard.web.stage import few, small
from pinboard.web.text import _

__all__ = ["CARD", "STATES", "Card", "Cover", "Part", "Run", "card", "cover", "runs"]


@dataclass(frozen=True, slots=True)
class Part:
    """One instance of a series and how many frames it holds."""

    media_name: str
    frames: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Run:
    """A series as the stage steps through it: the frames of its instances, one after the other."""

    number: int
    modality: str
    alt: str
    is_photo: bool
    tone: int
    time: float | None
    parts: tuple[Part, ...]
    key: int

    @property
    def frames(self) -> int:
        """Count the frames of all instances."""
        return sum(part.frames for part in self.parts)

    @property
    def label(self) -> str:
        """Name it under its small picture."""
        return f"{self.modality}, {self.frames}" if self.frames > 1 else self.modality

    @property
    def thumb(self) -> str:
        """Give the address of its small picture, of the image that stands for it."""
        return f"/media/{self.place(self.key)[0].media_name}/w236"

    @property
    def addresses(self) -> str:
        """List its instances and their numbers of frames for the script that steps."""
        return " ".join(f"{part.media_name}:{part.frames}" for part in self.parts)

    def at(self, frame: int) -> tuple[str, Part]:
        """Give the address and the instance of one frame, counted over the whole series."""
        part, own = self.place(frame)
        return f"/media/{part.media_name}/f{own}", part

    def strip(self) -> list[tuple[int, str]]:
        """Give a few frames, each with where its picture is below the address of pictures."""
        return [(frame, small(part, own)) for frame in few(self.frames) for part, own in [self.place(frame)]]

    def place(self, frame: int) -> tuple[Part, int]:
        """Give the instance of one frame, and the number that the frame has in it."""
        for part in self.parts:
            if frame < part.frames:
                return part, frame
            frame -= part.frames
        return self.parts[0], 0


def runs(session: Session, case_id: int) -> list[Run]:
    """Give the series of a case that are published, in order."""
    rows = session.execute(
        select(Series.id, Series.modality, Series.alt_text, Series.key_instance_id, Series.key_frame, Instance.id)
        .add_columns(Instance.media_name, Instance.frame_count, Instance.columns, Instance.rows)
        .add_columns(Instance.is_photo, Instance.tone, Instance.frame_time)
        .join(Instance, Instance.series_id == Series.id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.case_id == case_id, Instance.state == InstanceState.PUBLISHED, FOR_EVERYBODY)
        .where(Instance.media_name.is_not(None))
        .order_by(Study.position, Study.id, Series.position, Series.id, Instance.position, Instance.id),
    ).all()
    grouped: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    return [_run(number, group) for number, group in enumerate(grouped.values(), start=1)]


def address_of(session: Session, case: Case, media_name: str | None) -> str:
    """Give the page of a case at one picture, or at its beginning where a reader of the case does not see that."""
    for run in runs(session, case.id):
        before = 0
        for part in run.parts:
            if part.media_name == media_name:
                return f"/c/{case.public_id}/series/{run.number}?frame={before + part.frames // 2}"
            before += part.frames
    return f"/c/{case.public_id}"


def _run(number: int, rows: Sequence[Row[*tuple[Any, ...]]]) -> Run:
    _series, kind, alt, key_instance, key_frame, *_rest = rows[0]
    parts = tuple(Part(row.media_name, row.frame_count, row.columns, row.rows) for row in rows)
    before = 0
    key = 0
    for row in rows:
        if row[5] == key_instance:
            key = before + min(key_frame, row.frame_count - 1)
        before += row.frame_count
    first = rows[0]
    return Run(
        number=number,
        modality=_(modality(kind)),
        alt=alt,
        is_photo=first.is_photo,
        tone=first.tone,
        time=first.frame_time,
        parts=parts,
        key=key,
    )
