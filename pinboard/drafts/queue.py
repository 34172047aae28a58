"""What the upload page shows: one row for each file, and how it fared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.drafts.words import kind_of, refusal
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
    image: str = ""
    width: int = 0
    height: int = 0

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


def _queue_rows(session: Session, which: Any) -> list[QueueRow]:
    rows = session.execute(
        select(Upload, Case.public_id, Instance, Series.modality)
        .join(Case, Case.id == Upload.case_id)
        .outerjoin(Instance, Instance.id == Upload.instance_id)
        .outerjoin(Series, Series.id == Instance.series_id)
        .where(which)
        .order_by(Upload.number)
    )
    return [_queue_row(upload, draft, instance, modality) for upload, draft, instance, modality in rows]


def _queue_row(upload: Upload, draft: str, instance: Instance | None, modality: str | None) -> QueueRow:
    row = QueueRow(upload.public_id, draft, upload.number, upload.state.value, _note(upload))
    if instance is None:
        return row
    return QueueRow(
        upload.public_id,
        draft,
        upload.number,
        upload.state.value,
        _note(upload),
        kind=kind_of(modality or "", instance.frame_count),
        image=instance.public_id,
        width=instance.columns,
        height=instance.rows,
    )


def _note(upload: Upload) -> str:
    words = {
        UploadState.WAITING: _("Not sent yet. Choose the file again, or remove this line."),
        UploadState.RECEIVING: _("Taking the identity out of it"),
        UploadState.RECEIVED: _("Ready"),
    }
    return words.get(upload.state) or refusal(upload.refusal)
