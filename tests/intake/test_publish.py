"""One case from bytes to the wall, and every way in which that may not happen, or only half."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from pinboard import clock, policy
from pinboard.intake import develop, publish, review
from pinboard.intake.children import RefusedFile
from pinboard.intake.errors import IntakeError
from pinboard.intake.withdraw import delete_doomed
from pinboard.models import (
    Audience,
    Case,
    CaseChange,
    CaseState,
    Confirmation,
    DoomedMedia,
    InboxItem,
    Instance,
    InstanceState,
    InvalidTransition,
    Job,
    MediaFile,
    MediaIntent,
    Pin,
    Receipt,
)
from tests.intake.conftest import Desk, make_author
from tests.intake.files import ct, photo


@pytest.fixture(scope="module")
def case(desk):
    return desk.published(ct(BodyPartExamined="CHEST"), photo(), boxes={0: [(10, 10, 40, 20)]})


@pytest.fixture
def ready(desk):
    case = desk.draft()
    desk.upload(case, ct())
    desk.confirm(case)
    desk.fill(case)
    return case


def rows(stores, kind, case):
    with stores.reading() as session:
        return list(session.scalars(select(kind).where(kind.case_id == case.id).order_by(*kind.__table__.primary_key)))


def start(desk, case):
    with desk.stores.writing() as session:
        publish.start(session, session.get(Case, case.id), desk.author, keys=desk.stores.keys)


def test_the_case_shows_what_a_card_needs(case):
    assert (case.state, case.modality, case.frame_count, case.publish_progress) == ("published", "CT", 2, 100)
    assert case.seq
    assert case.published_at
    assert (case.expires_at, case.lease_id, case.lease_until) == (None, None, None)
    cover = case.cover
    assert (cover["width"], cover["height"], cover["alt"], cover["is_photo"]) == (128, 128, "A grey picture", False)
    assert cover["sizes"] == [["w236", 128, 128]]
    assert 0 < cover["tone"] < 16


def test_readers_are_those_the_author_chose_and_no_others(stores, case):
    found = {row.principal for row in rows(stores, Audience, case)}
    assert found == {policy.CLINICIANS, policy.TRAINEES, policy.member(case.author_id)}


def test_a_pin_on_a_board_adds_no_reader(stores, case):
    assert len(rows(stores, Pin, case)) == 1


def test_every_object_has_a_row_a_receipt_and_its_bytes(stores, case):
    files = rows(stores, MediaFile, case)
    assert sorted(file.variant for file in files) == ["frames", "frames", "previews", "previews", "w236", "w236"]
    receipts = {receipt.id: receipt for receipt in rows(stores, Receipt, case)}
    for file in files:
        data = stores.media.read(file.object_name)
        assert len(data) == file.size
        assert receipts[file.receipt_id].hashes[file.variant] == file.sha256
        assert receipts[file.receipt_id].instance_id == file.instance_id
    assert set(stores.media.names()) >= {file.object_name for file in files}


def test_the_receipt_says_what_was_painted_and_by_whom(stores, desk, case):
    first, second = rows(stores, Receipt, case)
    assert [box[0] for box in first.boxes] == [None]
    _frame, x0, y0, x1, y1 = first.boxes[0]
    assert x0 <= 10
    assert y0 <= 10
    assert x1 >= 40
    assert y1 >= 20
    assert second.boxes == []
    assert first.confirmed_by_id == desk.author.id
    assert "113101" in first.codes
    assert first.counts["removed"] > 50


def test_nothing_of_the_draft_is_left(stores, case):
    assert case.public_id not in stores.vault.drafts()
    assert rows(stores, MediaIntent, case) == []
    for one in rows(stores, Instance, case):
        assert (one.state, one.blob) == (InstanceState.PUBLISHED, None)
        assert one.media_name
        assert one.dtype in develop.DTYPES


def test_the_history_begins(stores, case):
    assert [change.verb for change in rows(stores, CaseChange, case)] == ["published"]


def test_an_unfinished_draft_is_not_published(desk, stores, ready):
    with stores.writing() as session:
        session.execute(delete(Confirmation).where(Confirmation.instance_id == desk.instances(ready)[0].id))
    with pytest.raises(IntakeError, match="incomplete"):
        start(desk, ready)
    assert desk.fresh(ready).state == CaseState.DRAFT


def test_publishing_twice_is_publishing_once(desk, stores, ready):
    start(desk, ready)
    start(desk, ready)
    publish.run(stores, ready.id)
    before = rows(stores, MediaFile, ready)
    publish.run(stores, ready.id)
    start(desk, ready)
    assert [row.object_name for row in rows(stores, MediaFile, ready)] == [row.object_name for row in before]
    with stores.reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "publish", Job.ref_id == ready.id)).all()
    assert len(jobs) == 1


def test_what_is_withdrawn_or_erased_cannot_be_published(desk, stores, ready):
    with stores.writing() as session:
        session.get(Case, ready.id).state = CaseState.ERASED
        policy.rebuild(session, [ready.id])
    with pytest.raises(InvalidTransition):
        start(desk, ready)


def test_a_draft_can_neither_be_changed_nor_grow_while_it_is_published(desk, stores, ready):
    start(desk, ready)
    with pytest.raises(IntakeError, match="not-a-draft"):
        desk.upload(ready, ct())
    with pytest.raises(IntakeError, match="not-a-draft"):
        desk.confirm(ready, {0: [(0, 0, 9, 9)]})


def test_a_failure_gives_the_draft_back_and_deletes_what_was_written(desk, stores, ready, monkeypatch):
    start(desk, ready)

    def fail(*_):
        raise RuntimeError("a value of a file")

    with monkeypatch.context() as patch:
        patch.setattr(publish, "land", fail)
        with pytest.raises(RuntimeError):
            publish.run(stores, ready.id)
    back = desk.fresh(ready)
    assert (back.state, back.publish_error, back.lease_id, back.publish_progress) == (
        "draft",
        "publish-failed",
        None,
        0,
    )
    assert [rows(stores, kind, ready) for kind in (MediaFile, MediaIntent, Receipt)] == [[], [], []]
    assert [item.kind for item in rows(stores, InboxItem, ready)] == ["publish-failed"]
    with stores.reading() as session:
        doomed = set(session.scalars(select(DoomedMedia.object_name)))
    assert doomed & set(stores.media.names())
    delete_doomed(stores)
    assert not doomed & set(stores.media.names())
    assert desk.publish(ready).state == CaseState.PUBLISHED


@pytest.mark.parametrize(
    ("error", "code"), [(RefusedFile("damaged"), "publish-damaged"), (RefusedFile("too-large"), "publish-too-large")]
)
def test_an_image_that_cannot_be_developed_names_its_reason(desk, stores, ready, monkeypatch, error, code):
    start(desk, ready)

    def fail(*_):
        raise error

    monkeypatch.setattr(publish, "develop", fail)
    publish.run(stores, ready.id)
    assert desk.fresh(ready).publish_error == code


def test_a_busy_server_leaves_the_case_on_its_way(desk, stores, ready, monkeypatch):
    start(desk, ready)

    def busy(*_):
        raise IntakeError("busy", retry_after=5)

    with monkeypatch.context() as patch:
        patch.setattr(publish, "develop", busy)
        with pytest.raises(IntakeError, match="busy"):
            publish.run(stores, ready.id)
    assert desk.fresh(ready).state == CaseState.PUBLISHING
    publish.run(stores, ready.id)
    assert desk.fresh(ready).state == CaseState.PUBLISHED


def test_pixels_swapped_after_the_look_are_not_published(desk, stores, ready):
    start(desk, ready)
    with stores.writing() as session:
        session.execute(update(Instance).where(Instance.case_id == ready.id).values(blob_sha256="0" * 64))
    publish.run(stores, ready.id)
    assert desk.fresh(ready).publish_error == "not-reviewed"


def test_an_expired_lease_becomes_a_draft_again(desk, stores, ready):
    start(desk, ready)
    publish.recover(stores)
    assert desk.fresh(ready).state == CaseState.PUBLISHING
    publish.recover(stores, clock.now() + publish.LEASE + timedelta(seconds=1))
    back = desk.fresh(ready)
    assert (back.state, back.publish_error) == ("draft", "publish-expired")
    assert rows(stores, MediaIntent, ready) == []
    publish.run(stores, ready.id)
    assert desk.fresh(ready).state == CaseState.DRAFT


def test_a_run_that_died_is_taken_up_and_leaves_nothing_twice(desk, stores, ready, monkeypatch):
    start(desk, ready)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publish, "land", die)
        with pytest.raises(KeyboardInterrupt):
            publish.run(stores, ready.id)
    assert desk.fresh(ready).state == CaseState.PUBLISHING
    publish.run(stores, ready.id)
    assert desk.fresh(ready).state == CaseState.PUBLISHED
    (receipt,) = rows(stores, Receipt, ready)
    assert {file.receipt_id for file in rows(stores, MediaFile, ready)} == {receipt.id}


def test_a_run_that_lost_its_lease_writes_no_rows(desk, stores, ready, monkeypatch):
    start(desk, ready)
    real = publish.develop

    def late(*given):
        publish.recover(stores, clock.now() + publish.LEASE * 2)
        return real(*given)

    monkeypatch.setattr(publish, "develop", late)
    publish.run(stores, ready.id)
    assert desk.fresh(ready).state == CaseState.DRAFT
    assert rows(stores, MediaFile, ready) == []


def test_a_vault_that_outlived_its_case_is_shredded(desk, stores, ready, monkeypatch):
    start(desk, ready)
    with monkeypatch.context() as patch:
        patch.setattr(publish, "_shred", lambda *_: None)
        publish.run(stores, ready.id)
    assert ready.public_id in stores.vault.drafts()
    publish.recover(stores)
    assert ready.public_id not in stores.vault.drafts()
    assert [one.blob for one in desk.instances(ready)] == [None]


def test_places_in_the_order_are_given_once(desk):
    places = [desk.published(ct()).seq for _ in range(3)]
    assert places == sorted(set(places))


def test_progress_is_told(desk, stores, monkeypatch):
    case = desk.draft()
    for _ in range(3):
        desk.upload(case, ct())
    desk.confirm(case)
    desk.fill(case)
    start(desk, case)
    seen = []
    real = publish.develop

    def watching(*given):
        seen.append(desk.fresh(case).publish_progress)
        return real(*given)

    monkeypatch.setattr(publish, "develop", watching)
    publish.run(stores, case.id)
    assert seen == [0, 33, 66]


def test_only_boards_that_the_author_may_pin_to_get_a_pin(stores):
    pending = Desk(stores, make_author(stores, verified_at=None))
    case = pending.published(ct())
    assert case.state == CaseState.PUBLISHED
    assert rows(stores, Pin, case) == []


def test_named_readers_and_nobody_else(desk, stores):
    friend = make_author(stores, "Ben Barrow")
    stranger = make_author(stores, "Cleo Crane")
    case = desk.draft()
    desk.upload(case, ct())
    desk.confirm(case)
    desk.fill(case, audience_choice={"named": [friend.public_id]}, board_choice=["radiology"])
    case = desk.publish(case)
    with stores.reading() as session:
        seen = [
            session.scalar(select(func.count()).select_from(Case).where(Case.id == case.id, policy.visible(reader)))
            for reader in (policy.reader_for(session, one) for one in (desk.author, friend, stranger))
        ]
    assert seen == [1, 1, 0]


def lying(answer, **changes):
    class Lie:
        json = answer.json | changes
        parts = answer.parts

    return Lie()


@pytest.mark.parametrize(
    "changes",
    [
        {"header": {}},
        {"frames": [{"offset": 0, "length": 10**9}]},
        {"frames": [{"offset": 1, "length": 10}]},
        {"frames": []},
        {"previews": [{"offset": 0, "length": 3}]},
        {"renditions": []},
        {"renditions": [{"width": 128, "height": "128"}]},
        {"renditions": [{"width": 5000, "height": 128}]},
        {"painted": [["x", 1, 2, 3, 4]]},
        {"painted": []},
        {"tone": 99},
        {"dtype": "|O"},
    ],
    ids=str,
)
def test_an_answer_that_lies_is_not_believed(desk, stores, ready, monkeypatch, changes):
    with stores.writing() as session:
        image = session.scalars(select(Instance).where(Instance.case_id == ready.id)).one()
        review.set_boxes(session, image, [review.Box(1, 1, 30, 30)], desk.author)
        review.confirm(session, image, desk.author)
    real = develop.child_answer
    monkeypatch.setattr(develop, "child_answer", lambda *a, **k: lying(real(*a, **k), **changes))
    start(desk, ready)
    publish.run(stores, ready.id)
    assert desk.fresh(ready).publish_error == "publish-damaged"
    assert rows(stores, MediaFile, ready) == []
