"""Installing on a phone: the manifest leads to real files, and the worker's page names nobody."""

import json

from pinboard.models.clinic_settings import decide
from tests.html import page


def test_the_manifest_leads_to_icons_that_are_there(client):
    answer = client.get("/manifest.webmanifest")
    told = json.loads(answer.data)
    assert answer.mimetype == "application/manifest+json"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        picture = client.get(icon["src"], buffered=True)
        assert picture.status_code == 200
        assert picture.mimetype == "image/png"


def test_a_telephone_may_share_files_and_nothing_else(app, client):
    told = client.get("/manifest.webmanifest").json["share_target"]
    assert (told["method"], told["enctype"]) == ("POST", "multipart/form-data")
    found, _values = app.url_map.bind("localhost").match(told["action"], method="POST")
    assert found == "drafts.take_shared"
    # A title, a text or an address of a chat is not even asked for.
    assert list(told["params"]) == ["files"]
    assert [one["name"] for one in told["params"]["files"]] == ["file"]
    assert "image/*" in told["params"]["files"][0]["accept"]


def test_the_worker_keeps_its_hands_off_what_is_shared(client):
    assert 'if (request.method !== "GET"' in client.get("/sw.js").text


def test_every_page_offers_the_manifest(client):
    assert page(client, "/offline").find("link", rel="manifest")["href"] == "/manifest.webmanifest"


def test_the_offline_page_is_the_same_for_everybody(client, sign_in):
    before = client.get("/offline").text
    sign_in("clinician")
    assert client.get("/offline").text == before
    assert "<script" not in before


def test_the_worker_keeps_what_is_static_and_nothing_else(client):
    script = client.get("/sw.js")
    assert script.mimetype == "text/javascript"
    assert "pathname.startsWith(KEPT)" in script.text
    assert script.text.count("cache.put(") == 1
    for name in ("css/app.css", "img/icons.svg"):
        url = next(part for part in script.text.split('"') if part.endswith(name))
        assert client.get(url, buffered=True).status_code == 200


def test_the_offline_page_does_not_name_the_clinic(client, session):
    decide(session, "clinic_name", "Harbour Clinic", by_id=None)
    assert "Harbour" in client.get("/setup").text + client.get("/login", follow_redirects=True).text
    assert "Harbour" not in client.get("/offline").text
