"""An image that came in is looked at once, in the background; what is found is suggested, never painted by itself."""

import importlib
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from pinboard.custody import Box
from pinboard.deid.rectangles import covered, grow
from pinboard.intake import drafts, memory, mend, publish, review, scan, sweep
from pinboard.models import (
    Case,
    DrawnBox,
    Instance,
    Job,
    JobState,
    Receipt,
    RememberedBox,
    ScanState,
    Suggestion,
    SuggestionKind,
)
from pinboard.sandbox import ChildFailed
from tests.intake.files import ct, photo
from tests.samples import sample

THYROID = "ultrasound/thyroid-ybr-full-rle-DOE_JOHN.dcm"
IMAGE = (84, 48, 484, 416)
"""Where the device says that its picture is."""

# The package's own attribute of this name is the function.
looking = importlib.import_module("pinboard.sandbox.look")


@pytest.fixture
def without_networks(monkeypatch):
    """Look as an installation without the extra does, which takes no time."""
    monkeypatch.setattr(looking, "detector_name", lambda: None)


@pytest.fixture
def thyroid(desk):
    case = desk.draft()
    desk.upload(case, sample(THYROID).read_bytes())
    return case


def image_of(desk, case):
    return desk.instances(case)[0]


def look_at(desk, case):
    scan.run(desk.stores, image_of(desk, case).id)
    return image_of(desk, case)


def suggestions(stores, image):
    with stores.reading() as session:
        return list(session.scalars(select(Suggestion).where(Suggestion.instance_id == image.id)))


def boxes(stores, image):
    with stores.reading() as session:
        return review.boxes_of(session, image)


def corners(one):
    return one.x0, one.y0, one.x1, one.y1


def job_of(stores, kind, image):
    with stores.reading() as session:
        return session.scalar(select(Job).where(Job.kind == kind, Job.ref_id == image.id))


def test_an_image_that_comes_in_waits_to_be_looked_at(desk, stores, thyroid):
    image = image_of(desk, thyroid)
    assert image.scan is ScanState.WAITING
    assert job_of(stores, "scan", image).state is JobState.WAITING


def test_without_the_extra_the_look_is_partly_made_and_says_so(desk, stores, thyroid, without_networks):
    image = look_at(desk, thyroid)
    assert (image.scan, image.detector) == (ScanState.PARTLY, None)
    assert {one.kind for one in suggestions(stores, image)} <= {SuggestionKind.OUTSIDE, SuggestionKind.STROKES}


def test_with_the_extra_text_is_found_and_the_detector_named(desk, stores, thyroid):
    pytest.importorskip("onnxruntime", reason="the extra vision is not installed")
    image = look_at(desk, thyroid)
    assert image.scan is ScanState.DONE
    assert "ONNX" in image.detector
    assert [one for one in suggestions(stores, image) if one.kind is SuggestionKind.TEXT]


def test_what_a_device_says_is_no_image_is_drawn_already_and_painted_to_its_border(
    desk, stores, thyroid, without_networks
):
    image = look_at(desk, thyroid)
    outside = [corners(one) for one in suggestions(stores, image) if one.kind is SuggestionKind.OUTSIDE]
    drawn = boxes(stores, image)
    assert [corners(box) for box in drawn] == outside
    assert {(box.frame, box.fill) for box in drawn} == {(None, "block")}
    painted = [grow(corners(box), rows=image.rows, columns=image.columns) for box in drawn]
    assert len(painted) == 4
    for strip in ((0, 0, 640, 48), (0, 48, 84, 416), (484, 48, 640, 416), (0, 416, 640, 480)):
        assert covered(strip, painted) == 1
    assert covered(IMAGE, painted) < 0.05
    with stores.reading() as session:
        assert not review.confirmed(session, image)


def test_nothing_is_drawn_where_somebody_drew_or_confirmed_before(desk, stores, thyroid, without_networks):
    image = image_of(desk, thyroid)
    with stores.writing() as session:
        review.set_boxes(session, session.get(Instance, image.id), [Box(1, 2, 30, 40)], desk.author)
    assert boxes(stores, look_at(desk, thyroid)) == [Box(1, 2, 30, 40)]
    with stores.writing() as session:
        session.execute(delete(DrawnBox).where(DrawnBox.instance_id == image.id))
        review.confirm(session, session.get(Instance, image.id), desk.author)
    assert boxes(stores, look_at(desk, thyroid)) == []
    with stores.reading() as session:
        assert review.confirmed(session, session.get(Instance, image.id))


def test_a_second_look_suggests_nothing_twice(desk, stores, thyroid, without_networks):
    first = [corners(one) for one in suggestions(stores, look_at(desk, thyroid))]
    assert [corners(one) for one in suggestions(stores, look_at(desk, thyroid))] == first
    assert len(boxes(stores, image_of(desk, thyroid))) == 4


def test_a_look_that_fails_is_said_to_have_failed(desk, stores, thyroid, monkeypatch):
    def fail(*_, **__):
        raise ChildFailed("memory")

    monkeypatch.setattr(type(stores.pool), "run", fail)
    image = look_at(desk, thyroid)
    assert (image.scan, image.detector) == (ScanState.FAILED, None)
    assert suggestions(stores, image) == []


