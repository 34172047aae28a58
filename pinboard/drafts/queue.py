"""What the upload page shows: one row for each file, and how it fared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard.drafts.words import kind_of, refusal, series_label
from pinboard.models import Case, Instance, Series, Upload, UploadState
from pinboard.policy import NotFound
from pinboard.web.text import _


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One file of the queue; what it was called before stays on the device it came from."""

    public_id: str
    draft: str
    number: int
    state: str
    note: str
    kind: str = ""
    refusal: str = ""
    """Code of why it was not taken, by which the page counts."""
    image: str = ""
    width: int = 0
    height: int = 0
    series: str = ""
    series_label: str = ""
    """“CT, series 2”: under which heading it is counted."""
    person: str = ""
    """Of a file of another person: what it has in common with that person's other files of this draft."""

    @property
    def name(self) -> str:
        """Give what the queue calls it."""
        return _("Image {number}").format(number=self.number)


def slot_for(session: Session, user_id: int | None, public_id: str) -> Upload:
    """Give a slot that this account opened, or nothing."""
    found = session.scalar(select(Upload).where(Upload.public_id == public_id, Upload.by_id == user_id))
    if found is None:
        raise NotFound
    return found


def queue(session: Session, case: Case) -> list[QueueRow]:
    """Give every file of a draft, in the order of its numbers."""
    return _queue_rows(session, Upload.case_id == case.id)


def queue_row(session: Session, upload: Upload) -> QueueRow:
    """Give one file of the queue."""
    return _queue_rows(session, Upload.id == upload.id)[0]


def slots_for(session: Session, user_id: int | None, public_ids: Sequence[str]) -> dict[str, int]:
    """Give those of the slots that this account opened; one may have been removed while its bytes came."""
    rows = session.execute(
        select(Upload.public_id, Upload.id).where(Upload.public_id.in_(public_ids), Upload.by_id == user_id)
    )
    found = {row.public_id: row.id for row in rows}
    if not found:
        raise NotFound
    return found


def queue_rows(session: Session, numbers: Sequence[int], persons: Mapping[int, str]) -> list[QueueRow]:
    """Give several files of the queue in this order; `persons` marks by slot those of another person."""
    named = session.execute(select(Upload.id, Upload.public_id).where(Upload.id.in_(numbers)))
    ids = {row.id: row.public_id for row in named}
    rows = {row.public_id: row for row in _queue_rows(session, Upload.id.in_(numbers))}
    return [replace(rows[ids[one]], person=persons.get(one, "")) for one in numbers if one in ids]


def untaken(rows: Iterable[QueueRow], just_now: Mapping[str, int]) -> list[tuple[str, int]]:
    """Count what was not taken by its reason: what has a line, and what an archive held just now and has none."""
    counts = Counter(row.refusal for row in rows if row.refusal)
    for code, count in just_now.items():
        counts[code] = max(counts[code], count)
    return [(refusal(code), count) for code, count in counts.most_common()]


def _queue_rows(session: Session, which: Any) -> list[QueueRow]:
    """Read columns only: a header is kilobytes, and a CD has hundreds of them."""
    rows = session.execute(
        select(Upload.public_id, Upload.number, Upload.state, Upload.refusal, Case.public_id.label("draft"))
        .add_columns(Instance.public_id.label("image"), Instance.frame_count, Instance.columns, Instance.rows)
        .add_columns(Series.public_id.label("series"), Series.modality, Series.number.label("series_number"))
        .join(Case, Case.id == Upload.case_id)
        .outerjoin(Instance, Instance.id == Upload.instance_id)
        .outerjoin(Series, Series.id == Instance.series_id)
        .where(which)
        .order_by(Upload.number)
    )
    return [_queue_row(row) for row in rows]


def _queue_row(row: Row[*tuple[Any, ...]]) -> QueueRow:
    note = _note(row.state, row.refusal)
    if row.image is None:
        return QueueRow(row.public_id, row.draft, row.number, row.state.value, note, refusal=row.refusal or "")
    return QueueRow(
        row.public_id,
        row.draft,
        row.number,
        row.state.value,
        note,
        kind=kind_of(row.modality or "", row.frame_count),
        image=row.image,
        width=row.columns,
        height=row.rows,
        series=row.series,
        series_label=series_label(row.modality, row.series_number),
    )


def _note(state: UploadState, code: str | None) -> str:
    words = {
        UploadState.WAITING: _("Not sent yet. Choose the file again, or remove this line."),
        UploadState.RECEIVING: _("Taking the identity out of it"),
        UploadState.RECEIVED: _("Ready"),
    }
    return words.get(state) or refusal(code)
