"""One CT from bytes to the wall, and every way in which that may not happen."""

import io

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from sqlalchemy import func, select

from pinboard import policy
from pinboard.intake import export, publish
from pinboard.models import (
    Audience,
    Case,
    CaseChange,
    CaseState,
    Instance,
    MediaFile,
    MediaIntent,
    Pin,
    Receipt,
)


def ct():
    with open(get_testdata_file("CT_small.dcm", download=False), "rb") as file:
        return file.read()


@pytest.fixture(scope="module")
def case(desk):
    return desk.published(ct(), boxes={0: [(10, 10, 40, 20)]})


def test_case_is_on_the_wall(stores, case):
    assert case.state == CaseState.PUBLISHED
    assert case.seq
    assert case.modality == "CT"
    assert case.cover["width"] == 128
    assert case.cover["alt"] == "A grey picture"
    with stores.reading() as session:
        principals = set(session.scalars(select(Audience.principal).where(Audience.case_id == case.id)))
        assert {policy.CLINICIANS, policy.TRAINEES, f"u:{case.author_id}"} == principals
        assert session.scalar(select(func.count()).select_from(Pin).where(Pin.case_id == case.id)) == 1


def test_export_equals_the_source_outside_the_boxes(stores, case):
    with stores.reading() as session:
        instance = session.scalar(select(Instance).where(Instance.case_id == case.id))
        out = pydicom.dcmread(io.BytesIO(export.instance_bytes(stores, session, instance)))
        painted = session.scalar(select(Receipt.boxes).where(Receipt.case_id == case.id))
    before = pydicom.dcmread(io.BytesIO(ct()))
    inside = np.zeros(before.pixel_array.shape, bool)
    for _frame, x0, y0, x1, y1 in painted:
        inside[y0:y1, x0:x1] = True
    assert inside[10:20, 10:40].all()
    assert (out.pixel_array[~inside] == before.pixel_array[~inside]).all()
    assert len(np.unique(out.pixel_array[inside])) == 1
