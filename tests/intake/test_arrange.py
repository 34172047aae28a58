"""Series in order once their files are in: places, scouts aside, few slices of a head; each file costs the same."""

import itertools

import numpy as np
import pytest
from pydicom.uid import generate_uid
from sqlalchemy import event, select

from pinboard.intake import arrange
from pinboard.models import Instance, InstanceKind, InstanceState, Job, Series, Study
from tests.dicoms import make_dicom
from tests.intake.files import ct, photo
from tests.samples import sample

AXIAL = [1, 0, 0, 0, 1, 0]
LOCALIZER = ["ORIGINAL", "PRIMARY", "LOCALIZER"]


def a_slice(number, *, z=None, part="CHEST", series="1.2.3.7", **more):
    """Make a small slice of one person's series; its place is its number unless said otherwise."""
    place = [0, 0, number if z is None else z]
    given = {"ImagePositionPatient": place, "ImageOrientationPatient": AXIAL, "BodyPartExamined": part} | more
    return make_dicom(
        np.full((16, 16), number, np.int16),
        is_planted=False,
        patient_id="4711",
        InstanceNumber=number,
        SeriesInstanceUID=series,
        SOPInstanceUID=generate_uid(),
        **given,
    ).data


def filed(desk, files):
    case = desk.draft()
    for data in files:
        assert desk.upload(case, data).refusal is None
    arrange.run(desk.stores, case.id)
    return case


def in_order(desk, case):
    with desk.stores.reading() as session:
        rows = select(Instance).join(Series, Series.id == Instance.series_id).where(Instance.case_id == case.id)
        return list(session.scalars(rows.order_by(Series.position, Instance.position)))


def numbers(instances, state=InstanceState.DRAFT):
    return [one.number for one in instances if one.state == state]


def test_slices_are_put_in_the_order_of_their_places(desk):
    case = filed(desk, [a_slice(2, z=10), a_slice(3, z=20), a_slice(1, z=0), a_slice(5, z=30), a_slice(4, z=40)])
    assert numbers(in_order(desk, case)) == [1, 2, 3, 5, 4]


def test_what_comes_later_finds_its_place_too(desk):
    case = filed(desk, [a_slice(3), a_slice(1)])
    desk.upload(case, a_slice(2))
    assert numbers(in_order(desk, case)) == [1, 3, 2]
    arrange.run(desk.stores, case.id)
    assert numbers(in_order(desk, case)) == [1, 2, 3]


def test_filing_asks_for_it_once(desk):
    case = filed(desk, [a_slice(1), a_slice(2)])
    with desk.stores.reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "arrange", Job.ref_id == case.id)).all()
    assert len(jobs) == 1


def test_the_fiftieth_file_costs_what_the_second_did(desk, stores):
    case = desk.draft()
    costs = []
    for number in range(1, 51):
        statements = []
        listener = lambda *given, kept=statements: kept.append(given[2])  # noqa: E731 - a fresh one for each file
        event.listen(stores.engine, "before_cursor_execute", listener)
        desk.upload(case, a_slice(number))
        event.remove(stores.engine, "before_cursor_execute", listener)
        costs.append(len(statements))
    assert costs[1] == costs[49]
    assert costs[1] < 60


def test_the_middle_slice_stands_for_its_series(desk):
    case = filed(desk, [a_slice(number) for number in (5, 4, 1, 2, 3)])
    with desk.stores.reading() as session:
        series = session.scalars(select(Series).where(Series.case_id == case.id)).one()
        assert session.get(Instance, series.key_instance_id).number == 3


def test_series_follow_their_numbers_and_studies_their_days(desk):
    case = filed(
        desk,
        [
            a_slice(1, series="1.2.3.9", SeriesNumber=9),
            a_slice(2, series="1.2.3.3", SeriesNumber=3),
            a_slice(3, series="1.9.1.1", SeriesNumber=1, StudyInstanceUID="1.9.1", StudyDate="20230101"),
        ],
    )
    assert numbers(in_order(desk, case)) == [3, 2, 1]
    with desk.stores.reading() as session:
        studies = session.scalars(select(Study).where(Study.case_id == case.id).order_by(Study.position)).all()
    assert studies[0].shifted_on < studies[1].shifted_on


def test_photos_keep_the_order_in_which_they_came(desk):
    case = filed(desk, [photo(), a_slice(1), photo(size=(20, 10))])
    assert [one.is_photo for one in in_order(desk, case)] == [True, True, False]


