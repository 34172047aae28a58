import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from pinboard.clock import now
from pinboard.models import AccountState, Role, Session
from pinboard.web.access import AUDIENCES, access, is_local

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%0d%0aSet-Cookie:x=1\r\n",
    " /evil",
    "evil.example",
    "/ /evil.example",
    "",
    None,
    "/" + "x" * 600,
]


@pytest.fixture
def app(own_app):
    """Give an application that gets views of its tests."""
    return own_app


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_address_leads_out_of_pinboard(url):
    assert not is_local(url)


@pytest.mark.parametrize("url", ["/", "/boards", "/c/abc?frame=3", "/search?q=https://x", "/b/x#more"])
def test_our_own_pages_do(url):
    assert is_local(url)


@pytest.mark.parametrize("url", [url for url in ELSEWHERE if url])
def test_signing_in_never_leads_out_of_pinboard(client, sign_in, url):
    sign_in()
    answer = client.get("/login", query_string={"next": url})
    assert answer.headers["Location"] == "/"


def test_a_view_without_a_mark_answers_nobody(app, sign_in, client):
    app.add_url_rule("/bare", "bare", lambda: "secret")
    assert client.get("/bare").status_code == 404
    for role in Role:
        sign_in(role, is_admin=role != Role.PATIENT)
        answer = client.get("/bare")
        assert (answer.status_code, "secret" in answer.text) == (404, False)


def test_a_mark_must_be_known():
    with pytest.raises(ValueError, match="no such audience"):
        access("everybody")
    with pytest.raises(ValueError, match="no such audience"):
        access()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CLINICIAN, {"public", "share", "signed-in", "member", "author", "clinician", "reader"}),
        (Role.TRAINEE, {"public", "share", "signed-in", "member", "reader"}),
        (Role.DESK, {"public", "share", "signed-in", "member", "desk"}),
        (Role.PATIENT, {"public", "share", "signed-in", "patient"}),
    ],
)
def test_each_role_has_its_doors(app, client, sign_in, role, may):
    for name in AUDIENCES:
        app.add_url_rule(f"/door/{name}", name, access(name)(lambda: "in"))
    sign_in(role)
    assert {name for name in AUDIENCES if client.get(f"/door/{name}").status_code == 200} == may


def test_an_account_that_waits_to_be_checked_is_told_so(client, sign_in):
    sign_in(verified=False)
    answer = client.get("/people")
    assert answer.status_code == 403
    assert "waits to be checked" in answer.text
    assert client.get("/admin/people").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client, clinic):
    assert client.get("/people?specialty=x").headers["Location"] == "/login?next=%2Fpeople%3Fspecialty%3Dx"
    assert client.post("/lock").headers["Location"] == "/login"
    answer = client.fragment("/people")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


def test_what_is_sent_from_a_page_after_the_session_leaves_the_page_where_it_is(client, clinic):
    answer = client.fragment("/boards", "POST", data={"title": "Chests"}, headers={"X-CSRFToken": client.csrf()})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (401, None)
    assert "You are signed out. What you wrote is still here." in BeautifulSoup(answer.text, "html.parser").get_text()
    old = client.fragment("/boards", "POST", data={"title": "Chests"}, headers={"X-CSRFToken": "old"})
    assert (old.status_code, old.headers.get("HX-Redirect")) == (403, None)
    assert "This page was too old." in old.text
    assert "This form is too old" in client.post("/boards", {"title": "Chests"}, token=False).text


def test_a_file_sent_without_a_session_is_not_redirected(app, client, clinic):
    app.add_url_rule("/put", "put", access("author")(lambda: "in"), methods=["PUT"])
    answer = client.put("/put", data=b"bytes", headers={"X-CSRFToken": client.csrf()})
    assert answer.status_code == 401


def test_a_disabled_account_is_out_with_its_next_request(client, sign_in, session):
    user = sign_in()
    assert client.get("/settings/profile").status_code == 200
    user.state = AccountState.DISABLED
    session.commit()
    assert client.get("/settings/profile").status_code == 303


class TestLocked:
    @pytest.fixture(autouse=True)
    def locked(self, client, sign_in, session):
        sign_in(is_admin=True)
        row = session.query(Session).one()
        row.locked_at = now()
        session.commit()

    @pytest.mark.parametrize("url", ["/", "/people", "/settings/profile", "/admin/people", "/login", "/join/x"])
    def test_no_page_answers(self, client, url):
        answer = client.get(url)
        assert answer.status_code in {303, 404}
        assert answer.headers.get("Location", "/lock").startswith("/lock")

    def test_no_change_is_taken(self, client, session):
        assert client.post("/settings/sessions/end-others").headers["Location"] == "/lock"
        assert client.fragment("/people").headers["HX-Redirect"] == "/lock"

    @pytest.mark.parametrize("url", ["/sw.js", "/manifest.webmanifest", "/offline"])
    def test_what_the_browser_fetches_by_itself_answers(self, client, url):
        assert client.get(url).status_code == 200

    def test_the_lock_page_and_static_files_answer(self, client):
        answer = client.get("/lock")
        assert answer.status_code == 200
        assert client.get(re.search(r'/static/[^"]+app\.css', answer.text)[0], buffered=True).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_marks_do_not_change_a_view():
    app = Flask("other")
    view = access("public")(lambda: "x")
    app.add_url_rule("/x", view_func=view, endpoint="x")
    assert view.audience == ("public",)
