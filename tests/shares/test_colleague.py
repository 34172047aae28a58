"""A colleague's link: title, question, findings and images of one case, as long as the consent reaches outside."""

import pytest
from sqlalchemy import select

from pinboard.models import Consent, ConsentLevel
from pinboard.policy import rebuild
from tests.canaries import Crawl, marks, plant
from tests.html import checked, page
from tests.pictures import addresses, images
from tests.shares.conftest import picture, text_of


def test_it_shows_the_case_and_all_its_images(client, session, scene, make):
    soup = page(client, make("colleague").path)
    shown = text_of(soup)
    assert all(words in shown for words in ("Is the nodule new?", "QUESTIONWORDS", "FINDINGWORDS"))
    assert len(soup.select(".strip a")) == 2
    sources = [image["src"] for image in soup.select("#stage img")]
    assert {client.get(src).status_code for src in sources} == {200}


def test_it_shows_nothing_else(browser, session, stores):
    planted = plant(session, stores)
    visitor = browser()
    answers = Crawl(visitor, session, planted.links["colleague"].secret).run()
    found = {word for _, _, answer in answers for word in marks(answer)}
    given = {"title", "question", "findings", "alt", "closed"}  # the last two are read aloud for images of the case
    assert found == {f"zqxjkv{word}" for word in given}
    prefix = f"/s/{planted.links['colleague'].secret}"
    own, foreign = images(session, planted.scene.case), planted.closed[1:]
    assert {visitor.get(prefix + url).status_code for one in own for url in addresses(one)} == {200}
    assert {visitor.get(prefix + url).status_code for one in foreign for url in addresses(one)} == {404}
    assert {visitor.get(url).status_code for one in (*own, *foreign) for url in addresses(one)} == {404}


@pytest.mark.parametrize("level", list(ConsentLevel))
def test_it_needs_a_consent_that_reaches_outside(session, scene, ada, level):
    for consent in session.scalars(select(Consent).where(Consent.case_id == scene.case.id)):
        consent.level = level
    rebuild(session, [scene.case.id])
    session.commit()
    answer = ada.post(f"/c/{scene.case.public_id}/shares", {"kind": "colleague", "label": "x", "days": "1"})
    allowed = level in {ConsentLevel.OUTSIDE, ConsentLevel.PUBLIC}
    assert answer.status_code == (200 if allowed else 422)
    if not allowed:
        assert "does not reach outside the clinic" in text_of(checked(answer))


@pytest.mark.parametrize("act", ["consent/withdraw", "withdraw", "hide", "erase"])
@pytest.mark.parametrize("pin", [False, True])
def test_it_dies_with_what_it_rests_on(client, session, scene, make, ada, act, pin):
    made = make("colleague", pin=pin)
    if pin:
        client.post(f"{made.path}/unlock", {"pin": made.pin})
    address = picture(made.path, images(session, scene.case)[0])
    assert [client.get(url).status_code for url in (made.path, address)] == [200, 200]
    assert ada.post(f"/c/{scene.case.public_id}/{act}").status_code == 303
    assert [client.get(url).status_code for url in (made.path, address)] == [404, 404]
    assert "This link opens nothing" in client.get(made.path).text


def test_before_the_pin_it_does_not_say_that_it_died_otherwise(browser, scene, make, ada):
    made = make("colleague", pin=True)
    ada.post(f"/c/{scene.case.public_id}/withdraw")
    stranger = browser()
    assert stranger.get(made.path).data == stranger.get("/s/none").data
    assert stranger.post(f"{made.path}/unlock", {"pin": made.pin}).status_code == 404


def test_shown_again_it_opens_again(client, scene, make, ada):
    made = make("colleague")
    ada.post(f"/c/{scene.case.public_id}/hide")
    assert client.get(made.path).status_code == 404
    ada.post(f"/c/{scene.case.public_id}/show")
    assert client.get(made.path).status_code == 200


def test_its_label_is_read_by_its_author_alone(client, scene, make, ada, sign_in):
    made = make("colleague", label="Quaggalabel")
    assert "Quaggalabel" in ada.get(f"/c/{scene.case.public_id}/shares").text
    assert "Quaggalabel" in page(ada, made.manage).h1.get_text()
    assert "Quaggalabel" in ada.get(f"/c/{scene.case.public_id}/audience").text
    assert "Quaggalabel" not in client.get(made.path).text
    for name in ("ben", "cleo", "tom", "pat"):
        sign_in(getattr(scene.people, name))
        for path in ("", "/audience", "/history", "/shares"):
            assert "Quaggalabel" not in client.get(f"/c/{scene.case.public_id}{path}").text, (name, path)
        assert "Quaggalabel" not in client.get(f"/my/c/{scene.case.public_id}").text, name
