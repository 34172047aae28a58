"""One image of a published case: hidden, shown again, removed or redacted again, and each way in which that stops."""

import io
from datetime import timedelta

import numpy as np
import pydicom
import pytest
from sqlalchemy import select, update

from pinboard import audit, clock, policy
from pinboard.custody import Box
from pinboard.intake import desk as open_desk
from pinboard.intake import export, mend, mend_job, publish, review, revise, sweep, withdraw
from pinboard.intake.children import RefusedFile
from pinboard.intake.develop import VARIANTS
from pinboard.intake.errors import IntakeError, NotReviewed
from pinboard.models import (
    Attestation,
    AttestState,
    AuditEvent,
    Case,
    CaseChange,
    CaseState,
    Confirmation,
    DoomedMedia,
    DrawnBox,
    InboxItem,
    Instance,
    Job,
    JobState,
    MediaFile,
    MediaIntent,
    Receipt,
    Series,
)
from pinboard.models.clinic_settings import clinic
from pinboard.storage.vault import VaultError
from tests.intake.files import ct, photo, wheel
from tests.intake.test_withdraw import release, rows

FIRST, SECOND = (10, 10, 40, 30), (60, 60, 100, 90)


@pytest.fixture
def case(desk):
    return desk.published(ct(), ct(SeriesInstanceUID="1.2.3"), boxes={0: [FIRST]})


@pytest.fixture
def image(desk, case):
    return desk.instances(case)[0]


def test_the_nearest_image_stands_for_a_series_while_its_own_is_mended(stores, desk, author):
    """The page of a series stays where it was; a picture alone comes back with the frame that was chosen of it."""
    common = {"StudyInstanceUID": "1.2.3.4.60", "SeriesInstanceUID": "1.2.3.4.60.1"}
    case = desk.published(*(ct(InstanceNumber=number, **common) for number in range(1, 6)))
    stack = sorted(desk.instances(case), key=lambda one: one.position)
    with stores.writing() as session:
        session.get(Series, stack[0].series_id).key_instance_id = stack[3].id
    act(stores, mend.hide_image, stack[3], author)
    assert key_of(stores, stack[0]) == (stack[2].id, 0)
    alone = desk.instances(desk.published(wheel("examples_ybr_color.dcm")))[0]
    with stores.writing() as session:
        session.get(Series, alone.series_id).key_frame = 7
    act(stores, mend.hide_image, alone, author)
    act(stores, mend.show_image, alone, author)
    assert key_of(stores, alone) == (alone.id, 7)


def key_of(stores, image):
    with stores.reading() as session:
        series = session.get(Series, image.series_id)
        return series.key_instance_id, series.key_frame


def act(stores, verb, image, by, *more):
    with stores.writing() as session:
        return verb(session, session.get(Instance, image.id), by, *more)


def fresh(stores, image):
    with stores.reading() as session:
        return session.get(Instance, image.id)


def objects(stores, image):
    with stores.reading() as session:
        return {f.object_name for f in session.scalars(select(MediaFile).where(MediaFile.instance_id == image.id))}


def rows_for(stores, kind, image):
    with stores.reading() as session:
        return list(session.scalars(select(kind).where(kind.instance_id == image.id)))


def intents(stores, image):
    with stores.reading() as session:
        return set(session.scalars(select(MediaIntent.object_name).where(MediaIntent.case_id == image.case_id)))


def pixels(stores, image):
    with stores.reading() as session:
        data = export.instance_bytes(stores, session, session.get(Instance, image.id))
    return pydicom.dcmread(io.BytesIO(data))


def looked_at(desk, image, *boxes):
    """Open an image, draw and confirm."""
    mend.open_image(desk.stores, image.id, desk.author)
    with desk.stores.writing() as session:
        row = session.get(Instance, image.id)
        review.set_boxes(session, row, [Box(*box) for box in boxes], desk.author)
        review.confirm(session, row, desk.author)


def asked(desk, image, *boxes):
    looked_at(desk, image, *boxes)
    act(desk.stores, mend.start, image, desk.author)


def verbs(stores, case):
    return [change.verb for change in rows(stores, CaseChange, case)]


