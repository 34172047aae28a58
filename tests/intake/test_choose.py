"""Which slices are part of a case: all, key slices, a range, none; of a head never enough to rebuild a face from."""

import pytest
from sqlalchemy import select

from pinboard.intake import arrange, choose, missing, publish
from pinboard.intake.choose import Choice
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, Instance, InstanceState, Job, Series
from tests.intake.test_arrange import LOCALIZER, a_slice, filed, in_order, numbers


def take(desk, case, choice, at=0):
    with desk.stores.writing() as session:
        series = session.scalars(select(Series).where(Series.case_id == case.id).order_by(Series.position)).all()[at]
        choose.choose(session, series, choice, desk.author)


def refused(desk, case, choice):
    with pytest.raises(IntakeError) as error:
        take(desk, case, choice)
    return error.value.code


def gaps(desk, case):
    with desk.stores.reading() as session:
        return [one.code for one in missing.missing(session, session.get(Case, case.id))]


@pytest.fixture
def chest(desk):
    return filed(desk, [a_slice(number) for number in range(1, 11)])


@pytest.fixture
def head(desk):
    return filed(desk, [a_slice(number, part="HEAD") for number in range(1, 31)])


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        (Choice("all"), list(range(1, 11))),
        (Choice("none"), []),
        (Choice("key"), [3, 8]),
        (Choice("some", 2, 8, 3), [2, 5, 8]),
        (Choice("some", 10, 10), [10]),
    ],
)
def test_slices_are_taken_or_left_out(desk, chest, choice, shown):
    take(desk, chest, choice)
    assert numbers(in_order(desk, chest)) == shown
    assert len(numbers(in_order(desk, chest), InstanceState.LEFT_OUT)) == 10 - len(shown)


@pytest.mark.parametrize(
    "choice", [Choice("some", 0, 3), Choice("some", 4, 3), Choice("some", 1, 11), Choice("some", 1, 5, 0)]
)
def test_a_range_holds_slices_of_its_series(desk, chest, choice):
    assert refused(desk, chest, choice) == "slice-range"
    assert len(numbers(in_order(desk, chest))) == 10


def test_what_was_left_out_comes_back_and_is_looked_at_again(desk, chest):
    take(desk, chest, Choice("none"))
    with desk.stores.writing() as session:
        for job in session.scalars(select(Job).where(Job.kind == "scan")):
            session.delete(job)
    take(desk, chest, Choice("some", 1, 2))
    with desk.stores.reading() as session:
        waiting = set(session.scalars(select(Job.ref_id).where(Job.kind == "scan")))
    assert waiting == {one.id for one in in_order(desk, chest) if one.state == InstanceState.DRAFT}


def test_the_middle_of_what_is_taken_stands_for_the_series(desk, chest):
    take(desk, chest, Choice("some", 8, 10))
    with desk.stores.reading() as session:
        series = session.scalars(select(Series).where(Series.case_id == chest.id)).one()
        assert session.get(Instance, series.key_instance_id).number == 9


def test_of_a_head_no_more_than_its_key_slices_are_shown(desk, head):
    assert refused(desk, head, Choice("all")) == "head-slices"
    assert refused(desk, head, Choice("some", 1, 25)) == "head-slices"
    take(desk, head, Choice("some", 1, 24))
    assert len(numbers(in_order(desk, head))) == 24


def test_the_full_set_of_a_head_is_kept_for_the_person_in_it(desk, head):
    take(desk, head, Choice("key", rest_for_subject=True))
    instances = in_order(desk, head)
    assert {one.state for one in instances} == {InstanceState.DRAFT}
    assert [one.number for one in instances if not one.is_subject_only] == [3, 8, 13, 18, 23, 28]
    # Files that come later are kept for the same person, and the choice stands.
    desk.upload(head, a_slice(31, part="HEAD"))
    for number in range(32, 60):
        desk.upload(head, a_slice(number, part="HEAD"))
    arrange.run(desk.stores, head.id)
    later = in_order(desk, head)
    assert {one.state for one in later} == {InstanceState.DRAFT}
    assert sum(not one.is_subject_only for one in later) <= 24


def test_nothing_but_a_head_is_kept_for_the_person_alone(desk, chest):
    assert refused(desk, chest, Choice("key", rest_for_subject=True)) == "not-a-head"


def test_whole_series_are_taken_and_left_out(desk):
    files = [a_slice(1, series="1.2.3.1", SeriesNumber=1, ImageType=LOCALIZER)]
    files += [a_slice(number, series=f"1.2.3.{number}", SeriesNumber=number) for number in (2, 3)]
    case = filed(desk, files)
    with desk.stores.writing() as session:
        series = session.scalars(select(Series).where(Series.case_id == case.id).order_by(Series.number)).all()
        choose.choose_series(session, session.get(Case, case.id), [series[0], series[2]], desk.author)
    assert sorted(numbers(in_order(desk, case))) == [1, 3]


def test_what_is_left_out_needs_no_confirmation_and_dies_at_publish(desk, chest, stores):
    take(desk, chest, Choice("some", 1, 2))
    desk.confirm(chest)
    desk.fill(chest)
    blobs = {one.blob for one in in_order(desk, chest)}
    assert len(blobs) == 10
    published = desk.publish(chest)
    assert published.frame_count == 2
    assert stores.vault.blobs(chest.public_id) == []
    assert [one.state for one in desk.instances(chest)] == [InstanceState.PUBLISHED] * 2


def test_a_case_shows_somebody_something(desk, head):
    take(desk, head, Choice("none", rest_for_subject=True))
    assert "subject-only" in gaps(desk, head)
    take(desk, head, Choice("key", rest_for_subject=True))
    assert "subject-only" not in gaps(desk, head)


def test_a_head_that_is_shown_whole_is_not_published(desk, head, stores):
    with stores.writing() as session:
        for one in session.scalars(select(Instance).where(Instance.case_id == head.id)):
            one.state = InstanceState.DRAFT
        arrange.policy.rebuild(session, [head.id])
    desk.confirm(head)
    desk.fill(head)
    assert "head-slices" in gaps(desk, head)
    with pytest.raises(IntakeError), stores.writing() as session:
        publish.start(session, session.get(Case, head.id), desk.author, keys=stores.keys)


def test_many_unconfirmed_slices_are_one_thing_to_do(desk, chest):
    assert gaps(desk, chest).count("unconfirmed-slices") == 1
    take(desk, chest, Choice("some", 1, 2))
    assert gaps(desk, chest).count("unconfirmed") == 2


def test_a_published_case_is_not_chosen_from(desk, chest):
    desk.confirm(chest)
    desk.fill(chest)
    desk.publish(chest)
    assert refused(desk, chest, Choice("none")) == "not-a-draft"


def test_the_full_set_is_neither_counted_nor_its_cover(desk, head):
    take(desk, head, Choice("some", 1, 2, rest_for_subject=True))
    desk.confirm(head)
    desk.fill(head)
    published = desk.publish(head)
    assert published.frame_count == 2
    shown = [one for one in desk.instances(head) if not one.is_subject_only]
    assert published.cover["name"] in {one.media_name for one in shown}
