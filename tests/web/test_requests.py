import io
import os

import pytest
from flask import request
from werkzeug import formparser

from pinboard.web import requests
from pinboard.web.access import access

BODY = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.dcm"\r\n\r\n'
    + os.urandom(900_000)
    + b"\r\n--b--\r\n"
)


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