def test_a_hidden_image_leaves_cover_count_and_order_to_the_others(desk, stores, case, image):
    other = desk.instances(case)[1]
    given = release(desk, case, [image, other])
    assert case.cover["name"] == image.media_name
    act(stores, mend.hide_image, image, desk.author)
    now = desk.fresh(case)
    assert (now.state, now.cover["name"], now.frame_count) == (CaseState.PUBLISHED, other.media_name, 1)
    assert fresh(stores, image).state == "hidden"
    with stores.reading() as session:
        assert image.id in session.get(type(given), given.id).instances  # it comes back with the image
    act(stores, mend.show_image, image, desk.author)
    now = desk.fresh(case)
    assert (now.cover["name"], now.frame_count) == (image.media_name, 2)
    assert verbs(stores, case) == ["published", "image-hidden", "image-shown"]


def test_the_only_image_may_be_hidden_and_leaves_nothing_to_show(desk, stores):
    case = desk.published(photo())
    image = desk.instances(case)[0]
    act(stores, mend.hide_image, image, desk.author)
    assert (desk.fresh(case).cover, desk.fresh(case).frame_count) == (None, 0)
    act(stores, mend.show_image, image, desk.author)
    assert desk.fresh(case).cover["name"] == image.media_name


def test_it_is_opened_hidden_at_once_and_sealed(desk, stores, case, image):
    mend.open_image(stores, image.id, desk.author)
    now = fresh(stores, image)
    assert now.state == "hidden"
    assert stores.vault.blobs(case.public_id) == [now.blob]
    assert now.blob_sha256 == stores.vault.open(case.public_id, now.blob).sha256
    assert now.media_name == image.media_name  # its rows wait; nobody is served a hidden one
    assert desk.fresh(case).frame_count == 1
    with stores.reading() as session:
        assert review.boxes_of(session, now) == []
        assert not review.confirmed(session, now)
        shown = review.preview(stores, now)
    assert (shown.width, shown.height) == (128, 128)
    mend.open_image(stores, image.id, desk.author)
    assert fresh(stores, image).blob == now.blob


def test_redacted_again_is_another_picture_with_another_receipt(desk, stores, case, image):
    before, old, untouched = pixels(stores, image), objects(stores, image), objects(stores, desk.instances(case)[1])
    asked(desk, image, SECOND)
    mend_job.run(stores, image.id)
    now = fresh(stores, image)
    assert (now.state, now.blob) == ("published", None)
    assert now.media_name != image.media_name
    assert stores.vault.blobs(case.public_id) == []
    assert not objects(stores, image) & old
    assert objects(stores, desk.instances(case)[1]) == untouched
    assert {row.media_name for row in rows(stores, MediaFile, case) if row.instance_id == image.id} == {now.media_name}
    first, second = (receipt for receipt in rows(stores, Receipt, case) if receipt.instance_id == image.id)
    assert (len(first.boxes), len(second.boxes)) == (1, 1)
    assert second.confirmed_at > first.confirmed_at
    assert {row.receipt_id for row in rows(stores, MediaFile, case) if row.instance_id == image.id} == {second.id}
    withdraw.delete_doomed(stores)
    assert not old & set(stores.media.names())
    assert objects(stores, image) <= set(stores.media.names())
    after = pixels(stores, image)
    x0, y0, x1, y1 = second.boxes[0][1:5]
    outside = np.ones((128, 128), bool)
    outside[y0:y1, x0:x1] = False
    assert (after.pixel_array[outside] == before.pixel_array[outside]).all()
    assert (after.pixel_array != before.pixel_array).any()
    assert len(np.unique(after.pixel_array[SECOND[1] : SECOND[3], SECOND[0] : SECOND[2]])) == 1
    assert {e: after[e].value for e in ("PatientID", "SOPInstanceUID", "StudyInstanceUID")} == {
        e: before[e].value for e in ("PatientID", "SOPInstanceUID", "StudyInstanceUID")
    }
    assert verbs(stores, case) == ["published", "image-hidden", "image-redacted"]
    assert desk.fresh(case).cover["name"] == now.media_name
    assert intents(stores, image) == set()
    with stores.reading() as session:
        assert audit.verify_chain(session) is None
        said = session.scalars(select(AuditEvent.verb).where(AuditEvent.case_id == case.id).order_by(AuditEvent.id))
        assert list(said)[-5:] == ["image-hide", "image-mend", "confirm", "image-mend-start", "image-redacted"]


