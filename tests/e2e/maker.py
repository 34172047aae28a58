"""Makes cases of real samples through the services, step by step as a clinician would."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pydicom
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.config import load
from pinboard.custody import Box
from pinboard.intake import drafts, publish, receive, review
from pinboard.intake.stores import Stores
from pinboard.models import Case, CaseState, Consent, ConsentKind, ConsentLevel, Instance, Series, User
from pinboard.models.ready import ensure_ready
from tests.samples import sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Scene:
    """What was made: secrets of signed-in browsers by name, and the names that stand in addresses."""

    secrets: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


class Maker:
    """Short verbs for the steps that the cases of a scene repeat."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.people: dict[str, User] = {}
        self.scene = Scene()

    def draft(self, *files: str, patient: str, author: str = "ada") -> Case:
        """Begin a draft with samples in it, all of one person."""
        with self.stores.writing() as session:
            case = drafts.new_draft(session, self.people[author])
        for name in files:
            with self.stores.writing() as session:
                slot = receive.open_slot(session, session.get_one(Case, case.id), self.people[author])
            with self.stores.pool.memfile(of_patient(name, patient)) as mem:
                taken = receive.receive(self.stores, slot.id, mem, by=self.people[author])
            assert taken.refusal is None, (name, taken.refusal)
        return case

    def look(self, case: Case, *areas: tuple[float, ...], images: int | None = None) -> None:
        """Draw areas, in fractions of it, on the first image, and confirm the first so many or all."""
        with self.stores.writing() as session:
            author = session.get_one(User, case.author_id)
            for place, one in enumerate(self.images(session, case)):
                if place == 0 and areas:
                    size = (one.columns, one.rows) * 2
                    boxes = [Box(*(int(part * side) for part, side in zip(area, size, strict=True))) for area in areas]
                    review.set_boxes(session, one, boxes, author)
                if images is None or place < images:
                    review.confirm(session, one, author)

    def write(self, case: Case, *, level: ConsentLevel = ConsentLevel.CLINIC, **words: object) -> None:
        """Write the words, the consent, the audience and the boards."""
        with self.stores.writing() as session:
            row = session.get_one(Case, case.id)
            row.audience_choice, row.board_choice = {"clinic": True, "trainees": True}, ["cardiology", "radiology"]
            for name, value in words.items():
                setattr(row, name, value)
            for place, series in enumerate(session.scalars(select(Series).where(Series.case_id == case.id))):
                series.alt_text = f"Grey picture number {place + 1}, as the question describes it"
            session.add(consent(row, level))
            policy.rebuild(session, [row.id])

    def publish(self, case: Case) -> Case:
        with self.stores.writing() as session:
            author = session.get_one(User, case.author_id)
            publish.start(session, session.get_one(Case, case.id), author, keys=self.stores.keys)
        publish.run(self.stores, case.id)
        with self.stores.reading() as session:
            done = session.get_one(Case, case.id)
        assert done.state == CaseState.PUBLISHED, done.publish_error
        return done

    def images(self, session: Session, case: Case) -> list[Instance]:
        return list(session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)))


@contextmanager
def begun(data: Path) -> Iterator[Maker]:
    """Begin a clinic in a data folder that no server uses yet; a server may have the folder afterwards."""
    config = load({"PINBOARD_DATA": str(data)})
    ensure_ready(config)
    stores = Stores.open(config)
    try:
        yield Maker(stores)
    finally:
        stores.close()


def of_patient(name: str, patient: str) -> bytes:
    """Give a sample as if it were of this person; photos carry no identifier."""
    path = sample(name)
    if path.suffix != ".dcm":
        return path.read_bytes()
    dataset = pydicom.dcmread(path)
    # The cine ends with a stray sequence delimiter, which pydicom reads and cannot write.
    dataset.pop(0xFFFEE0DD, None)
    dataset.PatientID, dataset.PatientName = patient, "Fairfax^Gwendolen"
    held = io.BytesIO()
    dataset.save_as(held)
    return held.getvalue()


def consent(case: Case, level: ConsentLevel) -> Consent:
    at = clock.now()
    return Consent(
        case_id=case.id, level=level, kind=ConsentKind.SIGNED, taken_by_id=case.author_id,
        taken_at=at - timedelta(minutes=1), created_at=at,
    )  # fmt: skip
