import json

import pytest

from pinboard.web.access import access
from pinboard.web.htmx import invalid, respond, see_other, toast


@pytest.fixture
def app(own_app):
    """Give an application that gets views of its tests."""
    return own_app


@pytest.fixture
def at(app):
    """Add a view at /x."""

    def act(view):
        app.add_url_rule("/x", "x", access("public")(view), methods=["GET", "POST"])

    return act


def test_a_page_or_its_fragment(at, client):
    at(lambda: respond("errors/page.html", "errors/fragment.html", words={"title": "T", "sentence": "S"}))
    assert "<html" in client.get("/x").text
    assert "<html" not in client.fragment("/x").text
    # htmx asks for whole pages as well, with its other header.
    assert "<html" in client.get("/x", headers={"HX-Request": "true", "HX-Request-Type": "full"}).text


def test_see_other_is_a_page_load_for_htmx(at, client):
    at(lambda: see_other("/boards"))
    assert client.get("/x").headers["Location"] == "/boards"
    answer = client.fragment("/x")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/boards")


def test_invalid_is_a_form_again(at, client):
    at(lambda: invalid("errors/fragment.html", "#form", words={"title": "T", "sentence": "S"}))
    answer = client.fragment("/x")
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#form")
    page = client.get("/x")
    assert (page.status_code, "<html" in page.text, "T." in page.text) == (422, True, True)


def test_a_toast_comes_with_the_fragment_or_on_the_next_page(at, client):
    def view():
        toast("Saved.", undo="/undo")
        return see_other("/setup") if client_wants_page() else respond("", "errors/fragment.html", words={})

    def client_wants_page():
        from pinboard.web.htmx import is_fragment

        return not is_fragment()

    at(view)
    trigger = json.loads(client.fragment("/x").headers["HX-Trigger"])
    assert trigger == {"pinboard:toast": {"text": "Saved.", "undo": "/undo", "target": "body"}}
    client.get("/x")
    assert "Saved." in client.get("/setup").text
    assert "Saved." not in client.get("/setup").text


def test_a_fragment_that_did_not_change_is_not_sent_again(at, client):
    at(lambda: respond("", "errors/fragment.html", words={"title": "T", "sentence": "S"}))
    tag = client.fragment("/x").headers["ETag"]
    assert tag.startswith("W/")
    again = client.fragment("/x", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