def test_colours_and_cines_come_back_as_they_were(desk, stores):
    case = desk.published(photo("PNG", size=(64, 48)))
    image = desk.instances(case)[0]
    before = pixels(stores, image).pixel_array
    asked(desk, image, (0, 0, 20, 20))
    mend_job.run(stores, image.id)
    after = pixels(stores, image).pixel_array
    assert after.shape == before.shape
    assert (after[40:, 40:] == before[40:, 40:]).all()
    assert len(np.unique(after[:20, :20].reshape(-1, 3), axis=0)) == 1


def test_what_a_second_clinician_attested_is_void(desk, stores, case, image):
    with stores.writing() as session:
        row = Attestation(
            public_id="a" * 26, case_id=case.id, state=AttestState.ATTESTED, asked_by_id=desk.author.id,
            asked_at=clock.now(), images_sha256="0" * 64,
        )  # fmt: skip
        session.add(row)
        policy.rebuild(session, [case.id])
    asked(desk, image, SECOND)
    mend_job.run(stores, image.id)
    assert [row.state for row in rows(stores, Attestation, case)] == [AttestState.VOID]


def test_a_mend_needs_a_look(desk, stores, image):
    mend.open_image(stores, image.id, desk.author)
    with pytest.raises(NotReviewed):
        act(stores, mend.start, image, desk.author)
    mend_job.run(stores, image.id)
    assert fresh(stores, image).state == "hidden"


def test_what_is_not_hidden_is_neither_painted_nor_confirmed(desk, stores, image):
    for attempt in (lambda row, s: review.set_boxes(s, row, [Box(*FIRST)], desk.author),
                    lambda row, s: review.confirm(s, row, desk.author),
                    lambda row, s: mend.start(s, row, desk.author)):  # fmt: skip
        with stores.writing() as session, pytest.raises(IntakeError):
            attempt(session.get(Instance, image.id), session)
    act(stores, mend.hide_image, image, desk.author)
    with stores.writing() as session, pytest.raises(IntakeError, match="not-a-draft"):
        review.confirm(session, session.get(Instance, image.id), desk.author)


def test_nobody_paints_while_the_job_is_at_work(desk, stores, image):
    asked(desk, image, SECOND)
    for verb, code in ((review.confirm, "not-a-draft"), (mend.show_image, "mend-under-way")):
        with stores.writing() as session, pytest.raises(IntakeError, match=code):
            verb(session, session.get(Instance, image.id), desk.author)
    before = intents(stores, image)
    assert len(before) == len(VARIANTS)
    act(stores, mend.start, image, desk.author)
    assert intents(stores, image) == before


def test_shown_again_is_given_up_and_shredded(desk, stores, case, image):
    looked_at(desk, image, SECOND)
    act(stores, mend.show_image, image, desk.author)
    assert fresh(stores, image).media_name == image.media_name
    assert rows_for(stores, DrawnBox, image) == []
    sweep.sweep(stores)
    assert fresh(stores, image).blob is None
    assert stores.vault.blobs(case.public_id) == []


@pytest.mark.parametrize("end", [lambda s, i, by: revise.remove_image(s, i, by, "wrong"),
                                 lambda s, i, by: withdraw.erase(s, s.get(Case, i.case_id), by)])  # fmt: skip
def test_removed_or_erased_while_it_lies_open_leaves_nothing(desk, stores, case, image, end):
    asked(desk, image, SECOND)
    old = objects(stores, image)
    act(stores, end, image, desk.author)
    mend_job.run(stores, image.id)
    sweep.sweep(stores)
    sweep.sweep(stores)
    withdraw.delete_doomed(stores)
    assert fresh(stores, image).blob is None
    assert stores.vault.drafts().count(case.public_id) == 0 or stores.vault.blobs(case.public_id) == []
    assert intents(stores, image) == set()
    assert old
    assert not old & set(stores.media.names())


