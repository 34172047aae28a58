"""Reports and electrocardiograms of a CD: their pages come in as images, or nothing of them does."""

import pytest
from sqlalchemy import select

from pinboard.intake import documents
from pinboard.intake.errors import IntakeError
from pinboard.models import Instance, InstanceKind, MediaFile, ScanState, Series, Study, Upload, UploadState
from pinboard.sandbox import Busy
from tests.dicoms import MARK
from tests.documents import encapsulated, group, pdf, square, waveform
from tests.intake.files import photo, wheel
from tests.samples import sample


def test_a_report_becomes_a_series_of_pages(desk, stores):
    case = desk.draft()
    upload = desk.upload(case, encapsulated(pdf(f"{MARK} one", "two", "three")))
    pages = desk.instances(case)
    assert (upload.state, upload.refusal, upload.instance_id) == (UploadState.RECEIVED, None, pages[0].id)
    assert [(one.kind, one.number) for one in pages] == [(InstanceKind.PAGE, number) for number in (1, 2, 3)]
    assert all(one.has_risk and one.needs_attest and not one.is_photo for one in pages)
    with stores.reading() as session:
        series = session.scalars(select(Series).where(Series.case_id == case.id)).one()
        study = session.scalars(select(Study).where(Study.case_id == case.id)).one()
        slots = session.execute(select(Upload.number, Upload.instance_id).where(Upload.case_id == case.id)).all()
    assert (series.key_instance_id, series.is_recognizable, series.modality) == (pages[0].id, True, "DOC")
    # So that each has a name on the page, and can be taken out by itself.
    assert sorted(slots) == [(number, page.id) for number, page in enumerate(pages, 1)]
    # Every line of a report may name somebody.
    assert all(one.scan == ScanState.WAITING for one in pages)
    assert study.shifted_on < "20240219"
    assert desk.fresh(case).subject_id is not None
    for one in pages:
        sealed = stores.vault.open(case.public_id, one.blob)
        assert sealed.sha256 == one.blob_sha256
        assert MARK.encode() not in sealed.instance
        assert b"%PDF" not in sealed.instance


def test_an_electrocardiogram_becomes_drawn_sheets(desk, stores):
    case = desk.draft()
    assert desk.upload(case, waveform()).refusal is None
    usual, whole = desk.instances(case)
    assert usual.kind == whole.kind == InstanceKind.ECG
    assert usual.header["PixelSpacing"] == [0.125, 0.125]
    assert (usual.has_risk, usual.needs_attest) == (False, True)
    # What a detector makes of peaks and grid would only be noise.
    assert usual.scan == whole.scan == ScanState.DONE
    with stores.reading() as session:
        series = session.scalars(select(Series).where(Series.case_id == case.id)).one()
    # Nobody is known by the face from an ECG.
    assert (series.modality, series.is_recognizable) == ("ECG", False)


def test_the_recording_of_pydicom_and_the_report_of_the_samples_come_in(desk):
    case = desk.draft()
    assert desk.upload(case, wheel("waveform_ecg.dcm")).refusal is None
    assert len(desk.instances(case)) == 3
    other = desk.draft()
    assert desk.upload(other, sample("documents/encapsulated-pdf.dcm").read_bytes()).refusal is None
    (page,) = desk.instances(other)
    assert (page.rows, page.columns, page.samples) == (2048, 1583, 3)


def test_a_pdf_alone_joins_the_photos_of_its_case(desk, stores):
    case = desk.draft()
    for data in (pdf("letter"), photo(), pdf("another letter")):
        assert desk.upload(case, data).refusal is None
    with stores.reading() as session:
        assert len(session.scalars(select(Study).where(Study.case_id == case.id)).all()) == 1
        assert len(session.scalars(select(Series).where(Series.case_id == case.id)).all()) == 3


def test_the_same_document_is_told_and_leaves_no_second_page(desk):
    case = desk.draft()
    for data in (pdf("one", "two"), encapsulated(pdf("three")), waveform()):
        assert desk.upload(case, data).refusal is None
        before = len(desk.instances(case))
        assert desk.upload(case, data).refusal == "duplicate"
        assert len(desk.instances(case)) == before


def test_a_report_of_another_patient_is_refused(desk):
    case = desk.draft()
    assert desk.upload(case, encapsulated(pdf("one"))).refusal is None
    assert (
        desk.upload(case, encapsulated(pdf("two"), PatientID="other", SOPInstanceUID="1.2.9")).refusal
        == "other-subject"
    )
    assert len(desk.instances(case)) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf(*["page"] * 41), "too-many-pages"),
        (encapsulated(pdf("page")[:200]), "damaged"),
        (encapsulated(b"words"), "damaged"),
        (waveform(group(square(1, seconds=121, rate=50), rate=50, leads=(1,))), "too-long-recording"),
        (waveform(group(square(), unit="mm[Hg]")), "no-tracing"),
    ],
    ids=["a book", "half", "no document", "a day", "a pressure"],
)
def test_what_cannot_be_shown_is_refused_and_leaves_nothing(desk, stores, data, code):
    case = desk.draft()
    upload = desk.upload(case, data)
    assert (upload.state, upload.refusal, upload.instance_id) == (UploadState.REFUSED, code, None)
    assert desk.instances(case) == []
    assert case.public_id not in stores.vault.drafts()


def test_a_report_that_meets_a_full_house_half_way_leaves_nothing_and_may_come_again(desk, stores, monkeypatch):
    case = desk.draft()
    run = stores.pool.run

    def full(job, parts, params, **more):
        if job == "page" and params["index"] == 1:
            raise Busy(3)
        return run(job, parts, params, **more)

    data = pdf("one", "two")
    with monkeypatch.context() as patched:
        patched.setattr(stores.pool, "run", full)
        with pytest.raises(IntakeError) as error:
            desk.upload(case, data)
    assert (error.value.code, error.value.retry_after) == ("busy", 3)
    assert desk.instances(case) == []
    assert stores.vault.blobs(case.public_id) == []
    assert desk.upload(case, data).refusal is None
    assert stores.pool.budget.used == 0


def test_a_report_that_takes_too_long_is_given_up(desk, stores, monkeypatch):
    case = desk.draft()
    monkeypatch.setattr(documents, "_SECONDS", -1.0)
    assert desk.upload(case, pdf("one", "two")).refusal == "too-large"
    assert case.public_id not in stores.vault.drafts()


def test_a_report_is_painted_published_and_gone_from_the_vault(desk, stores):
    case = desk.published(encapsulated(pdf(f"{MARK} one", "two")), boxes={0: [(0, 0, 1448, 300)]})
    assert case.state == "published"
    with stores.reading() as session:
        kinds = session.scalars(select(Instance.kind).where(Instance.case_id == case.id)).all()
        files = session.scalars(select(MediaFile).where(MediaFile.case_id == case.id)).all()
        series = session.scalars(select(Series).where(Series.case_id == case.id)).one()
        first = session.scalar(select(Instance.id).where(Instance.case_id == case.id, Instance.number == 1))
    assert kinds == [InstanceKind.PAGE] * 2
    assert series.key_instance_id == first
    assert {one.variant for one in files} >= {"frames", "previews", "w736"}
    assert case.public_id not in stores.vault.drafts()
