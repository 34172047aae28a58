"""Measures a copy of a long series as it streams: python -m bench.carry [--slices 500].

Publishes so many slices of 512² pixels in a folder of its own, then streams the archive with DICOMDIR and previews and
reports the time to the first byte, megabytes a second, and by how much the memory of the process grew. Exit code 1
where it grew by more than 64 MB, however long the series is.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import generate_uid
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock, config, ids, policy
from pinboard.intake import carry, copying, drafts, publish, receive, review
from pinboard.intake.stores import Stores
from pinboard.models import Case, Consent, ConsentKind, ConsentLevel, Instance, Role, Series, User
from pinboard.models.ready import ensure_ready
from tests.dicoms import make_dicom

BOUND_MB = 64


def slices(count: int) -> Iterator[bytes]:
    """Give a CT series of noise round a bright body, each slice another."""
    yy, xx = np.indices((512, 512))
    body = np.where(((yy - 256) / 180) ** 2 + ((xx - 256) / 220) ** 2 < 1, 40, -1000)
    study, noise = generate_uid(prefix=None), np.random.default_rng(1)
    for number in range(count):
        pixels = (body + noise.normal(0, 12, body.shape)).astype(np.int16)
        dataset = pydicom.dcmread(io.BytesIO(make_dicom(pixels, is_planted=False, patient_id="MRN-1").data))
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, f"{study}.1"
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber, dataset.BodyPartExamined = number + 1, "ABDOMEN"
        dataset.ImagePositionPatient = [0, 0, 2.5 * number]
        out = io.BytesIO()
        dataset.save_as(out)
        yield out.getvalue()


def published(stores: Stores, files: Iterable[bytes]) -> Case:
    """Give a case of these slices, as its author made it."""
    with stores.writing() as session:
        author = User(
            public_id=ids.public_id(), login="bench", name="Bench", role=Role.CLINICIAN, created_at=clock.now()
        )
        author.verified_at = clock.now()
        session.add(author)
        session.flush()
        case = drafts.new_draft(session, author)
    for data in files:
        with stores.writing() as session:
            slot = receive.open_slot(session, session.get_one(Case, case.id), author)
        with stores.pool.memfile(data) as mem:
            receive.receive(stores, slot.id, mem, by=author)
    with stores.writing() as session:
        _ready(session, session.get_one(Case, case.id), author)
    with stores.writing() as session:
        publish.start(session, session.get_one(Case, case.id), author, keys=stores.keys)
    publish.run(stores, case.id)
    return case


def _ready(session: Session, case: Case, author: User) -> None:
    for one in session.scalars(select(Instance).where(Instance.case_id == case.id)):
        review.set_boxes(session, one, [], author)
        review.confirm(session, one, author)
    for series in session.scalars(select(Series).where(Series.case_id == case.id)):
        series.alt_text = "A grey picture"
    case.title, case.audience_choice = "How large is a copy?", {"clinic": True}
    at = clock.now()
    session.add(
        Consent(
            case_id=case.id,
            level=ConsentLevel.OUTSIDE,
            kind=ConsentKind.VERBAL,
            taken_by_id=author.id,
            taken_at=at - timedelta(minutes=1),
            created_at=at,
        )
    )
    session.flush()
    policy.rebuild(session, [case.id])


class Memory:
    """Watches the largest resident size of this process, which the kernel's own maximum cannot tell for a part."""

    def __init__(self) -> None:
        self.most = self.now()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @staticmethod
    def now() -> int:
        """Give the resident bytes."""
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    def close(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self.most = max(self.most, self.now())


def consumed(stream: Iterator[bytes]) -> tuple[int, float]:
    """Give bytes and seconds to the first of them."""
    began, first, total = time.perf_counter(), 0.0, 0
    for part in stream:
        first = first or time.perf_counter() - began
        total += len(part)
    return total, first


def main() -> int:
    """Run it and print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slices", type=int, default=500)
    count = min(max(parser.parse_args().slices, 1), 2_000)
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load({"PINBOARD_DATA": folder})
        ensure_ready(settings)
        stores = Stores.open(settings)
        case = published(stores, slices(count))
        before, memory, began = Memory.now(), Memory(), time.perf_counter()
        with stores.reading() as session:
            runs = carry.runs_of(session, case.id, released=None)
        copy = copying.pack(stores, runs, [])
        packed = time.perf_counter() - began
        total, first = consumed(copying.stream(stores, copy, lambda: True))
        seconds = time.perf_counter() - began
        memory.close()
        stores.close()
    grown = (memory.most - before) / 1e6
    print(f"slices      {count}, {sum(run.frames for run in runs)} in the copy")
    print(
        f"estimate    {sum(run.size for run in runs) / 1e6:.1f} MB; said {copy.size / 1e6:.1f}, sent {total / 1e6:.1f}"
    )
    print(f"first byte  {packed + first:.2f} s, of which the directory {packed:.2f} s")
    print(f"speed       {total / 1e6 / seconds:.1f} MB/s, {seconds:.1f} s in all")
    print(f"memory      {grown:.1f} MB more at the most")
    return 0 if grown <= BOUND_MB and total == copy.size else 1


if __name__ == "__main__":
    sys.exit(main())
