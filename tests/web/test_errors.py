import logging

import pytest
from sqlalchemy.exc import OperationalError

from pinboard.models import InvalidTransition
from pinboard.policy import NotFound
from pinboard.web.access import access
from tests.html import checked

MARKER = "ZZPATIENTNAME"


@pytest.fixture
def app(own_app):
    """Give an application that gets views of its tests."""
    return own_app


@pytest.fixture
def failing(app):
    """Add a view that fails as told."""

    def act(error):
        def view():
            raise error

        app.add_url_rule("/fails", "fails", access("public")(view), methods=["GET", "POST"])

    return act


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError(MARKER), 500),
        (NotFound(MARKER), 404),
        (InvalidTransition(MARKER), 409),
        (OperationalError("SELECT", {}, Exception(MARKER)), 503),
        (OverflowError(MARKER), 404),
    ],
)
def test_a_failure_says_nothing_of_what_failed(failing, client, caplog, error, status):
    failing(error)
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/fails")
        part = client.fragment("/fails")
    assert answer.status_code == part.status_code == status
    checked(answer)
    assert "<html" not in part.text
    assert MARKER not in answer.text + part.text + caplog.text
    assert "Traceback" not in answer.text


def test_a_busy_database_says_when_to_come_back(failing, client):
    failing(OperationalError("SELECT", {}, Exception("locked")))
    assert client.get("/fails").headers["Retry-After"] == "2"


def test_the_log_says_type_and_place(failing, client, caplog):
    failing(ValueError(MARKER))
    client.get("/fails")
    assert "ValueError at fails" in caplog.text
    assert "test_errors.py:" in caplog.text


@pytest.mark.parametrize("url", ["/nothing", "/%00", "/..%2f..%2fetc%2fpasswd", "/c/" + "9" * 40, "/static/../app.py"])
def test_what_is_not_there_is_one_page(client, url):
    answer = client.get(url)
    assert answer.status_code in {404, 303}
    if answer.status_code == 404:
        checked(answer)


@pytest.mark.parametrize("number", [2**31, 2**63, 2**64, 10**300])
def test_a_huge_number_is_nothing(app, client, session, number):
    def view(number):
        from pinboard.models import Case
        from pinboard.web.extensions import db

        return str(db.session.get(Case, number))

    app.add_url_rule("/number/<int:number>", "number", access("public")(view))
    assert client.get(f"/number/{number}").status_code in {200, 404}


def test_a_method_that_is_not_taken_names_those_that_are(client):
    answer = client.get("/logout")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")


def test_a_form_that_is_too_large_is_refused(client, clinic):
    answer = client.post("/login", {"login": "x" * 1_200_000})
    assert answer.status_code == 413
    checked(answer)


def test_a_lie_about_the_length_is_refused_before_a_byte_is_read(client, clinic):
    lie = {"CONTENT_LENGTH": "5000000000"}
    answer = client.post("/login", b"x", content_type="multipart/form-data; boundary=b", environ_overrides=lie)
    assert answer.status_code == 413


def test_a_form_of_sixty_thousand_parts_is_refused(client, clinic):
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n\r\n' for n in range(12_000))
    body = (parts + "--b--\r\n").encode()
    answer = client.post("/login", body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"--b\r\n", b"\r" * 50_000, b"", b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n"]
)
def test_a_broken_form_is_no_failure_of_ours(client, body, clinic):
    assert client.post("/login", body, content_type="multipart/form-data; boundary=b").status_code < 500


def test_fields_that_nobody_asked_for_are_ignored(client, sign_in, session):
    user = sign_in()
    client.post("/settings/profile", {"name": "Ada", "role": "desk", "is_admin": "1", "id": "7", "login": "root"})
    session.refresh(user)
    assert (user.name, user.role, user.is_admin, user.login) == ("Ada", "clinician", False, user.login)
    assert user.login != "root"
