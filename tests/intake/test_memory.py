"""What was painted on a device comes back as a suggestion, as surely as it was kept, and knows no case."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, inspect, select

from pinboard import clock
from pinboard.custody import Box
from pinboard.intake import memory, review
from pinboard.models import Instance, RememberedBox
from tests.intake.files import ct

DEVICE = "d" * 64
BANNER = (0, 0, 128, 14)
CORNER = (90, 100, 128, 128)


@pytest.fixture(autouse=True)
def nothing_is_remembered(stores):
    with stores.writing() as session:
        session.execute(delete(RememberedBox))


@pytest.fixture
def study(desk, stores):
    """Paint boxes on the images of a new case and learn from them as publishing does; one list of boxes each."""

    def act(*images, device=DEVICE):
        case = desk.draft()
        for _ in images:
            desk.upload(case, ct())
        with stores.writing() as session:
            found = session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)).all()
            for instance, boxes in zip(found, images, strict=True):
                instance.device = device
                review.set_boxes(session, instance, [Box(*box) for box in boxes], desk.author)
            memory.learn(session, found)

    return act


def suggested(stores, device=DEVICE, rows=128, columns=128):
    with stores.reading() as session:
        return [(one.box, round(one.confidence, 2)) for one in memory.suggest(session, device, rows, columns)]


def test_an_unknown_device_has_nothing_to_suggest(stores):
    assert suggested(stores) == []


def test_confidence_grows_with_every_case_that_kept_an_area(stores, study):
    for expected in (0.67, 0.75, 0.8):
        study([BANNER])
        assert suggested(stores) == [(BANNER, expected)]


def test_an_area_that_is_thrown_away_again_and_again_is_forgotten(stores, study):
    study([BANNER])
    seen = []
    for _ in range(7):
        study([])
        seen += [confidence for _, confidence in suggested(stores)]
    assert seen == [0.5, 0.4, 0.33, 0.29, 0.25]
    with stores.reading() as session:
        assert session.scalars(select(RememberedBox)).all() == []


def test_another_device_learns_nothing_from_it(stores, study):
    study([BANNER])
    assert suggested(stores, device="e" * 64) == []


def test_a_file_without_a_device_teaches_nothing(stores, study):
    study([BANNER], device=None)
    with stores.reading() as session:
        assert session.scalars(select(RememberedBox)).all() == []


def test_a_case_has_one_voice_however_many_images_it_has(stores, study):
    study(*[[BANNER]] * 5)
    assert suggested(stores) == [(BANNER, 0.67)]


def test_most_images_of_a_case_decide_whether_an_area_was_kept(stores, study):
    study([BANNER])
    study([BANNER], [], [])
    assert suggested(stores) == [(BANNER, 0.5)]
    study([BANNER], [BANNER], [])
    assert suggested(stores) == [(BANNER, 0.6)]


def test_what_one_image_of_many_had_is_not_worth_remembering(stores, study):
    study([BANNER], [BANNER], [BANNER], [BANNER, CORNER])
    assert suggested(stores) == [(BANNER, 0.67)]


def test_an_area_drawn_a_little_differently_is_the_same_and_covers_both(stores, study):
    study([(0, 0, 120, 12)])
    study([(0, 2, 128, 14)])
    assert suggested(stores) == [((0, 0, 128, 14), 0.75)]


def test_an_area_inside_a_remembered_one_is_no_second(stores, study):
    study([BANNER])
    study([BANNER, (10, 2, 40, 10)])
    assert suggested(stores) == [(BANNER, 0.75)]


def test_four_fifths_covered_is_kept_and_less_is_thrown(stores, study):
    long = (0, 0, 100, 10)
    study([long])
    study([(0, 0, 40, 10), (45, 0, 85, 10)])
    assert (long, 0.75) in suggested(stores)
    study([(0, 0, 30, 10)])
    assert (long, 0.6) in suggested(stores)


def test_the_surest_come_first(stores, study):
    study([CORNER])
    study([CORNER, BANNER])
    assert suggested(stores) == [(CORNER, 0.75), (BANNER, 0.67)]


def test_the_whole_picture_is_nothing_to_remember(stores, study):
    study([(0, 0, 128, 128)])
    assert suggested(stores) == []


def test_an_area_of_a_single_frame_is_remembered_of_a_still_only(stores, study):
    study([(*BANNER, 0)])
    assert suggested(stores) == [(BANNER, 0.67)]


def test_suggestions_stay_inside_the_picture(stores, study):
    study([CORNER])
    assert suggested(stores, rows=110, columns=100) == [((90, 100, 100, 110), 0.67)]
    assert suggested(stores, rows=90, columns=90) == []


def test_no_more_is_kept_than_anybody_could_look_at(stores, study, monkeypatch):
    monkeypatch.setattr(memory, "MOST", 3)
    study([CORNER])
    study([CORNER, *((x, 0, x + 9, 9) for x in range(0, 100, 20))])
    found = suggested(stores)
    assert len(found) == 3
    assert found[0] == (CORNER, 0.75)


def test_what_no_image_met_for_two_years_is_forgotten(stores, study):
    study([BANNER])
    with stores.writing() as session:
        memory.forget_unused(session, clock.now() + timedelta(days=729))
        assert session.scalars(select(RememberedBox)).all()
        memory.forget_unused(session, clock.now() + timedelta(days=731))
    assert suggested(stores) == []


def test_it_knows_no_case_and_nobody(stores):
    assert inspect(RememberedBox).relationships.keys() == []
    assert not [column.name for column in RememberedBox.__table__.columns if column.foreign_keys]
    assert {column.name for column in RememberedBox.__table__.columns} == {
        "id", "device", "x0", "y0", "x1", "y1", "fill", "kept", "thrown", "used_at",
    }  # fmt: skip
