"""A look at an image counts for exactly these bytes and these boxes."""

import hashlib
import io

import pydicom
import pytest
from PIL import Image
from pydicom.uid import generate_uid
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


def test_a_block_hashes_as_before_there_was_a_choice_and_a_blur_differently():
    block, blur = Box(1, 2, 3, 4), Box(1, 2, 3, 4, fill="blur")
    assert review.boxes_sha256([block]) == hashlib.sha256(b"[[-1,1,2,3,4]]").hexdigest()
    assert review.boxes_sha256([blur]) == hashlib.sha256(b'[[-1,1,2,3,4,"blur"]]').hexdigest()
    assert review.boxes_sha256([block, blur]) == review.boxes_sha256([blur, block])


def test_another_fill_unconfirms_and_is_kept(stores, image, author):
    act(stores, image, review.set_boxes, [Box(1, 2, 30, 40)], author)
    act(stores, image, review.confirm, author)
    act(stores, image, review.set_boxes, [Box(1, 2, 30, 40, fill="blur")], author)
    assert not is_confirmed(stores, image)
    with stores.reading() as session:
        assert review.boxes_of(session, image) == [Box(1, 2, 30, 40, fill="blur")]


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


def test_a_preview_can_show_what_will_be_painted(desk, stores, author):
    case = desk.draft()
    desk.upload(case, ct())
    (one,) = desk.instances(case)
    bare = review.preview(stores, one)
    assert review.preview(stores, one, painted=True).jpeg == bare.jpeg
    act(stores, one, review.set_boxes, [Box(30, 30, 90, 90)], author)
    shown = Image.open(io.BytesIO(review.preview(stores, one, painted=True).jpeg))
    assert max(shown.crop((40, 40, 80, 80)).convert("L").get_flattened_data()) < 8
    assert review.preview(stores, one).jpeg == bare.jpeg


@pytest.fixture
def series(desk):
    """Give three images of one series, one of another size in it, and one of another series."""
    case = desk.draft()
    data = (ct(), ct(), ct(), resized(ct()), ct(SeriesInstanceUID="1.2.3.4"))
    for one in data:
        assert desk.upload(case, one).refusal is None
    return desk.instances(case)


def resized(data):
    dataset = pydicom.dcmread(io.BytesIO(data))
    dataset.Rows //= 2
    dataset.PixelData = dataset.PixelData[: dataset.Rows * dataset.Columns * 2]
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_the_areas_of_one_image_go_to_its_series_and_no_further(stores, series, author):
    first, second, third, small, other = series
    mine = [Box(1, 2, 30, 12), Box(60, 60, 90, 90, fill="blur")]
    act(stores, first, review.set_boxes, mine, author)
    act(stores, second, review.set_boxes, [Box(5, 5, 9, 9), mine[0]], author)
    for image in (second, third, small, other):
        act(stores, image, review.confirm, author)
    assert act(stores, first, review.apply_to_series, author) == 2
    with stores.reading() as session:
        assert review.boxes_of(session, second) == [Box(5, 5, 9, 9), *mine]
        assert review.boxes_of(session, third) == mine
        assert review.boxes_of(session, small) == review.boxes_of(session, other) == []
    assert [is_confirmed(stores, image) for image in series] == [False, False, False, True, True]
    assert act(stores, first, review.apply_to_series, author) == 0


def test_an_area_of_the_only_frame_goes_along_and_one_of_many_does_not(desk, stores, author):
    case = desk.draft()
    for data in (wheel("examples_ybr_color.dcm"), renamed(wheel("examples_ybr_color.dcm"))):
        assert desk.upload(case, data).refusal is None
    first, second = desk.instances(case)
    act(stores, first, review.set_boxes, [Box(0, 0, 9, 9, 3), Box(20, 0, 29, 9)], author)
    assert act(stores, first, review.apply_to_series, author) == 1
    with stores.reading() as session:
        assert review.boxes_of(session, second) == [Box(20, 0, 29, 9)]


def renamed(data):
    dataset = pydicom.dcmread(io.BytesIO(data))
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_areas_go_to_no_series_of_a_published_case(desk, stores, author):
    case = desk.published(ct(), ct())
    with pytest.raises(IntakeError, match="not-a-draft"):
        act(stores, desk.instances(case)[0], review.apply_to_series, author)