def test_the_last_image_is_not_removed_by_hiding_the_others(desk, stores, case, image):
    other = desk.instances(case)[1]
    act(stores, mend.hide_image, image, desk.author)
    act(stores, revise.remove_image, other, desk.author, "")
    with pytest.raises(IntakeError, match="last-image"):
        act(stores, revise.remove_image, image, desk.author, "")


def test_an_image_of_a_withdrawn_or_removed_kind_is_not_mended(desk, stores, case, image):
    act(stores, revise.remove_image, image, desk.author, "")
    for verb in (mend.hide_image, mend.show_image):
        with pytest.raises(IntakeError, match="not-published"):
            act(stores, verb, image, desk.author)
    other = desk.instances(case)[1]
    with stores.writing() as session:
        withdraw.withdraw(session, session.get(Case, case.id), desk.author)
    with pytest.raises(IntakeError, match="not-published"):
        mend.open_image(stores, other.id, desk.author)


@pytest.mark.parametrize("act_of", [mend.hide_image, None], ids=["hidden", "opened"])
def test_hidden_before_publishing_shredded_it_shows_nobody_the_unpainted_pixels(desk, stores, monkeypatch, act_of):
    """The keys of a draft die just after its case is out; an image that is hidden in that moment is no mend of it."""
    with monkeypatch.context() as patch:
        patch.setattr(publish, "_shred", lambda *_: None)
        case = desk.published(ct(), boxes={0: [FIRST]})
    image = desk.instances(case)[0]
    unpainted = image.blob
    assert unpainted
    if act_of:
        act(stores, act_of, image, desk.author)
        assert not open_desk.is_open(fresh(stores, image))
    else:
        mend.open_image(stores, image.id, desk.author)
    publish._shred(stores, case.id)
    sweep.sweep(stores)
    now = fresh(stores, image)
    assert now.blob != unpainted
    assert stores.vault.blobs(case.public_id) == ([now.blob] if now.blob else [])
    assert open_desk.is_open(now) is (act_of is None)
    with pytest.raises(VaultError):
        stores.vault.open(case.public_id, unpainted)


# ---- crashes --------------------------------------------------------------------------------------------------------


def dying(*_given, **_named):
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["scrubbed_again", "seal"])
def test_a_process_that_dies_while_it_opens_leaves_the_image_hidden_and_can_begin_again(
    desk, stores, case, image, monkeypatch, moment
):
    with monkeypatch.context() as patch:
        patch.setattr(mend if moment == "scrubbed_again" else type(stores.vault), moment, dying)
        with pytest.raises(KeyboardInterrupt):
            mend.open_image(stores, image.id, desk.author)
    half = fresh(stores, image)
    assert (half.state, open_desk.is_open(half)) == ("hidden", False)
    sweep.sweep(stores)
    mend.open_image(stores, image.id, desk.author)
    assert open_desk.is_open(fresh(stores, image))
    assert stores.vault.blobs(case.public_id) == [fresh(stores, image).blob]