def test_a_draft_that_was_thrown_away_meanwhile_leaves_no_suggestion(desk, stores, thyroid, without_networks):
    image = look_at(desk, thyroid)
    assert suggestions(stores, image)
    with stores.writing() as session:
        drafts.discard(session, stores, session.get(Case, thyroid.id), desk.author)
    scan.run(stores, image.id)
    assert suggestions(stores, image) == []


def test_an_image_that_leaves_a_draft_takes_its_suggestions_along(desk, stores, thyroid, without_networks):
    image = look_at(desk, thyroid)
    assert suggestions(stores, image)
    with stores.writing() as session:
        drafts.remove_image(session, stores, session.get(Instance, image.id), desk.author)
    assert suggestions(stores, image) == []
    assert desk.instances(thyroid) == []


def test_an_expired_draft_takes_its_suggestions_along(desk, stores, thyroid, without_networks):
    image = look_at(desk, thyroid)
    sweep.sweep(stores, thyroid.expires_at + timedelta(seconds=1))
    assert suggestions(stores, image) == []


def test_an_image_that_is_redacted_again_is_looked_at_again_and_nothing_is_drawn_on_it(
    desk, stores, thyroid, monkeypatch
):
    seen = tuple(looking.Suggested(kind, 1.0, None, 0, 0, 640, 48) for kind in ("outside", "text"))
    monkeypatch.setattr(scan, "look", lambda *_, **__: looking.Look("Detector 1", True, seen))
    desk.confirm(thyroid)
    desk.fill(thyroid)
    desk.publish(thyroid)
    image = image_of(desk, thyroid)
    mend.open_image(stores, image.id, desk.author)
    assert image_of(desk, thyroid).scan is ScanState.WAITING
    assert look_at(desk, thyroid).scan is ScanState.DONE
    assert len(suggestions(stores, image)) == 2
    assert boxes(stores, image) == []


def test_images_that_need_no_look_are_left_alone(desk, stores, without_networks):
    case = desk.published(ct())
    image = look_at(desk, case)
    assert image.scan is None
    assert suggestions(stores, image) == []
    scan.run(stores, 10**9)


def test_faces_are_looked_for_in_what_was_made_with_light_alone(desk, stores, monkeypatch):
    asked = []
    monkeypatch.setattr(
        scan, "look", lambda *_, wants_faces: asked.append(wants_faces) or looking.Look(None, False, ())
    )
    case = desk.draft()
    for data in (photo(), ct(BodyPartExamined="HEAD")):
        desk.upload(case, data)
    for image in desk.instances(case):
        scan.run(stores, image.id)
    assert asked == [True, False]


def test_the_third_study_of_a_device_opens_with_the_right_boxes(desk, stores, without_networks):
    with stores.writing() as session:
        session.execute(delete(RememberedBox))
    name, place = (4, 2, 70, 16), (80, 110, 126, 124)
    for _ in range(2):
        desk.published(ct(ManufacturerModelName="Sono 3"), boxes={0: [name, place]})
    case = desk.draft()
    for model in ("Sono 3", "Sono 4"):
        desk.upload(case, ct(ManufacturerModelName=model))
    same, other = desk.instances(case)
    for image in (same, other):
        scan.run(stores, image.id)
    remembered = [one for one in suggestions(stores, same) if one.kind is SuggestionKind.MEMORY]
    assert {(corners(one), one.confidence) for one in remembered} == {(name, 0.75), (place, 0.75)}
    assert boxes(stores, same) == []
    assert [one for one in suggestions(stores, other) if one.kind is SuggestionKind.MEMORY] == []


def test_one_thing_is_suggested_once(desk, stores, thyroid, monkeypatch):
    image = image_of(desk, thyroid)
    with stores.writing() as session:
        session.execute(delete(RememberedBox))
        remembered = memory.RememberedBox(device=image.device, kept=3, thrown=0, used_at=image.created_at)
        remembered.x0, remembered.y0, remembered.x1, remembered.y1 = 100, 100, 200, 120
        session.add(remembered)
    found = [("outside", 0, 0, 640, 48), ("text", 102, 101, 190, 119), ("text", 102, 300, 190, 319)]
    seen = tuple(looking.Suggested(kind, 1.0, None, *box) for kind, *box in found)
    monkeypatch.setattr(scan, "look", lambda *_, **__: looking.Look("Detector 1", True, seen))
    image = look_at(desk, thyroid)
    assert image.detector == "Detector 1"
    kinds = [(one.kind.value, one.y0) for one in suggestions(stores, image)]
    assert [kind for kind, _ in kinds] == ["outside", "text", "memory"]
    assert kinds[1:] == [("text", 300), ("memory", 100)]


def test_publishing_forgets_the_device_and_keeps_what_the_picture_is_found_by(desk, stores, monkeypatch):
    seen = (looking.Suggested("text", 0.9, None, 5, 5, 20, 15),)
    monkeypatch.setattr(scan, "look", lambda *_, **__: looking.Look("Detector 1", True, seen))
    case = desk.draft()
    desk.upload(case, ct())
    assert look_at(desk, case).device
    desk.confirm(case)
    desk.fill(case)
    desk.publish(case)
    image = image_of(desk, case)
    assert (image.device, image.scan) == (None, ScanState.DONE)
    assert len(image.dhash) == 16
    assert len(image.pixel_mac) == 64
    assert suggestions(stores, image) == []
    with stores.reading() as session:
        assert session.scalars(select(Receipt.detector).where(Receipt.case_id == case.id)).all() == ["Detector 1"]
    publish.recover(stores)
