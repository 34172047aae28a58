"""Pictures shared from a telephone: who may, from where, into which draft, and what is left where nobody may."""

import io

import pytest
from werkzeug import formparser

from pinboard.intake.errors import sentence_for
from pinboard.models import AuditEvent, Case, CaseState, Instance, Upload
from pinboard.models.clinic_settings import decide
from pinboard.sandbox import Busy, MemFile
from pinboard.web.extensions import db
from tests.drafts.conftest import photo, sealed, soup
from tests.html import checked

FROM_DEVICE = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
NAME = "Jane Doe 1971.jpg"


def share(client, *pictures, headers=FROM_DEVICE, **fields):
    """Send what a telephone's menu sends: no token, no script, no page of ours before it."""
    files = [(io.BytesIO(data), NAME) for data in pictures]
    return client.post("/new/shared", {"file": files, **fields}, token=False, headers=headers)


def drafts(session):
    session.expire_all()
    return session.query(Case).filter(Case.state == CaseState.DRAFT).all()


def test_pictures_begin_a_draft_that_can_be_kept_or_discarded(author, session):
    answer = share(author.client, photo(), photo(colour=(10, 90, 200)))
    (case,) = drafts(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/new?draft={case.public_id}&shared=1"
    assert case.author_id == author.user.id
    page = checked(author.client.get(answer.headers["Location"]))
    assert [row["data-state"] for row in page.select("#upload-queue > li")] == ["received", "received"]
    offer = page.select_one(".upload-shared")
    assert "only you see" in offer.get_text()
    form = checked(author.client.get(offer.a["href"])).find("form", action=f"/drafts/{case.public_id}/discard")
    assert author.client.post(form["action"], token=False).status_code == 403
    assert len(drafts(session)) == 1
    assert author.client.post(form["action"]).status_code == 303
    assert drafts(session) == []


def test_a_draft_that_was_not_shared_offers_nothing_of_it(author, files):
    author.add(files.photo)
    assert checked(author.client.get(f"/new?draft={author.draft}")).select(".upload-shared") == []


def test_neither_the_name_of_a_file_nor_the_words_of_a_chat_are_kept(author, session, stores, caplog):
    said = {
        "title": "ZQXMARK",
        "text": "Look at Mrs ZQXMARK",
        "url": "https://chat.example/ZQXMARK",
        "record": "ZQXMARK",
    }
    answer = share(author.client, photo(), **said)
    (case,) = drafts(session)
    pages = [author.client.get(url).text for url in (answer.headers["Location"], author.url(), "/drafts", "/inbox")]
    rows = repr([vars(case), *(one.detail for one in session.query(AuditEvent))])
    assert case.subject_id is None
    for place in (*pages, rows, caplog.text, *answer.headers.values()):
        assert "ZQXMARK" not in place
        assert "Jane" not in place
    for path in sealed(stores):
        assert b"Jane" not in path.read_bytes()
        assert b"ZQXMARK" not in path.read_bytes()


def test_what_is_shared_never_goes_into_a_draft_that_is_there(author, session, files):
    author.add(files.ct)
    answer = share(author.client, photo(), draft=author.draft)
    assert author.draft not in answer.headers["Location"]
    assert len(drafts(session)) == 2
    assert session.query(Upload).join(Case).filter(Case.public_id == author.draft).count() == 1


FROM_ELSEWHERE = {
    "another site": {**FROM_DEVICE, "Sec-Fetch-Site": "cross-site"},
    "a neighbour of this site": {**FROM_DEVICE, "Sec-Fetch-Site": "same-site"},
    "a script of this site": {**FROM_DEVICE, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"},
    "a script that hides its mode": {**FROM_DEVICE, "Sec-Fetch-Mode": "no-cors"},
    "a page that claims to be none": {**FROM_DEVICE, "Origin": "https://evil.example"},
    "a browser that says nothing": {},
    "half of it": {"Sec-Fetch-Mode": "navigate"},
}


@pytest.mark.parametrize("origin", FROM_ELSEWHERE)
def test_other_sites_and_scripts_cannot_put_anything_in(author, session, stores, origin):
    answer = share(author.client, photo(), headers=FROM_ELSEWHERE[origin])
    assert answer.status_code == 403
    assert_nothing_kept(session, stores)


def test_a_token_is_no_way_round(author, session, stores):
    answer = author.client.post("/new/shared", {"file": (io.BytesIO(photo()), NAME)})
    assert answer.status_code == 403
    assert_nothing_kept(session, stores)


def test_a_form_of_our_own_may(author, session):
    assert share(author.client, photo(), headers={**FROM_DEVICE, "Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert len(drafts(session)) == 1


@pytest.mark.parametrize("role", ["clinician", "trainee"])
def test_who_prepares_cases_may_share(client, sign_in, session, role):
    user = sign_in(role)
    assert share(client, photo()).status_code == 303
    assert [case.author_id for case in drafts(session)] == [user.id]


@pytest.mark.parametrize("role", ["patient", "desk"])
def test_who_does_not_is_told_nothing(client, sign_in, session, stores, role):
    sign_in(role)
    assert share(client, photo()).status_code == 404
    assert client.get("/new/shared").status_code == 404
    assert_nothing_kept(session, stores)


def test_an_account_that_waits_to_be_checked_may_prepare_drafts(client, sign_in, session):
    sign_in("clinician", verified=False)
    assert share(client, photo()).status_code == 303
    assert len(drafts(session)) == 1


def test_without_a_session_it_must_be_shared_again(client, clinic, session, stores, sign_in):
    answer = share(client, photo())
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=%2Fnew%2Fshared"
    assert_nothing_kept(session, stores)
    assert (
        checked(client.get(answer.headers["Location"])).find("input", attrs={"name": "next"})["value"] == "/new/shared"
    )
    sign_in("clinician")
    assert "nothing of what you shared was kept" in checked(client.get("/new/shared")).get_text()
    assert "nothing of what you shared was kept" not in checked(client.get("/new")).get_text()


def test_a_locked_session_keeps_nothing_either(author, session, stores):
    author.client.post("/lock")
    answer = share(author.client, photo())
    assert answer.headers["Location"] == "/lock?next=%2Fnew%2Fshared"
    assert_nothing_kept(session, stores)


REFUSED = {
    "a film": (b"\0\0\0\x20ftypisom" + bytes(100), "video"),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
    "half a photo": (photo()[:900], "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_image_leaves_no_draft_and_its_reason(author, session, stores, name):
    data, code = REFUSED[name]
    answer = share(author.client, data)
    assert answer.status_code == 422
    told = checked(answer).select_one(".upload-untaken")
    assert sentence_for(code) in told.get_text()
    # The page has no line that could say it, so scripts must not hide this.
    assert "upload-plain" not in told["class"]
    assert_nothing_kept(session, stores)


def test_nothing_at_all_is_answered_in_words(author, session, stores):
    answer = author.client.post("/new/shared", {"text": "only words"}, token=False, headers=FROM_DEVICE)
    assert answer.status_code == 422
    assert sentence_for("empty") in checked(answer).get_text()
    assert_nothing_kept(session, stores)


def test_what_is_good_comes_in_beside_what_is_not(author, session):
    answer = share(author.client, photo(), b"Patient: Jane Doe", photo(colour=(1, 2, 3)))
    page = author.client.get(answer.headers["Location"])
    states = [row["data-state"] for row in soup(page).select("#upload-queue > li")]
    assert sorted(states) == ["received", "received", "refused"]
    assert sentence_for("not-an-image") in page.text


def test_more_than_a_form_may_carry_is_refused(author, session, stores, monkeypatch):
    monkeypatch.setattr("pinboard.drafts.routes_shared.FORM_FILE", 1000)
    answer = share(author.client, photo(size=(900, 900)), bytes(80_000))
    assert answer.status_code == 413
    assert_nothing_kept(session, stores)


def test_a_busy_server_leaves_no_empty_draft(author, session, stores, monkeypatch):
    def busy(*_):
        raise Busy(7)

    with monkeypatch.context() as patch:
        patch.setattr(MemFile, "write", busy)
        answer = share(author.client, photo())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert_nothing_kept(session, stores)


def test_no_plain_byte_reaches_a_disk(author, session, monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError("a temporary file was made")

    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{NAME}"\r\n\r\n'
    body = head.encode() + photo(size=(700, 700), kind="PNG", compress_level=0) + b"\r\n--b--\r\n"
    assert len(body) > 1_000_000
    monkeypatch.setattr(formparser, "SpooledTemporaryFile", refuse)
    answer = author.client.post(
        "/new/shared", body, token=False, headers=FROM_DEVICE, content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 303
    assert len(drafts(session)) == 1


def assert_nothing_kept(session, stores):
    assert drafts(session) == []
    assert session.query(Instance).count() == 0
    assert sealed(stores) == []


class Slow(io.BytesIO):
    """A body that notes whether a transaction is open while it comes, and that it came to its end."""

    def __init__(self, data):
        super().__init__(data)
        self.held, self.is_done = [], False

    def read(self, size=-1):
        data = super().read(size)
        self.held.append(db.session().in_transaction())
        self.is_done = self.tell() == len(self.getvalue())
        return data


@pytest.mark.parametrize("why", ["nobody is signed in", "the session is locked", "consent comes first"])
def test_what_is_not_kept_is_heard_to_its_end(author, browser, clinic, session, stores, why):
    client = browser() if why == "nobody is signed in" else author.client
    if why == "the session is locked":
        client.post("/lock")
    if why == "consent comes first":
        decide(session, "consent_first", True, by_id=None)
        session.commit()
    body = Slow(bytes(300_000))
    coming = {"CONTENT_LENGTH": "300000", "wsgi.input": body, "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    answer = client.post("/new/shared", token=False, headers=FROM_DEVICE, environ_overrides=coming)
    assert answer.status_code == (409 if why == "consent comes first" else 303)
    # A browser that is cut off while it sends never hears the answer, and the writer's place is nobody's meanwhile.
    assert body.is_done
    assert not any(body.held)
    assert_nothing_kept(session, stores)


def test_what_is_far_too_much_is_not_heard_at_all(client, clinic, session, stores):
    body = Slow(b"")
    coming = {"CONTENT_LENGTH": str(5 * 1024**3), "wsgi.input": body, "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    answer = client.post("/new/shared", token=False, headers=FROM_DEVICE, environ_overrides=coming)
    assert answer.status_code == 413
    assert body.held == []
