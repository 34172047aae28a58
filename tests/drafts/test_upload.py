"""Slots and their bytes: what is taken, what is refused with which sentence, and what is left behind."""

import io
import zlib

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from pinboard.intake.errors import sentence_for
from pinboard.models import Case, Instance, Upload, UploadState
from pinboard.sandbox import Busy, MemFile
from pinboard.web.extensions import db
from tests.drafts.conftest import ROW, image_of, photo, put_url, sealed, soup, wheel
from tests.factories import make_board
from tests.samples import sample, samples

SR, RT, WAVEFORM, PDF, BREATH = (
    "1.2.840.10008.5.1.4.1.1.88.11",
    "1.2.840.10008.5.1.4.1.1.481.3",
    "1.2.840.10008.5.1.4.1.1.9.1.1",
    "1.2.840.10008.5.1.4.1.1.104.1",
    "1.2.840.10008.5.1.4.1.1.9.6.1",
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIGABYTES = 5 * 1024**3


def dicom(sop_class, syntax=ExplicitVRLittleEndian, **elements):
    """Make a small DICOM object of any class."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.PatientID = sop_class, "1.2.3.4", "4711"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.1"
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    held = io.BytesIO()
    dataset.save_as(held, enforce_file_format=True)
    return held.getvalue()


def deflate_bomb():
    """Make a deflated object of some kilobytes that unpacks to hundreds of megabytes."""
    head = dicom("1.2.840.10008.5.1.4.1.1.2", DeflatedExplicitVRLittleEndian)
    meta = head[: 128 + 4 + 12 + int.from_bytes(head[140:144], "little")]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(400)) + packer.flush()
    return meta + body


def test_three_files_become_three_images(author, files):
    for number, data in enumerate((files.ct, files.cine, files.photo), 1):
        answer = author.send(data)
        assert answer.status_code == 200, answer.text
        row = soup(answer).select_one("li")
        assert row["data-state"] == "received"
        assert row["data-name"] == f"Image {number}"
        shown = author.client.get(author.url(image_of(answer), "preview"))
        assert shown.status_code == 200
        assert shown.data[:3] == b"\xff\xd8\xff"
        assert shown.headers["Cache-Control"] == "no-store"
    assert "Ultrasound, 30 frames" in author.client.get(f"/new?draft={author.draft}").text


REFUSED = {
    "nothing": (b"", "empty"),
    "text named .dcm": (b"Patient: Jane Doe, born 1971\n", "not-an-image"),
    "a truncated photo": (photo()[:900], "damaged"),
    "SVG": (SVG, "svg"),
    "half a PDF": (b"%PDF-1.7\n1 0 obj", "damaged"),
    "half a PDF in DICOM": (dicom(PDF, Modality="DOC", EncapsulatedDocument=b"%PDF-1.7 "), "damaged"),
    "a structured report": (dicom(SR, Modality="SR"), "unsupported-kind"),
    "an RT structure set": (dicom(RT, Modality="RTSTRUCT"), "unsupported-kind"),
    "an ECG of nothing": (dicom(WAVEFORM, Modality="ECG"), "no-tracing"),
    "a breath": (dicom(BREATH, Modality="RESP"), "unsupported-kind"),
    "a film": (b"\0\0\0\x20ftypisom" + bytes(100), "video"),
    "an archive": (b"PK\x03\x04" + bytes(100), "archive"),
    "a page with a picture's ending": (b"<!doctype html><script>alert(1)</script>" + bytes(64), "not-an-image"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_its_sentence_and_leaves_nothing(author, session, stores, name):
    data, code = REFUSED[name]
    answer = author.send(data)
    assert answer.status_code == 422
    row = soup(answer).select_one("li")
    assert row["data-state"] == "refused"
    assert row.select_one("[data-note]").get_text() == sentence_for(code)
    assert_nothing_stored(session, stores)


def assert_nothing_stored(session, stores):
    session.expire_all()
    assert session.query(Instance).count() == 0
    assert sealed(stores) == []


def test_a_truncated_ct_is_refused_or_cannot_be_confirmed_unseen(author, session, stores, files):
    answer = author.send(files.ct[: len(files.ct) // 2])
    assert answer.status_code == 422
    assert_nothing_stored(session, stores)


def test_a_deflated_bomb_is_refused_by_name(author, session, stores):
    data = deflate_bomb()
    assert len(data) < 1_000_000
    answer = author.send(data)
    assert answer.status_code == 422
    assert soup(answer).select_one("[data-note]").get_text() in {sentence_for(code) for code in ("bomb", "too-large")}
    assert_nothing_stored(session, stores)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("hostile/images/bomb-10000x10000-gray.png", {"bomb", "too-large"}),
        ("hostile/dicom/deeply-nested-sequence.dcm", {"damaged", "bomb"}),
        ("hostile/dicom/huge-dims-65535.dcm", {"damaged", "too-large", "bomb"}),
        ("hostile/images/truncated_jpeg.jpg", {"damaged"}),
        ("transfer-syntaxes/video-mpeg4-h264-echo-65f.dcm", {"unsupported-syntax"}),
        ("documents/rtstruct.dcm", {"unsupported-kind"}),
        ("documents/sr-basic-text.dcm", {"unsupported-kind"}),
    ],
)
def test_a_sample_that_is_no_picture_for_a_case_is_refused(author, session, stores, name, codes):
    answer = author.send(sample(name).read_bytes())
    assert answer.status_code == 422, answer.text
    assert soup(answer).select_one("[data-note]").get_text() in {sentence_for(code) for code in codes}
    assert_nothing_stored(session, stores)


def test_every_hostile_sample_gets_an_answer(author):
    files = samples("hostile/**/*") or [sample("hostile")]
    for path in files:
        author.draft = ""
        answer = author.send(path.read_bytes())
        assert answer.status_code in {200, 422}, path
        if answer.status_code == 200:
            shown = author.client.get(author.url(image_of(answer), "preview"))
            assert shown.status_code in {200, 404}, path
        else:
            assert soup(answer).select_one("li")["data-state"] == "refused"


def test_a_polyglot_is_taken_only_as_rebuilt(author, session, stores, files):
    page = b"<!doctype html><script>alert('ZQXMARK')</script>"
    answer = author.send(page.ljust(128, b" ") + files.ct[128:])
    assert answer.status_code == 200
    instance = session.query(Instance).one()
    scrubbed = stores.vault.open(author.draft, instance.blob)
    assert scrubbed.instance[:128] == bytes(128)
    assert b"ZQXMARK" not in scrubbed.instance


def test_a_file_of_another_patient_is_refused(author, session):
    author.add(wheel("CT_small.dcm"))
    answer = author.send(wheel("examples_ybr_color.dcm", patient="0815"))
    assert answer.status_code == 422
    assert sentence_for("other-subject") in answer.text
    assert session.query(Instance).count() == 1


def test_the_same_file_twice_is_refused(author, files):
    author.add(files.ct)
    answer = author.send(files.ct)
    assert answer.status_code == 422
    assert sentence_for("duplicate") in answer.text


def test_five_gigabytes_are_refused_before_a_byte_is_read(author, session):
    class Untouched(io.RawIOBase):
        def readinto(self, _buffer):
            raise AssertionError("the body was read")

    url = put_url(author.slot())
    claim = {"CONTENT_LENGTH": str(GIGABYTES), "wsgi.input": Untouched()}
    answer = author.put(url, None, environ_overrides=claim)
    assert answer.status_code == 413
    assert sentence_for("too-large-file") in answer.text
    assert session.query(Upload).one().state is UploadState.WAITING


def test_more_than_was_announced_is_refused(author, monkeypatch, files):
    monkeypatch.setattr("pinboard.drafts.routes_upload.most_bytes", lambda: 1000)
    answer = author.put(
        author.slot(), files.ct, environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    )
    assert answer.status_code == 413
    assert author.put(author.slot(), files.ct[:2000]).status_code == 413


def test_a_cut_connection_leaves_the_slot_waiting(author, session, stores, files):
    url = put_url(author.slot())
    cut = {"CONTENT_LENGTH": str(len(files.ct)), "wsgi.input": io.BytesIO(files.ct[:5000])}
    answer = author.put(url, None, environ_overrides=cut)
    assert answer.status_code == 400
    session.expire_all()
    assert session.query(Upload).one().state is UploadState.WAITING
    assert_nothing_stored(session, stores)
    assert author.put(url, files.ct).status_code == 200


def test_no_transaction_is_open_while_the_body_comes(author, files):
    url, seen = put_url(author.slot()), []

    class Watching(io.BytesIO):
        def readinto(self, buffer):
            seen.append(db.session().in_transaction())
            return super().readinto(buffer)

        def read(self, size=-1):
            seen.append(db.session().in_transaction())
            return super().read(size)

    slow = {"CONTENT_LENGTH": str(len(files.ct)), "wsgi.input": Watching(files.ct)}
    assert author.put(url, None, environ_overrides=slow).status_code == 200
    assert seen
    assert not any(seen)


def test_a_busy_server_says_when_to_try_again(author, session, monkeypatch, files):
    url = put_url(author.slot())

    def busy(*_):
        raise Busy(7)

    with monkeypatch.context() as patch:
        patch.setattr(MemFile, "write", busy)
        patch.setattr(
            MemFile, "__init__", lambda self, *_a, **_k: setattr(self, "_closed", True) or setattr(self, "_size", 0)
        )
        answer = author.put(url, files.ct)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"
    session.expire_all()
    assert session.query(Upload).one().state is UploadState.WAITING


def test_a_slot_belongs_to_its_own_author(author, other, files, session):
    url = put_url(author.slot())
    assert other.put(url, files.ct).status_code == 404
    assert other.client.get(f"{url}/row").status_code == 404
    assert other.client.delete(url, headers={"X-CSRFToken": other.client.csrf()}).status_code == 404
    assert other.client.post("/uploads", {"draft": author.draft}, headers=ROW).status_code == 404
    assert author.put(url, files.ct).status_code == 200
    assert author.client.get(f"{url}/row").status_code == 200
    assert session.query(Instance).count() == 1


def test_a_removed_file_is_gone_with_its_key(author, session, stores, files):
    slot = author.slot()
    author.put(slot, files.ct)
    assert author.client.delete(put_url(slot), headers={"X-CSRFToken": author.client.csrf(), **ROW}).status_code == 200
    assert_nothing_stored(session, stores)
    assert session.query(Upload).count() == 0


def test_a_file_is_removed_without_javascript_too(author, session, files):
    slot = author.slot()
    author.put(slot, files.ct)
    answer = author.client.post(f"{put_url(slot)}/remove")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/new?draft={author.draft}"
    assert session.query(Upload).count() == 0


def test_one_file_comes_with_a_form(author, files):
    form = {"file": (io.BytesIO(files.photo), "Jane Doe 1971.jpg"), "photo_kind": "DMS", "record": " 47 11 "}
    answer = author.client.post("/new", form)
    assert answer.status_code == 303
    page = author.client.get(answer.headers["Location"])
    assert "1 of 1 ready" in soup(page).select_one("#upload-count").get_text(" ", strip=True)
    assert "Jane" not in page.text
    assert "Dermoscopy" in page.text
    assert soup(page).select_one(".upload-options strong").get_text().startswith("P-")


def test_a_form_with_a_refused_file_says_so(author, session, stores):
    answer = author.client.post("/new", {"file": (io.BytesIO(SVG), "x.dcm"), "photo_kind": "XC"})
    assert answer.status_code == 422
    assert sentence_for("svg") in answer.text
    assert_nothing_stored(session, stores)
    assert author.client.post("/new", {"photo_kind": "XC"}).status_code == 422


def test_a_form_without_its_token_is_refused(author, session, files):
    answer = author.client.post("/new", {"file": (io.BytesIO(files.photo), "x.jpg")}, token=False)
    assert answer.status_code == 403
    assert session.query(Upload).count() == 0


def test_a_record_number_gives_the_chart_code_and_is_kept_nowhere(author):
    answer = author.slot(record="MRN-918273")
    assert answer.status_code == 201
    page = author.client.get(f"/new?draft={author.draft}").text
    assert "Chart code of this case" in page
    assert "918273" not in page
    assert author.slot(record="x" * 65).status_code == 422


def test_who_may_not_prepare_a_case_is_told_nothing(client, sign_in):
    assert client.post("/uploads").status_code in {303, 401, 403}
    for role in ("patient", "desk"):
        sign_in(role)
        for url in ("/new", "/drafts"):
            assert client.get(url).status_code == 404
        assert client.post("/uploads", {}).status_code == 404


def test_a_trainee_may_prepare_a_case(client, sign_in):
    sign_in("trainee")
    assert client.get("/new").status_code == 200
    assert client.post("/uploads", {}, headers=ROW).status_code == 201


def test_a_draft_remembers_the_board_it_was_begun_from(author, session):
    board = make_board(session, author.user, slug="chest", title="Chest films")
    session.commit()
    page = soup(author.client.get("/new?board=chest"))
    assert page.select_one("[data-upload] [name=board]")["value"] == "chest"
    assert "Chest films" in page.select_one(".page-head").get_text()
    assert author.slot(board="chest").status_code == 201
    assert session.query(Case).one().board_choice == [board.public_id]
    ticked = soup(author.client.get(author.url())).select("[name=board][checked]")
    assert [one["value"] for one in ticked] == [board.public_id]


def test_a_board_changes_nothing_of_a_draft_that_is_there(author, session):
    make_board(session, author.user, slug="chest")
    session.commit()
    author.slot()
    assert author.slot(board="chest").status_code == 201
    assert session.query(Case).one().board_choice == []


def test_a_board_where_one_may_not_pin_is_left_out(author, other, session):
    make_board(session, other.user, slug="theirs", title="Seen by nobody else")
    session.commit()
    for slug in ("theirs", "unheard-of", "x" * 400):
        page = author.client.get("/new", query_string={"board": slug})
        assert soup(page).select_one("[data-upload] [name=board]")["value"] == ""
        assert "Seen by nobody else" not in page.text
        author.draft = ""
        assert author.slot(board=slug).status_code == 201
    assert [case.board_choice for case in session.query(Case)] == [[], [], []]
