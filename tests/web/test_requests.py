import io
import os

import pytest
from flask import request
from werkzeug import formparser
from werkzeug.exceptions import ClientDisconnected

from pinboard.web import requests
from pinboard.web.access import access

BODY = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.dcm"\r\n\r\n'
    + os.urandom(900_000)
    + b"\r\n--b--\r\n"
)


@pytest.fixture
def app(own_app):
    """Give an application that gets views of its tests."""
    return own_app


@pytest.fixture
def send(app, client, clinic, monkeypatch):
    """Send a file by form while nothing may make a temporary file; give what the view saw."""

    def refuse(*_arguments, **_options):
        raise AssertionError("a temporary file was made")

    seen = {}

    def view():
        file = request.files["file"]
        seen["stream"], seen["size"] = type(file.stream), len(file.read())
        return "ok"

    app.add_url_rule("/send", "send", access("public")(view), methods=["POST"])

    def act():
        token = client.csrf()
        monkeypatch.setattr(formparser, "SpooledTemporaryFile", refuse)
        answer = client.post(
            "/send", BODY, content_type="multipart/form-data; boundary=b", headers={"X-CSRFToken": token}
        )
        return answer.status_code, seen

    return act


def test_an_upload_by_form_stays_in_memory(send):
    assert send() == (200, {"stream": io.BytesIO, "size": 900_000})


def test_werkzeug_alone_would_have_made_a_file(send, monkeypatch):
    monkeypatch.delattr(requests.BoundedRequest, "_get_file_stream")
    assert send() == (500, {})


class Broken(io.BytesIO):
    def read(self, size=-1):
        raise KeyError("an error of some server")


@pytest.mark.parametrize(
    "body",
    [
        requests.Body(io.BytesIO(b"half"), "8"),
        requests.Body(Broken(), "8"),
        requests.Body(Broken(), ""),
    ],
    ids=["it ends early", "it breaks", "its pieces break"],
)
def test_a_body_that_breaks_off_is_a_line_that_was_cut(body):
    with pytest.raises(ClientDisconnected):
        list(iter(lambda: body.read(3), b""))


@pytest.mark.parametrize("announced", ["4", "", "x", "9" * 5000])
def test_a_whole_body_ends(announced):
    body = requests.Body(io.BytesIO(b"full"), announced)
    assert [body.read(3), body.read(3), body.read(3), body.read(0)] == [b"ful", b"l", b"", b""]
