"""A confirmed image can be found again as it is painted; what is under the paint leaves no mark."""

import pytest
from sqlalchemy import select

from pinboard.custody import Box
from pinboard.intake import fingerprint, review
from pinboard.intake.children import RefusedFile
from pinboard.models import Instance, Job
from pinboard.sandbox import Answer
from tests.intake.files import ct, wheel


@pytest.fixture
def image(desk):
    case = desk.draft()
    desk.upload(case, ct())
    return desk.instances(case)[0]


def act(stores, image, verb, *more):
    with stores.writing() as session:
        return verb(session, session.get(Instance, image.id), *more)


def marks(stores, image):
    with stores.reading() as session:
        one = session.get(Instance, image.id)
        return one.dhash, one.pixel_mac


def test_confirming_asks_for_marks_and_a_second_run_changes_nothing(stores, image, author):
    fingerprint.run(stores, image.id)
    assert marks(stores, image) == (None, None)
    act(stores, image, review.confirm, author)
    with stores.reading() as session:
        assert session.scalar(select(Job.id).where(Job.kind == "fingerprint", Job.ref_id == image.id))
    fingerprint.run(stores, image.id)
    first = marks(stores, image)
    assert [len(mark) for mark in first] == [16, 64]
    fingerprint.run(stores, image.id)
    assert marks(stores, image) == first


def test_another_area_takes_the_marks_away(stores, image, author):
    act(stores, image, review.confirm, author)
    fingerprint.run(stores, image.id)
    act(stores, image, review.set_boxes, [Box(1, 2, 30, 40)], author)
    assert marks(stores, image) == (None, None)
    fingerprint.run(stores, image.id)
    assert marks(stores, image) == (None, None)


def test_publishing_gives_the_same_marks(desk, stores):
    case = desk.draft()
    for data in (ct(), wheel("examples_ybr_color.dcm")):
        desk.upload(case, data)
    desk.confirm(case, {0: [(10, 10, 40, 40)], 1: [(10, 10, 90, 40, None, "blur"), (5, 60, 90, 80, 3)]})
    for image in desk.instances(case):
        fingerprint.run(stores, image.id)
    before = [marks(stores, image) for image in desk.instances(case)]
    assert all(mark for both in before for mark in both)
    desk.fill(case)
    desk.publish(case)
    assert [marks(stores, image) for image in desk.instances(case)] == before


def test_what_lies_under_an_area_leaves_no_mark(desk):
    found = []
    for value in (0, 900):
        data = bytearray(ct())
        # The pixels are the last 32,768 bytes; rows 10 to 20 lie under the area.
        start = len(data) - 32_768
        data[start + 10 * 256 : start + 20 * 256] = int(value).to_bytes(2, "little") * (10 * 128)
        case = desk.published(bytes(data), boxes={0: [(0, 8, 128, 22)]})
        found += [(image.dhash, image.pixel_mac) for image in desk.instances(case)]
    assert found[0] == found[1]


def test_the_very_same_picture_is_found_in_another_case_and_its_hash_is_keyed(desk, stores):
    (one,), (other,) = (desk.instances(desk.published(ct())) for _ in range(2))
    assert one.pixel_mac == other.pixel_mac
    assert one.uid != other.uid
    plain = Answer({"dhash": None, "pixels_sha256": "00" * 32}, [])
    assert fingerprint.marks_of(plain, stores.keys).pixel_mac != "00" * 32


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"dhash": "x" * 16, "pixels_sha256": "0" * 64},
        {"dhash": None, "pixels_sha256": "Meier"},
        {"dhash": 7, "pixels_sha256": "0" * 64},
    ],
)
def test_what_is_no_mark_is_not_kept(stores, said):
    with pytest.raises(RefusedFile, match="damaged"):
        fingerprint.marks_of(Answer(said, []), stores.keys)
