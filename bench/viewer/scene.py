"""One site with a real CT series and a long synthetic one, published as a clinician would publish them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pydicom
from pydicom.uid import generate_uid
from sqlalchemy import delete, select

from pinboard.intake import receive
from pinboard.intake.export import instance_bytes
from pinboard.models import Case, Instance, InstanceState, Job
from tests.e2e.reviewing import Bench
from tests.samples import sample
from tests.serving import Site, start, stop

if TYPE_CHECKING:
    from pathlib import Path

SERIES = "ct-series/pancreas-ct"
SIDE = 320
"""Of the long series: 500 slices are more than a phone is given."""


@dataclass
class Place:
    """Where the series are, who may see them, and the files that a peer is given."""

    site: Site
    secret: str
    case: str
    long: str
    files: list[bytes]
    cookie: str = "pinboard"

    @property
    def url(self) -> str:
        """Give the address of the site."""
        return self.site.url

    def close(self) -> None:
        """Stop the site."""
        stop(self.site)


def build(folder: Path, *, long: int) -> Place:
    """Publish both series and start the site."""
    bench = Bench(folder / "data")
    names = sorted(path.name for path in sample(SERIES).glob("*.dcm"))
    case = _published(bench, bench.maker.draft(*(f"{SERIES}/{name}" for name in names), patient="MRN-1"))
    slices = _published(bench, _long(bench, long))
    with bench.stores.reading() as session:
        chosen = select(Instance).where(Instance.case_id == case.id).order_by(Instance.position)
        files = [instance_bytes(bench.stores, session, one) for one in session.scalars(chosen)]
    bench.stores.close()
    return Place(start(folder / "data"), bench.secret, case.public_id, slices.public_id, files)


def _published(bench: Bench, case: Case) -> Case:
    with bench.stores.writing() as session:
        session.execute(delete(Job).where(Job.kind == "scan"))
        for one in session.scalars(select(Instance).where(Instance.case_id == case.id)):
            one.state, one.scan = InstanceState.DRAFT, None
    bench.maker.look(case)
    bench.maker.write(case, title="How soon is it there?", question="How soon?")
    return bench.maker.publish(case)


def _long(bench: Bench, count: int) -> Case:
    """Make many slices of one series from a sample, each with other noise."""
    base = pydicom.dcmread(sample(f"{SERIES}/1-050.dcm"))
    noise = np.random.default_rng(1)
    base.Rows = base.Columns = SIDE
    base.SeriesInstanceUID = generate_uid()
    ours = base.pixel_array[:SIDE, :SIDE]
    case = bench.maker.draft(patient="MRN-2")
    for number in range(count):
        base.SOPInstanceUID = base.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        base.InstanceNumber, base.PatientID = number + 1, "MRN-2"
        base.ImagePositionPatient = [*base.ImagePositionPatient[:2], float(number)]
        base.PixelData = (ours + noise.integers(0, 30, ours.shape)).astype(ours.dtype).tobytes()
        held = io.BytesIO()
        base.save_as(held)
        with bench.stores.writing() as session:
            slot = receive.open_slot(session, session.get_one(Case, case.id), bench.maker.people["ada"])
        with bench.stores.pool.memfile(held.getvalue()) as memory:
            receive.receive(bench.stores, slot.id, memory, by=bench.maker.people["ada"])
    return case
