"""Says of each picture what was taken out and painted, under which rules and by whom; never what was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard.deid.vocabulary import METHOD_CODES
from pinboard.models import Instance, InstanceState, Receipt, Series, Study, User
from pinboard.policy import FOR_EVERYBODY
from pinboard.vocabulary import modality
from pinboard.web.text import _, ngettext

PAGE = 40
KINDS = {
    "private": _("private elements"),
    "overlay": _("overlays and curves"),
    "person": _("names of people"),
    "date": _("dates, times and ages"),
    "uid": _("identifiers of objects"),
    "sequence": _("sequences"),
    "text": _("texts and codes"),
    "other": _("other elements"),
}


@dataclass(frozen=True, slots=True)
class Safety:
    """What the receipts of a case add up to."""

    removed: int
    painted: int

    @property
    def words(self) -> str:
        """Say it in one line."""
        removed = ngettext("{n} element removed", "{n} elements removed", self.removed).format(n=self.removed)
        painted = ngettext("{n} area painted", "{n} areas painted", self.painted).format(n=self.painted)
        return _("De-identified: {removed}, {painted}").format(removed=removed, painted=painted)


@dataclass(frozen=True, slots=True)
class Area:
    """One painted rectangle, in pixels of the picture."""

    x: int
    y: int
    width: int
    height: int
    is_blur: bool
    is_earlier: bool
    where: str

    @property
    def words(self) -> str:
        """Say where it is and what it was painted with."""
        fill = _("blurred") if self.is_blur else _("painted over")
        words = _("{width} × {height} pixels, {x} from the left, {y} from the top, {fill}")
        if self.where:
            words = _("{width} × {height} pixels, {x} from the left, {y} from the top, {where}, {fill}")
        return words.format(width=self.width, height=self.height, x=self.x, y=self.y, where=self.where, fill=fill)


@dataclass(frozen=True, slots=True)
class Proofed:
    """The receipt of one picture."""

    number: int
    kind: str
    columns: int
    rows: int
    removed: int
    kept: int
    replaced: int
    stripped: int
    by_kind: tuple[tuple[str, int], ...]
    codes: tuple[tuple[str, str], ...]
    areas: tuple[Area, ...]
    detector: str
    profile: str
    confirmed_by: str
    confirmed_at: datetime
    times: int
    """How often somebody looked at it and confirmed: once, and once more for each time it was redacted again."""
    hashes: tuple[tuple[str, str], ...]


def safety(session: Session, case_id: int) -> Safety | None:
    """Add up the receipts of the pictures that are shown, each thing counted and none named."""
    newest = _by_picture(_receipts(session, case_id))
    if not newest:
        return None
    return Safety(
        removed=sum(_count(rows[-1], "removed") for rows in newest),
        painted=sum(len(row.boxes) for rows in newest for row in rows),
    )


def proofs(session: Session, case_id: int, start: int = 0) -> tuple[list[Proofed], int | None]:
    """Give one page of receipts in the order of the pictures, and where the next begins."""
    every = _by_picture(_receipts(session, case_id))
    shown = [_proof(number, rows) for number, rows in enumerate(every[start : start + PAGE], start + 1)]
    return shown, start + PAGE if len(every) > start + PAGE else None


def _receipts(session: Session, case_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        select(Receipt.instance_id, Receipt.counts, Receipt.boxes, Receipt.profile_version, Receipt.codes)
        .add_columns(Receipt.confirmed_at, Receipt.detector, Receipt.hashes, User.name.label("confirmed_by"))
        .add_columns(Instance.columns, Instance.rows, Instance.frame_count, Series.modality)
        .join(Instance, Instance.id == Receipt.instance_id)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .join(User, User.id == Receipt.confirmed_by_id)
        .where(Receipt.case_id == case_id, Instance.state == InstanceState.PUBLISHED, FOR_EVERYBODY)
        .order_by(Study.position, Study.id, Series.position, Series.id, Instance.position, Instance.id, Receipt.id)
    )
    return session.execute(query).all()


def _by_picture(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[list[Row[*tuple[Any, ...]]]]:
    """Put the receipts of one picture together, the one that counts now last."""
    grouped: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in rows:
        grouped.setdefault(row.instance_id, []).append(row)
    return list(grouped.values())


def _proof(number: int, rows: list[Row[*tuple[Any, ...]]]) -> Proofed:
    now = rows[-1]
    earlier = [_area(box, now, is_earlier=True) for row in rows[:-1] for box in row.boxes]
    kinds = now.counts.get("removed_by_kind") or {}
    return Proofed(
        number=number,
        kind=_(modality(now.modality)),
        columns=now.columns,
        rows=now.rows,
        removed=_count(now, "removed"),
        kept=_count(now, "kept"),
        replaced=_count(now, "replaced"),
        stripped=_count(now, "stripped_bytes"),
        by_kind=tuple((KINDS[kind], int(count)) for kind, count in sorted(kinds.items()) if kind in KINDS),
        codes=tuple((str(code), METHOD_CODES.get(str(code), "")) for code in now.codes),
        areas=(*earlier, *(_area(box, now, is_earlier=False) for box in now.boxes)),
        detector=now.detector or "",
        profile=now.profile_version,
        confirmed_by=now.confirmed_by,
        confirmed_at=now.confirmed_at,
        times=len(rows),
        hashes=tuple(sorted((str(name), str(digest)) for name, digest in now.hashes.items())),
    )


def _area(box: list[Any], row: Row[*tuple[Any, ...]], *, is_earlier: bool) -> Area:
    frame, x0, y0, x1, y1 = box[:5]
    where = _("every frame") if frame is None else _("frame {number}").format(number=frame + 1)
    return Area(
        x=x0,
        y=y0,
        width=x1 - x0,
        height=y1 - y0,
        is_blur=box[5:] == ["blur"],
        is_earlier=is_earlier,
        where=where if row.frame_count > 1 else "",
    )


def _count(row: Row[*tuple[Any, ...]], name: str) -> int:
    return int(row.counts.get(name) or 0)
