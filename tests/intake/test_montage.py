"""Many slices at once: shown in sheets, compared, painted, confirmed, each still bound to its own bytes and areas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.custody import Box
from pinboard.imaging.neighbours import standing_out
from pinboard.intake import montage, ranges, review
from pinboard.intake.errors import IntakeError
from pinboard.models import AuditEvent, Case, CaseState, Confirmation, Instance, Job, User
from pinboard.sandbox import Answer
from tests.dicoms import make_dicom

STUDY = "1.2.826.0.1.3680043.8.498.7"
MANY = {"RescaleIntercept": 0, "WindowCenter": 128, "WindowWidth": 256, "is_planted": False}
CORNER = Box(0, 0, 20, 10)


def stack_slice(number, *, size=(64, 64), level=90):
    pixels = np.full(size, level, np.uint8)
    pixels[10:40, 10 + number : 30 + number] = level + 60
    return make_dicom(pixels, study_uid=STUDY, SOPInstanceUID=f"{STUDY}.2.{number}", InstanceNumber=number, **MANY).data


def cine(frames=6):
    pixels = np.stack([np.full((48, 64), 40 + 10 * frame, np.uint8) for frame in range(frames)])
    return make_dicom(pixels, study_uid=f"{STUDY}.9", SOPInstanceUID=f"{STUDY}.9.1", **MANY).data


@pytest.fixture
def stack(desk):
    """Give a draft with a series of five slices."""
    case = desk.draft()
    for number in range(1, 6):
        assert desk.upload(case, stack_slice(number)).refusal is None
    return case


@pytest.fixture
def film(desk):
    """Give a draft with one instance of six frames."""
    case = desk.draft()
    assert desk.upload(case, cine()).refusal is None
    return case


@pytest.fixture
def slices(stores):
    """Give the slices of a case as they stand now."""

    def act(case):
        with stores.reading() as session:
            return montage.slices_of(review.held(session, Instance.case_id == case.id))

    return act


@pytest.fixture
def act(stores, author):
    """Run one step in a transaction of its own."""

    def run(step, case, *more, **options):
        with stores.writing() as session:
            if step is ranges.confirm_whole:
                options["by"] = session.get_one(User, author.id)
            return step(session, session.get_one(Case, case.id), *more, **options)

    return run


def confirmed(slices):
    return [one.number for one in slices if one.held.is_confirmed]


def test_slices_stand_in_the_order_of_their_series(stack, film, slices):
    assert [one.number for one in slices(stack)] == [1, 2, 3, 4, 5]
    assert len({one.key for one in slices(stack)}) == 5
    assert [(one.number, one.frame) for one in slices(film)] == [(place + 1, place) for place in range(6)]
    assert len({one.key for one in slices(film)}) == 6


def test_sheets_hold_so_many_slices_and_not_too_many_bytes(stack, film, slices):
    assert [len(sheet) for sheet in montage.in_sheets(slices(stack), 2)] == [2, 2, 1]
    large = [replace(one, held=replace(one.held, rows=6000, columns=6000)) for one in slices(stack)]
    assert [len(sheet) for sheet in montage.in_sheets(large)] == [1, 1, 1, 1, 1]
    long = [replace(one, held=replace(one.held, rows=6000, columns=6000)) for one in slices(film)]
    assert [len(sheet) for sheet in montage.in_sheets(long, 4)] == [4, 2]


def test_a_sheet_comes_with_what_each_slice_looks_like(stores, stack, slices):
    made = montage.sheet(stores, stack.public_id, slices(stack))
    assert made.jpeg.startswith(b"\xff\xd8\xff")
    assert set(made.looks) == {one.pixels for one in slices(stack)}
    assert all(look.mean == pytest.approx(98, abs=3) for look in made.looks.values())


def test_slices_are_compared_once(stores, stack, slices, desk):
    desk.upload(stack, stack_slice(6, level=190))
    every = slices(stack)
    found = montage.compare(stores, stack.public_id, every, {}, seconds=60)
    assert set(found) == {one.pixels for one in every}
    assert set(standing_out([found[one.pixels] for one in every])) == {5}
    assert montage.compare(stores, stack.public_id, every, found, seconds=60) == {}
    assert montage.compare(stores, stack.public_id, every, {}, seconds=0) == {}


@pytest.mark.parametrize(
    "cells",
    [
        None,
        [],
        [{"mean": 1.0, "brightest": "00" * 255, "dhash": None}],
        [{"mean": 1.0, "brightest": "zz" * 256, "dhash": None}],
        [{"mean": float("nan"), "brightest": "00" * 256, "dhash": None}],
        [{"mean": 1.0, "brightest": "00" * 256, "dhash": "f" * 17}],
        [{"mean": "1", "brightest": "00" * 256, "dhash": None}],
    ],
)
def test_an_answer_that_cannot_be_is_not_believed(stores, stack, slices, monkeypatch, cells):
    lie = Answer({"cells": cells, "width": 10, "height": 10}, [b"\xff\xd8\xff"])
    monkeypatch.setattr(type(stores.pool), "run", lambda *_, **__: lie)
    with pytest.raises(montage.RefusedFile):
        montage.sheet(stores, stack.public_id, slices(stack)[:1])


def test_a_slice_that_cannot_be_shown_says_so(stores, stack, slices, monkeypatch):
    answer = Answer({"cells": [{"refused": "damaged"}], "width": 10, "height": 10}, [b"\xff\xd8\xff"])
    monkeypatch.setattr(type(stores.pool), "run", lambda *_, **__: answer)
    one = slices(stack)[0]
    assert montage.sheet(stores, stack.public_id, [one]).looks == {one.pixels: None}


def test_only_what_was_seen_is_confirmed(stack, slices, act, stores):
    done = act(ranges.confirm_whole, stack, slices(stack), seen={1, 2, 4})
    assert len(done) == 3
    assert confirmed(slices(stack)) == [1, 2, 4]
    with stores.reading() as session:
        asked = session.scalars(
            select(Job.ref_id).where(Job.kind == "fingerprint", Job.ref_id.in_([h.id for h in done]))
        )
        assert len(list(asked)) == 3
        rows = session.scalars(select(AuditEvent).where(AuditEvent.verb == "confirm", AuditEvent.case_id == stack.id))
        assert [row.detail for row in rows] == [{"images": 3}]


def test_confirming_again_writes_nothing(stack, slices, act):
    act(ranges.confirm_whole, stack, slices(stack), seen={1, 2})
    assert act(ranges.confirm_whole, stack, slices(stack), seen={1, 2}) == []


def test_a_longer_instance_is_confirmed_once_every_frame_was_seen(film, slices, act):
    assert act(ranges.confirm_whole, film, slices(film), seen={1, 2, 3, 4, 5}) == []
    assert confirmed(slices(film)) == []
    assert len(act(ranges.confirm_whole, film, slices(film), seen=set(range(1, 7)))) == 1
    assert confirmed(slices(film)) == [1, 2, 3, 4, 5, 6]


def test_each_confirmation_is_what_confirming_one_by_one_would_write(stack, slices, act, stores, author):
    act(ranges.paint, stack, slices(stack), CORNER)
    act(ranges.confirm_whole, stack, slices(stack), seen=range(1, 6))

    def written():
        with stores.reading() as session:
            columns = (Confirmation.instance_id, Confirmation.blob_sha256, Confirmation.boxes_sha256)
            statement = select(*columns, Confirmation.profile_version, Confirmation.by_id)
            mine = select(Instance.id).where(Instance.case_id == stack.id)
            return sorted(session.execute(statement.where(Confirmation.instance_id.in_(mine))).all())

    together = written()
    with stores.writing() as session:
        for instance in session.scalars(select(Instance).where(Instance.case_id == stack.id)).all():
            review.confirm(session, instance, session.get_one(User, author.id))
    assert together == written()


def test_a_moved_area_takes_the_confirmation_of_its_slices_back(stack, slices, act):
    act(ranges.confirm_whole, stack, slices(stack), seen=range(1, 6))
    before = slices(stack)
    assert act(ranges.paint, stack, before[1:3], CORNER) == [2, 3]
    after = slices(stack)
    assert confirmed(after) == [1, 4, 5]
    assert [one.key == other.key for one, other in zip(before, after, strict=True)] == [True, False, False, True, True]


def test_confirmations_of_a_range_are_taken_back(stack, slices, act):
    act(ranges.confirm_whole, stack, slices(stack), seen=range(1, 6))
    assert act(ranges.unconfirm, stack, slices(stack)[2:]) == 3
    assert confirmed(slices(stack)) == [1, 2]


def test_an_area_goes_to_a_range_and_comes_back_from_it(stack, slices, act):
    act(ranges.paint, stack, slices(stack)[3:4], CORNER)
    assert act(ranges.paint, stack, slices(stack)[1:4], CORNER) == [2, 3]
    assert [len(one.held.boxes) for one in slices(stack)] == [0, 1, 1, 1, 0]
    undone = [one for one in slices(stack) if one.number in {2, 3}]
    assert act(ranges.unpaint, stack, undone, CORNER) == [2, 3]
    assert [len(one.held.boxes) for one in slices(stack)] == [0, 0, 0, 1, 0]


def test_an_area_on_a_range_of_frames_names_these_alone(film, slices, act):
    assert act(ranges.paint, film, slices(film)[1:4], CORNER) == [2, 3, 4]
    assert slices(film)[0].held.boxes == tuple(replace(CORNER, frame=frame) for frame in (1, 2, 3))
    assert act(ranges.paint, film, slices(film), CORNER) == [1, 5, 6]
    assert slices(film)[0].held.boxes == (CORNER,)
    assert act(ranges.unpaint, film, slices(film)[4:5], CORNER) == [5]
    assert {box.frame for box in slices(film)[0].held.boxes} == {0, 1, 2, 3, 5}


def test_an_area_that_does_not_fit_every_slice_is_drawn_on_none(stack, slices, act, desk):
    desk.upload(stack, stack_slice(6, size=(64, 128)))
    with pytest.raises(IntakeError, match="box-outside"):
        act(ranges.paint, stack, slices(stack), Box(100, 0, 120, 10))
    assert all(not one.held.boxes for one in slices(stack))


def test_more_areas_than_anybody_draws_are_refused(film, slices, act):
    many = [Box(left, row, left + 5, row + 1) for row in range(0, 40, 2) for left in range(0, 60, 6)]
    act(ranges.put, film, {slices(film)[0].held: many})
    with pytest.raises(IntakeError, match="too-many-boxes"):
        act(ranges.paint, film, slices(film), CORNER)


@pytest.mark.parametrize("step", [ranges.paint, ranges.unpaint, ranges.unconfirm, ranges.confirm_whole])
def test_what_is_no_draft_is_left_alone(film, slices, act, stores, step):
    with stores.writing() as session:
        session.get_one(Case, film.id).go(CaseState.PUBLISHING)
        policy.rebuild(session, [film.id])
    more = (CORNER,) if step in {ranges.paint, ranges.unpaint} else ()
    options = {"seen": {1}} if step is ranges.confirm_whole else {}
    with pytest.raises(IntakeError, match="not-a-draft"):
        act(step, film, slices(film), *more, **options)
