"""Openings of a link: noted once an hour, counted, and shown to whoever made it."""

from sqlalchemy import select

from pinboard.models import Share
from pinboard.web import openings
from tests.html import page
from tests.shares.conftest import text_of


def test_openings_are_noted_once_an_hour_and_shown_to_the_author(app, client, session, scene, make, ada, monkeypatch):
    made = make(label="Quaggalabel")
    assert "Never opened" in text_of(page(ada, f"/c/{scene.case.public_id}/shares"))
    for _ in range(3):
        client.get(made.path)
    app.extensions["pinboard-openings"].flush()
    (noted,) = page(ada, made.manage).select("ul.log li")
    assert "Unknown device" in noted.get_text()
    later = openings.time.monotonic() + openings.HOUR + 1
    monkeypatch.setattr(openings.time, "monotonic", lambda: later)
    client.get(made.path)
    app.extensions["pinboard-openings"].flush()
    assert len(page(ada, made.manage).select("ul.log li")) == 2
    assert "Opened 2 times" in text_of(page(ada, f"/c/{scene.case.public_id}/shares"))
    session.expire_all()
    assert session.scalars(select(Share).order_by(Share.id.desc())).first().open_count == 2


def test_a_link_that_asks_for_its_pin_was_not_opened(app, client, make, ada):
    made = make(pin=True)
    client.get(made.path)
    client.post(f"{made.path}/unlock", {"pin": "x"})
    client.get(made.path)
    assert "pinboard-openings" not in app.extensions
    assert "Never opened." in text_of(page(ada, made.manage))