def test_a_process_that_dies_before_it_lands_is_taken_up(desk, stores, case, image, monkeypatch):
    asked(desk, image, SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(mend_job, "_land", dying)
        with pytest.raises(KeyboardInterrupt):
            mend_job.run(stores, image.id)
    assert fresh(stores, image).state == "hidden"
    sweep.sweep(stores)  # the job still waits, so nothing is given up
    mend_job.run(stores, image.id)
    assert fresh(stores, image).state == "published"
    receipts = [receipt for receipt in rows(stores, Receipt, case) if receipt.instance_id == image.id]
    assert len(receipts) == 2
    assert intents(stores, image) == set()


def test_a_process_that_dies_before_it_shreds_is_shredded_later(desk, stores, case, image, monkeypatch):
    asked(desk, image, SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(mend_job, "_shred", dying)
        with pytest.raises(KeyboardInterrupt):
            mend_job.run(stores, image.id)
    now = fresh(stores, image)
    assert now.state == "published"
    assert stores.vault.blobs(case.public_id) == [now.blob]
    mend_job.run(stores, image.id)
    sweep.sweep(stores)
    assert fresh(stores, image).blob is None
    assert stores.vault.blobs(case.public_id) == []
    assert fresh(stores, image).media_name == now.media_name


def test_a_job_that_gave_up_gives_the_image_back(desk, stores, case, image):
    asked(desk, image, SECOND)
    with stores.writing() as session:
        session.execute(update(Job).where(Job.kind == "mend", Job.ref_id == image.id).values(state=JobState.FAILED))
    sweep.sweep(stores)
    assert intents(stores, image) == set()
    assert rows_for(stores, Confirmation, image) == []
    assert [item.kind for item in rows(stores, InboxItem, case)] == ["mend-failed"]
    with stores.writing() as session:
        review.confirm(session, session.get(Instance, image.id), desk.author)
    act(stores, mend.start, image, desk.author)
    mend_job.run(stores, image.id)
    assert fresh(stores, image).state == "published"


def test_a_failure_leaves_it_hidden_with_its_old_receipt_alone(desk, stores, case, image, monkeypatch):
    asked(desk, image, SECOND)

    def fail(*_):
        raise RuntimeError("a value of a file")

    with monkeypatch.context() as patch:
        patch.setattr(mend_job, "_land", fail)
        with pytest.raises(RuntimeError):
            mend_job.run(stores, image.id)
    assert fresh(stores, image).state == "hidden"
    assert len([receipt for receipt in rows(stores, Receipt, case) if receipt.instance_id == image.id]) == 1
    assert intents(stores, image) == set()
    with stores.reading() as session:
        doomed = set(session.scalars(select(DoomedMedia.object_name)))
    assert doomed & set(stores.media.names())
    assert not doomed & objects(stores, image)


def test_a_picture_that_cannot_be_read_is_said_and_not_tried_again(desk, stores, case, image, monkeypatch):
    asked(desk, image, SECOND)

    def refuse(*_):
        raise RefusedFile("damaged")

    monkeypatch.setattr(mend_job, "develop", refuse)
    mend_job.run(stores, image.id)
    assert [item.kind for item in rows(stores, InboxItem, case)] == ["mend-failed"]


def test_a_busy_server_leaves_it_on_its_way(desk, stores, image, monkeypatch):
    asked(desk, image, SECOND)

    def busy(*_):
        raise IntakeError("busy", retry_after=5)

    with monkeypatch.context() as patch:
        patch.setattr(mend_job, "develop", busy)
        with pytest.raises(IntakeError, match="busy"):
            mend_job.run(stores, image.id)
    mend_job.run(stores, image.id)
    assert fresh(stores, image).state == "published"


def test_pixels_swapped_after_the_look_are_not_shown(desk, stores, image):
    asked(desk, image, SECOND)
    with stores.writing() as session:
        session.execute(update(Instance).where(Instance.id == image.id).values(blob_sha256="0" * 64))
        policy.rebuild(session, [image.case_id])
    mend_job.run(stores, image.id)
    assert fresh(stores, image).state == "hidden"


def test_what_lies_open_for_too_long_leaves_the_vault_and_stays_hidden(desk, stores, case, image):
    mend.open_image(stores, image.id, desk.author)
    with stores.reading() as session:
        days = clinic(session)["vault_days"]
    mend_job.recover(stores, clock.now() + timedelta(days=days, minutes=-1))
    assert fresh(stores, image).blob is not None
    mend_job.recover(stores, clock.now() + timedelta(days=days, minutes=1))
    now = fresh(stores, image)
    assert (now.state, now.blob) == ("hidden", None)
    assert stores.vault.blobs(case.public_id) == []
    mend.open_image(stores, image.id, desk.author)
    assert open_desk.is_open(fresh(stores, image))


def test_a_sweep_leaves_what_is_being_mended_and_takes_strays(desk, stores, case, image):
    looked_at(desk, image, SECOND)
    now = fresh(stores, image)
    stores.vault.seal(stores.vault.open(case.public_id, now.blob), case.public_id, "b" * 26)
    sweep.sweep(stores)
    publish.recover(stores)
    assert stores.vault.blobs(case.public_id) == [now.blob]
    with pytest.raises(VaultError):
        stores.vault.open(case.public_id, "b" * 26)
