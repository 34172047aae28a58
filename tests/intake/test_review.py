"""A look at an image counts for exactly these bytes and these boxes."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from pinboard.custody import Box, Scrubbed
from pinboard.intake import review
from pinboard.intake.errors import IntakeError, NotReviewed
from pinboard.models import Case, Confirmation, DrawnBox, Instance
from tests.intake.files import ct, photo, wheel


@pytest.fixture
def case(desk):
    case = desk.draft()
    desk.upload(case, ct())
    return case


@pytest.fixture
def image(desk, case):
    return desk.instances(case)[0]


def act(stores, image, verb, *more):
    with stores.writing() as session:
        return verb(session, session.get(Instance, image.id), *more)


def is_confirmed(stores, image):
    with stores.reading() as session:
        one = session.get(Instance, image.id)
        agrees = review.confirmed(session, one)
        assert (one.id in review.confirmed_ids(session, session.get(Case, one.case_id))) is agrees
        return agrees


def test_nothing_is_confirmed_by_itself(stores, image):
    assert not is_confirmed(stores, image)


def test_a_moved_box_unconfirms_by_itself_and_an_unmoved_one_does_not(stores, image, author):
    act(stores, image, review.set_boxes, [Box(1, 2, 30, 40)], author)
    act(stores, image, review.confirm, author)
    assert is_confirmed(stores, image)
    act(stores, image, review.set_boxes, [Box(1, 2, 30, 40)], author)
    assert is_confirmed(stores, image)
    act(stores, image, review.set_boxes, [Box(1, 2, 30, 41)], author)
    assert not is_confirmed(stores, image)


def test_a_box_that_came_without_the_service_unconfirms_too(stores, image, author):
    act(stores, image, review.confirm, author)
    with stores.writing() as session:
        session.add(DrawnBox(instance_id=image.id, x0=0, y0=0, x1=5, y1=5))
    assert not is_confirmed(stores, image)


@pytest.mark.parametrize("field", ["blob_sha256", "boxes_sha256", "profile_version"])
def test_a_confirmation_of_something_else_does_not_count(stores, case, image, author, field):
    act(stores, image, review.confirm, author)
    scrubbed = stores.vault.open(case.public_id, image.blob)
    with stores.reading() as session:
        assert review.reviewed(session, session.get(Instance, image.id), scrubbed).confirmed_by == author.id
    with stores.writing() as session:
        row = session.scalars(select(Confirmation).where(Confirmation.instance_id == image.id)).one()
        setattr(row, field, "0")
    assert not is_confirmed(stores, image)
    with stores.reading() as session, pytest.raises(NotReviewed):
        review.reviewed(session, session.get(Instance, image.id), scrubbed)


def test_other_bytes_than_the_confirmed_are_not_reviewed(stores, case, image, author):
    act(stores, image, review.confirm, author)
    held = stores.vault.open(case.public_id, image.blob)
    swapped = Scrubbed(held.instance + b"\0", held.header, held.sha256)
    with stores.reading() as session, pytest.raises(NotReviewed):
        review.reviewed(session, session.get(Instance, image.id), swapped)


def test_a_confirmation_can_be_taken_back(stores, image, author):
    act(stores, image, review.confirm, author)
    act(stores, image, review.unconfirm)
    assert not is_confirmed(stores, image)


@pytest.mark.parametrize(
    ("boxes", "code"),
    [
        ([Box(0, 0, 129, 10)], "box-outside"),
        ([Box(0, 0, 10, 129)], "box-outside"),
        ([Box(-1, 0, 10, 10)], "box-outside"),
        ([Box(5, 5, 5, 10)], "box-outside"),
        ([Box(9, 5, 5, 10)], "box-outside"),
        ([Box(0, 0, 5, 5, 1)], "box-frame"),
        ([Box(0, 0, 5, 5, -1)], "box-frame"),
        ([Box(0, 0, 1 + n % 100, 1 + n) for n in range(100)] * 3, "too-many-boxes"),
    ],
)
def test_boxes_outside_the_picture_are_refused(stores, image, author, boxes, code):
    with pytest.raises(IntakeError, match=code):
        act(stores, image, review.set_boxes, boxes, author)


def test_boxes_at_the_edges_pass_and_twins_are_one(stores, image, author):
    act(stores, image, review.set_boxes, [Box(0, 0, 128, 128), Box(0, 0, 128, 128), Box(0, 0, 9, 9, 0)], author)
    with stores.reading() as session:
        assert review.boxes_of(session, image) == [Box(0, 0, 128, 128), Box(0, 0, 9, 9, 0)]


def test_the_order_of_boxes_does_not_matter_and_their_frame_does():
    one, two = Box(1, 2, 3, 4), Box(5, 6, 7, 8)
    assert review.boxes_sha256([one, two]) == review.boxes_sha256([two, one])
    assert review.boxes_sha256([Box(1, 2, 3, 4, 0)]) != review.boxes_sha256([one])
    assert review.boxes_sha256([]) != review.boxes_sha256([one])


def test_previews_are_pictures_of_single_frames(desk, stores):
    case = desk.draft()
    desk.upload(case, wheel("examples_ybr_color.dcm"))
    (cine,) = desk.instances(case)
    assert (cine.frame_count, cine.has_risk) == (30, True)
    first, last = review.preview(stores, cine, 0), review.preview(stores, cine, 29)
    shown = Image.open(io.BytesIO(first.jpeg))
    assert (shown.format, shown.size) == ("JPEG", (first.width, first.height)) == ("JPEG", (320, 240))
    assert first.jpeg != last.jpeg
    for frame in (-1, 30):
        with pytest.raises(IntakeError, match="no-such-frame"):
            review.preview(stores, cine, frame)


def test_a_preview_of_an_upright_photo_is_upright(desk, stores):
    exif = Image.Exif()
    exif[0x0112] = 6
    case = desk.draft()
    desk.upload(case, photo(exif=exif))
    (one,) = desk.instances(case)
    assert (one.columns, one.rows) == (30, 40)
    assert review.preview(stores, one).width == 30


def test_pixels_that_were_erased_have_no_preview(stores, case, image):
    stores.vault.destroy(case.public_id)
    with pytest.raises(IntakeError, match="not-confirmed"):
        review.preview(stores, image)
