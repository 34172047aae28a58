"""What a file becomes, or why it does not; in either case nothing of it is left behind."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from pinboard.ids import public_id
from pinboard.intake import arrange, drafts, receive, review, scrubbing
from pinboard.intake.errors import SENTENCES, IntakeError, sentence_for
from pinboard.models import Case, Instance, Series, Study, Subject, Upload, UploadState
from pinboard.sandbox import Busy, ChildFailed
from tests.intake.files import ct, photo, wheel
from tests.samples import sample


def test_ct_is_filed_under_new_names(desk, stores):
    case = desk.draft()
    upload = desk.upload(case, wheel("CT_small.dcm"))
    (one,) = desk.instances(case)
    assert (upload.state, upload.refusal, upload.instance_id) == (UploadState.RECEIVED, None, one.id)
    assert (one.rows, one.columns, one.frame_count, one.is_photo, one.has_risk) == (128, 128, 1, False, False)
    assert one.uid.startswith("2.25.")
    with stores.reading() as session:
        study = session.scalars(select(Study).where(Study.case_id == case.id)).one()
        series = session.scalars(select(Series).where(Series.case_id == case.id)).one()
        subject = session.get(Subject, desk.fresh(case).subject_id)
    assert (study.key_id, series.modality, series.key_instance_id) == (stores.keys.current_id, "CT", one.id)
    assert subject.chart_code == one.header["PatientID"]
    # CT_small names no body part, so it counts as a head.
    assert series.is_recognizable
    assert stores.vault.open(case.public_id, one.blob).sha256 == one.blob_sha256


def test_a_named_part_that_is_no_head_is_not_recognizable(desk, stores):
    case = desk.draft()
    desk.upload(case, ct(BodyPartExamined="CHEST"))
    with stores.reading() as session:
        assert not session.scalar(select(Series.is_recognizable).where(Series.case_id == case.id))


def test_rows_hold_no_value_of_the_file(desk, stores):
    case = desk.draft()
    desk.upload(case, ct(PatientName="Zebra^Quagga", PatientID="ZQ-77", StudyDescription="okapi"))
    (one,) = desk.instances(case)
    text = json.dumps([one.header, one.scrub_counts]).lower()
    assert one.scrub_counts["removed"] > 100
    assert not [word for word in ("zebra", "quagga", "zq-77", "okapi") if word in text]


@pytest.mark.parametrize(
    ("said", "burned_in", "needs_attest"),
    [({}, None, True), ({"BurnedInAnnotation": "NO"}, "NO", False), ({"BurnedInAnnotation": "YES"}, "YES", True)],
)
def test_what_a_file_says_of_text_in_it_is_filed(desk, said, burned_in, needs_attest):
    case = desk.draft()
    desk.upload(case, ct(**said))
    (one,) = desk.instances(case)
    assert (one.burned_in, one.needs_attest) == (burned_in, needs_attest)


def test_images_of_one_device_and_shape_are_known_by_a_keyed_hash(desk):
    case = desk.draft()
    for changes in ({}, {}, {"ManufacturerModelName": "Other"}, {"Manufacturer": None, "ManufacturerModelName": None}):
        assert desk.upload(case, ct(**changes)).refusal is None
    desk.upload(case, photo())
    first, second, other, unknown, taken = (one.device for one in desk.instances(case))
    assert first == second != other
    assert len(first) == len(other) == 64
    assert unknown is taken is None


def test_instances_of_one_series_are_grouped_and_another_series_is_not(desk, stores):
    case = desk.draft()
    for data in (ct(), ct(), ct(SeriesInstanceUID="1.2.3.4")):
        assert desk.upload(case, data).refusal is None
    with stores.reading() as session:
        assert len(session.scalars(select(Study).where(Study.case_id == case.id)).all()) == 1
        series = session.scalars(select(Series).where(Series.case_id == case.id).order_by(Series.position)).all()
    assert [one.position for one in series] == [1, 2]
    arrange.run(stores, case.id)
    assert [one.position for one in desk.instances(case)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"only words\n" * 50, "not-an-image"),
        (b"%PDF-1.7\n%", "damaged"),
        (b"GIF89a" + bytes(40), "gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (wheel("CT_small.dcm")[:20_000], "damaged"),
        (photo()[:400], "damaged"),
        (wheel("rtplan.dcm"), "unsupported-kind"),
        (wheel("test-SR.dcm"), "unsupported-kind"),
    ],
    ids=["empty", "text", "pdf", "gif", "svg", "cut-dicom", "cut-jpeg", "plan", "report"],
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(desk, stores, data, code):
    case = desk.draft()
    upload = desk.upload(case, data)
    assert (upload.state, upload.refusal, upload.instance_id) == (UploadState.REFUSED, code, None)
    assert desk.instances(case) == []
    assert case.public_id not in stores.vault.drafts()


def test_every_code_has_a_sentence_without_a_code_in_it():
    assert all(len(text) > 20 and text.endswith(".") for text in SENTENCES.values())
    assert sentence_for("pdf") != sentence_for("other-subject")


def test_files_that_come_at_once_find_the_same_series(desk, stores):
    case = desk.draft()
    files = [ct() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        uploads = list(threads.map(lambda data: desk.upload(case, data), files))
    assert [upload.refusal for upload in uploads] == [None] * 8
    assert sorted(upload.number for upload in uploads) == list(range(1, 9))
    arrange.run(stores, case.id)
    assert sorted(one.position for one in desk.instances(case)) == list(range(1, 9))
    with stores.reading() as session:
        assert len(session.scalars(select(Series).where(Series.case_id == case.id)).all()) == 1


def test_another_patient_is_refused_and_the_first_stays(desk, stores):
    case = desk.draft()
    desk.upload(case, ct(PatientID="111"))
    assert desk.upload(case, ct(PatientID="222")).refusal == "other-subject"
    (one,) = desk.instances(case)
    assert stores.vault.blobs(case.public_id) == [one.blob]
    assert desk.upload(case, ct(PatientID="111")).refusal is None


def test_the_same_instance_is_taken_once(desk, stores):
    case = desk.draft()
    data = ct()
    assert desk.upload(case, data).refusal is None
    assert desk.upload(case, data).refusal == "duplicate"
    assert len(stores.vault.blobs(case.public_id)) == 1
    assert desk.upload(desk.draft(), data).refusal is None


def test_a_photo_before_a_named_file_takes_the_subject_of_the_case(desk):
    case = desk.published(photo(), ct(PatientID="333"))
    first, second = desk.instances(case)
    assert first.is_photo
    assert first.has_risk
    assert first.header["PatientID"] == second.header["PatientID"]


def test_photos_of_a_case_share_a_study_and_have_a_series_each(desk, stores):
    case = desk.draft()
    for data in (photo(), photo("PNG"), photo("WEBP"), photo("TIFF")):
        assert desk.upload(case, data).refusal is None
    assert desk.fresh(case).subject_id is None
    with stores.reading() as session:
        assert len(session.scalars(select(Study).where(Study.case_id == case.id)).all()) == 1
        series = session.scalars(select(Series).where(Series.case_id == case.id)).all()
    assert len(series) == 4
    assert {one.modality for one in series} == {"XC"}
    assert all(one.is_recognizable for one in series)


def test_kind_of_photo_decides_its_modality(desk, stores):
    case = desk.draft()
    with stores.writing() as session:
        session.get(Case, case.id).photo_kind = "DMS"
    desk.upload(case, photo())
    assert desk.instances(case)[0].header["Modality"] == "DMS"


def test_a_typed_record_number_is_the_same_person_as_in_a_header(desk, stores):
    case = desk.draft()
    with stores.writing() as session:
        subject = drafts.name_subject(session, stores, session.get(Case, case.id), " mrn 4711 ")
    desk.upload(case, photo())
    assert desk.upload(case, ct(PatientID="MRN4711")).refusal is None
    assert desk.upload(case, ct(PatientID="MRN4712")).refusal == "other-subject"
    assert {one.header["PatientID"] for one in desk.instances(case)} == {subject.chart_code}
    assert "4711" not in subject.chart_code


def test_a_typed_record_number_must_not_contradict_the_images(desk, stores):
    case = desk.draft()
    desk.upload(case, ct(PatientID="555"))
    with stores.writing() as session, pytest.raises(IntakeError, match="other-subject"):
        drafts.name_subject(session, stores, session.get(Case, case.id), "556")
    with stores.writing() as session, pytest.raises(IntakeError, match="record-number"):
        drafts.name_subject(session, stores, session.get(Case, case.id), "  ")


def test_a_file_for_what_is_no_draft_any_more_is_turned_away(desk, stores, author):
    case = desk.draft()
    with stores.writing() as session:
        slot = receive.open_slot(session, session.get(Case, case.id), author)
    with stores.writing() as session:
        drafts.discard(session, stores, session.get(Case, case.id), author)
    with stores.pool.memfile(ct()) as mem, pytest.raises(IntakeError, match="not-a-draft"):
        receive.receive(stores, slot.id, mem, by=author)
    with stores.writing() as session, pytest.raises(IntakeError, match="not-a-draft"):
        receive.open_slot(session, session.get(Case, case.id), author)
    assert case.public_id not in stores.vault.drafts()


def test_a_draft_thrown_away_while_its_file_is_read_keeps_nothing(desk, stores, author, monkeypatch):
    case = desk.draft()
    seal = type(stores.vault).seal

    def seal_and_lose(vault, *args):
        seal(vault, *args)
        with stores.writing() as session:
            drafts.discard(session, stores, session.get(Case, case.id), author)

    monkeypatch.setattr(type(stores.vault), "seal", seal_and_lose)
    with pytest.raises(IntakeError, match="not-a-draft"):
        desk.upload(case, ct())
    assert stores.vault.blobs(case.public_id) == []


def test_a_failure_after_the_seal_destroys_the_key_and_frees_the_slot(desk, stores, monkeypatch):
    case = desk.draft()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(receive, "file_each", fail)
    with pytest.raises(OSError, match="disk full"):
        desk.upload(case, ct())
    assert stores.vault.blobs(case.public_id) == []
    with stores.reading() as session:
        assert session.scalars(select(Upload.state).where(Upload.case_id == case.id)).all() == [UploadState.WAITING]


def test_a_busy_server_lets_the_slot_wait(desk, stores, author, monkeypatch):
    case = desk.draft()

    def busy(*_, **__):
        raise Busy(7)

    with stores.writing() as session:
        slot = receive.open_slot(session, session.get(Case, case.id), author)
    with monkeypatch.context() as patch, stores.pool.memfile(ct()) as mem:
        patch.setattr(type(stores.pool), "run", busy)
        with pytest.raises(IntakeError, match="busy") as caught:
            receive.receive(stores, slot.id, mem, by=author)
    assert caught.value.retry_after == 7
    with stores.pool.memfile(ct()) as mem:
        assert receive.receive(stores, slot.id, mem, by=author).state == UploadState.RECEIVED
    with stores.pool.memfile(ct()) as mem, pytest.raises(IntakeError, match="duplicate"):
        receive.receive(stores, slot.id, mem, by=author)
    assert len(desk.instances(case)) == 1


def test_limits_are_kept(desk, stores, author, monkeypatch):
    case = desk.draft()
    monkeypatch.setattr(receive, "MOST_FILES", 1)
    monkeypatch.setattr(scrubbing, "LARGEST_FILE", 10)
    assert desk.upload(case, ct()).refusal == "too-large-file"
    with stores.writing() as session, pytest.raises(IntakeError, match="too-many"):
        receive.open_slot(session, session.get(Case, case.id), author)


def test_slots_are_numbered(desk, stores, author):
    case = desk.draft()
    numbers = [desk.upload(case, data).number for data in (b"", ct())]
    assert numbers == [1, 2]


def test_a_bomb_is_refused(desk):
    case = desk.draft()
    upload = desk.upload(case, sample("hostile/images/bomb-10000x10000-gray.png").read_bytes())
    assert upload.state == UploadState.REFUSED
    assert desk.instances(case) == []


def test_one_image_can_be_taken_out_of_a_draft(desk, stores, author):
    case = desk.draft()
    for data in (ct(PatientID="1234"), ct(PatientID="1234"), photo()):
        desk.upload(case, data)
    first, second, third = desk.instances(case)
    with stores.writing() as session:
        drafts.remove_image(session, stores, session.get(Instance, first.id), author)
    with stores.reading() as session:
        series = session.get(Series, second.series_id)
    assert series.key_instance_id == second.id
    assert sorted(stores.vault.blobs(case.public_id)) == sorted([second.blob, third.blob])
    for one in (second, third):
        with stores.writing() as session:
            drafts.remove_image(session, stores, session.get(Instance, one.id), author)
    assert desk.fresh(case).subject_id is None
    with stores.reading() as session:
        assert session.scalars(select(Study.id).where(Study.case_id == case.id)).all() == []
    assert desk.upload(case, ct(PatientID="5678")).refusal is None


def test_discarding_forgets_words_rows_and_pixels(desk, stores, author):
    case = desk.draft()
    desk.upload(case, ct())
    desk.fill(case, question="Is it broken?")
    with stores.writing() as session:
        drafts.discard(session, stores, session.get(Case, case.id), author)
    gone = desk.fresh(case)
    assert (gone.state, gone.title, gone.question, gone.audience_choice) == ("erased", "", "", {})
    assert desk.instances(case) == []
    assert case.public_id not in stores.vault.drafts()
    with stores.writing() as session, pytest.raises(IntakeError, match="not-a-draft"):
        drafts.discard(session, stores, session.get(Case, case.id), author)


def test_a_published_case_cannot_be_discarded(desk, stores, author):
    case = desk.published(ct())
    with stores.writing() as session, pytest.raises(IntakeError, match="not-a-draft"):
        drafts.discard(session, stores, session.get(Case, case.id), author)
    with stores.writing() as session, pytest.raises(IntakeError, match="not-a-draft"):
        drafts.remove_image(session, stores, session.get(Instance, desk.instances(case)[0].id), author)
    with stores.writing() as session, pytest.raises(IntakeError, match="not-a-draft"):
        review.confirm(session, session.get(Instance, desk.instances(case)[0].id), author)


def together(desk, stores, case, *files):
    """Send files in one batch; gives their slots in order, and the marks of other persons."""
    with stores.writing() as session:
        slots = receive.open_slots(session, session.get(Case, case.id), desk.author, [public_id() for _file in files])
    with ExitStack() as held:
        held_files = [held.enter_context(stores.pool.memfile(data)) for data in files]
        marks = receive.receive_each(
            stores, {slot.id: mem for slot, mem in zip(slots, held_files, strict=True)}, by=desk.author
        )
    with stores.reading() as session:
        return [session.get(Upload, slot.id) for slot in slots], marks


def test_files_of_a_batch_fare_as_if_each_came_alone(desk, stores):
    case, twice = desk.draft(), ct()
    cut, words = wheel("CT_small.dcm")[:20_000], b"only words\n" * 50
    files = [ct(), cut, twice, words, twice, wheel("rtplan.dcm"), photo(), ct(PatientID="222")]
    uploads, marks = together(desk, stores, case, *files)
    refusals = [one.refusal for one in uploads]
    assert refusals == [None, "damaged", None, "not-an-image", "duplicate", "unsupported-kind", None, "other-subject"]
    taken = [one.instance_id for one in uploads if one.state == UploadState.RECEIVED]
    images = desk.instances(case)
    assert sorted(taken) == sorted(one.id for one in images)
    assert stores.vault.left(case.public_id) == sorted(one.blob for one in images)
    assert list(marks) == [uploads[-1].id]


def test_other_persons_are_told_apart_by_marks_that_name_nobody(desk, stores):
    case, elsewhere = desk.draft(), desk.draft()
    files = [ct(PatientID=who) for who in ("90111", "90222", "90333", "90222")]
    with stores.reading() as session:
        before = set(session.scalars(select(Subject.id)))
    uploads, marks = together(desk, stores, case, *files)
    second, third, again = (marks[one.id] for one in uploads[1:])
    assert second == again != third
    with stores.reading() as session:
        assert set(session.scalars(select(Subject.id))) - before == {desk.fresh(case).subject_id}
    there, others = together(desk, stores, elsewhere, *files[:2])
    assert others[there[1].id] != second


def test_a_child_that_falls_over_one_of_many_takes_no_neighbour_along(desk, stores, monkeypatch):
    case, run = desk.draft(), type(stores.pool).run

    def crash(pool, job, *args, **more):
        if job == "scrub_each":
            raise ChildFailed("crash")
        return run(pool, job, *args, **more)

    monkeypatch.setattr(type(stores.pool), "run", crash)
    uploads, _marks = together(desk, stores, case, ct(), wheel("CT_small.dcm")[:20_000], ct())
    assert [one.refusal for one in uploads] == [None, "damaged", None]


def test_a_batch_that_cannot_be_filed_leaves_no_key_and_lets_its_slots_wait(desk, stores, monkeypatch):
    case = desk.draft()

    def fail(*_):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(receive, "file_each", fail)
        with pytest.raises(OSError, match="disk full"):
            together(desk, stores, case, ct(), ct())
    assert stores.vault.left(case.public_id) == []
    with stores.reading() as session:
        states = session.scalars(select(Upload.state).where(Upload.case_id == case.id)).all()
    assert states == [UploadState.WAITING] * 2


def test_a_batch_sent_again_takes_only_what_did_not_arrive(desk, stores):
    case, data = desk.draft(), [ct(), ct()]
    with stores.writing() as session:
        names = [public_id(), public_id()]
        slots = [one.id for one in receive.open_slots(session, session.get(Case, case.id), desk.author, names)]
    for count in (1, 2):
        with ExitStack() as held:
            files = [held.enter_context(stores.pool.memfile(one)) for one in data[:count]]
            receive.receive_each(stores, dict(zip(slots, files, strict=False)), by=desk.author)
    assert len(desk.instances(case)) == 2