def test_scouts_step_aside_and_stand_last(desk):
    scout = a_slice(1, series="1.2.3.1", SeriesNumber=1, ImageType=LOCALIZER)
    case = filed(desk, [scout, a_slice(1, series="1.2.3.2", SeriesNumber=2)])
    image, aside = in_order(desk, case)
    assert (image.kind, image.state) == (InstanceKind.IMAGE, InstanceState.DRAFT)
    assert (aside.kind, aside.state) == (InstanceKind.LOCALIZER, InstanceState.LEFT_OUT)


def test_scouts_alone_stay_until_there_is_something_else(desk):
    case = filed(desk, [a_slice(1, series="1.2.3.1", ImageType=LOCALIZER)])
    assert [one.state for one in desk.instances(case)] == [InstanceState.DRAFT]
    desk.upload(case, a_slice(1))
    arrange.run(desk.stores, case.id)
    assert [one.state for one in desk.instances(case)] == [InstanceState.LEFT_OUT, InstanceState.DRAFT]


def test_a_scout_that_was_confirmed_stays(desk):
    case = desk.draft()
    desk.upload(case, a_slice(1, series="1.2.3.1", ImageType=LOCALIZER))
    desk.confirm(case)
    desk.upload(case, a_slice(1))
    arrange.run(desk.stores, case.id)
    assert [one.state for one in desk.instances(case)] == [InstanceState.DRAFT] * 2


def test_a_mosaic_is_known_as_one(desk):
    case = filed(desk, [a_slice(1, Modality="MR", ImageType=["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"])])
    assert [one.kind for one in desk.instances(case)] == [InstanceKind.MOSAIC]


@pytest.mark.parametrize("part", ["HEAD", None])
def test_of_a_head_few_slices_are_shown(desk, part):
    case = filed(desk, [a_slice(number, z=number * 1.0, part=part) for number in range(1, 41)])
    shown = numbers(in_order(desk, case))
    assert len(shown) == 8
    assert {after - before for before, after in itertools.pairwise(shown)} == {5}
    assert len(numbers(in_order(desk, case), InstanceState.LEFT_OUT)) == 32


def test_of_another_part_all_of_them_are(desk):
    case = filed(desk, [a_slice(number, part="CHEST") for number in range(1, 31)])
    assert len(numbers(in_order(desk, case))) == 30


def test_a_few_slices_of_a_head_are_all_shown(desk):
    case = filed(desk, [a_slice(number, part="HEAD") for number in range(1, 25)])
    assert len(numbers(in_order(desk, case))) == 24


def test_a_head_that_grows_is_looked_at_anew(desk):
    case = filed(desk, [a_slice(number, part="HEAD") for number in range(1, 31)])
    for number in range(31, 61):
        desk.upload(case, a_slice(number, part="HEAD"))
    arrange.run(desk.stores, case.id)
    shown = numbers(in_order(desk, case))
    assert shown == list(range(3, 61, 5))


def test_frames_of_one_object_of_a_head_are_for_the_person_in_it(desk):
    frames = np.zeros((30, 16, 16), np.int16)
    data = ct(NumberOfFrames=30, Rows=16, Columns=16, PixelData=frames.tobytes(), BodyPartExamined="HEAD")
    case = filed(desk, [data])
    (one,) = desk.instances(case)
    assert (one.state, one.is_subject_only) == (InstanceState.DRAFT, True)


def test_real_cd_is_grouped(desk):
    case = desk.draft()
    folder = sample("dicomdir-cd/98892001")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            assert desk.upload(case, path.read_bytes()).refusal is None
    arrange.run(desk.stores, case.id)
    ordered = in_order(desk, case)
    assert [one.number for one in ordered] == [6, 7, 8, 9, 10, 1, 2]
    assert [one.state for one in ordered] == [InstanceState.DRAFT] * 5 + [InstanceState.LEFT_OUT] * 2


def test_published_without_its_job_a_head_is_still_shown_in_few_slices(desk, stores):
    case = desk.draft()
    for number in range(1, 31):
        desk.upload(case, a_slice(number, part="HEAD"))
    desk.confirm(case)
    desk.fill(case)
    published = desk.publish(case)
    assert published.frame_count == 6
    with stores.reading() as session:
        left = session.scalars(select(Instance.state).where(Instance.case_id == case.id)).all()
    assert left == [InstanceState.PUBLISHED] * 6
    assert stores.vault.blobs(case.public_id) == []
