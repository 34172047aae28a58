"""A second clinician looks at every image, attests or returns; nobody attests what they keep."""

import re

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.clock import now
from pinboard.models import (
    Attestation,
    AttestState,
    AuditEvent,
    CaseRole,
    CaseVerb,
    Consent,
    InboxItem,
    Instance,
    InstanceState,
    Opening,
)
from tests.attest.conftest import TICK
from tests.factories import add, make_picture, make_user
from tests.html import checked, page
from tests.pictures import images

LINK = {"kind": "colleague", "label": "Second opinion", "days": "3"}


def text_of(soup):
    return " ".join(soup.get_text(" ").split())


def lines(session, user):
    session.expire_all()
    return [row.kind for row in session.scalars(select(InboxItem).where(InboxItem.user_id == user.id))]


def answer(browser, wish, **given):
    """Fill in the form of the page as it stands and send it."""
    soup = page(browser, f"/attest/{wish.public_id}")
    sent = {"images": soup.find(attrs={"name": "images"})["value"], **TICK, **given}
    return browser.post(f"/attest/{wish.public_id}", sent)


def test_a_link_waits_for_the_look_and_opens_after_it(client, session, scene, browsers, ask):
    shares, path = f"/c/{scene.case.public_id}/shares", f"/s/{scene.share.secret}"
    assert client.get(path).status_code == 404
    refused = browsers.ada.post(shares, LINK)
    assert refused.status_code == 422
    assert "A second clinician has to look at the images" in text_of(checked(refused))
    assert "closed until a second clinician has looked" in text_of(page(browsers.ada, shares))
    wish = ask()
    assert client.get(path).status_code == 404
    assert answer(browsers.cleo, wish).headers["Location"] == "/attest"
    assert client.get(path).status_code == 200
    assert browsers.ada.post(shares, LINK).status_code == 200
    soup = page(browsers.ada, shares)
    assert "Cleo Marsh looked at every image" in text_of(soup)
    assert "closed until" not in text_of(soup)


def test_the_subjects_link_does_not_wait(client, scene, browsers):
    shares = f"/c/{scene.case.public_id}/shares"
    made = browsers.ada.post(shares, {**LINK, "kind": "subject"})
    assert made.status_code == 200
    path = re.search(r"/s/[0-9a-f]{64}", made.text).group()
    assert client.get(path).status_code == 200
    assert browsers.pat.get(f"/my/c/{scene.case.public_id}").status_code == 200


def test_the_page_shows_every_image_with_what_was_painted_and_the_words_that_leave(session, scene, browsers, ask):
    wish = ask()
    soup = page(browsers.cleo, f"/attest/{wish.public_id}")
    sources = [image["src"] for image in soup.select(".shot img")]
    assert len(sources) == 2
    assert {browsers.cleo.get(source).status_code for source in sources} == {200}
    first, second = soup.select(".shot")
    assert [(box["x"], box["y"], box["width"], box["height"]) for box in first.select("rect")] == [
        ("10", "20", "100", "40"),
        ("200", "20", "100", "40"),
    ]
    assert second.select("rect") == []
    text = text_of(soup)
    assert all(words in text for words in ("Is the nodule new?", "QUESTIONWORDS", "FINDINGWORDS", "2 areas painted"))
    assert "HISTORYWORDS" not in text


def test_each_frame_is_shown_and_a_long_series_in_parts(session, scene, browsers, ask):
    make_picture(session, scene.case, frames=250)
    session.commit()
    wish = ask()
    first = page(browsers.cleo, f"/attest/{wish.public_id}")
    assert len(first.select(".shot")) == 200
    assert first.find(attrs={"name": "looked"}) is None
    rest = page(browsers.cleo, first.find("a", string="Next images")["href"])
    assert len(rest.select(".shot")) == 52
    assert rest.select(".shot img")[-1]["src"].endswith("/f249")
    assert rest.find(attrs={"name": "looked"})


def test_a_look_is_in_the_list_of_openings(app, session, scene, browsers, ask):
    page(browsers.cleo, f"/attest/{ask().public_id}")
    app.extensions["pinboard-openings"].flush()
    opened = session.scalars(select(Opening).where(Opening.case_id == scene.case.id)).all()
    assert scene.people.cleo.id in {one.user_id for one in opened}


class TestWhoIsAsked:
    def test_clinicians_find_it_and_the_author_finds_her_own_apart(self, scene, browsers, ask):
        assert "Nothing waiting" in text_of(page(browsers.cleo, "/attest"))
        wish = ask()
        for name in ("ben", "cleo"):
            assert page(getattr(browsers, name), "/attest").select_one(f'#wishes a[href="/attest/{wish.public_id}"]')
        own = page(browsers.ada, "/attest")
        assert own.select_one("#wishes") is None
        assert "Waits for a colleague" in text_of(own.select_one("#own-wishes"))

    def test_the_author_and_delegates_are_refused(self, session, scene, browsers, ask):
        wish = ask()
        key = {"case_id": scene.case.id, "user_id": scene.people.ben.id}
        add(session, CaseRole(**key, role=CaseVerb.DELEGATE, given_at=now()))
        policy.rebuild(session, [scene.case.id])
        session.commit()
        path = f"/attest/{wish.public_id}"
        for browser in (browsers.ada, browsers.ben):
            assert "This is your own case" in text_of(page(browser, path, 409))
            assert browser.post(path, {**TICK, "images": wish.images_sha256}).status_code == 409
            assert browser.post(f"{path}/return", {"note": "x"}).status_code == 409
            assert browser.get(f"{path}/media/{images(session, scene.case)[0].media_name}/w236").status_code == 409
        session.expire_all()
        assert session.get(Attestation, wish.id).state is AttestState.WAITING

    @pytest.mark.parametrize("name", ["tom", "dee", "pat"])
    def test_nobody_else_finds_anything(self, session, scene, browsers, ask, name):
        wish, browser = ask(), getattr(browsers, name)
        image = images(session, scene.case)[0]
        paths = ("/attest", f"/attest/{wish.public_id}", f"/attest/{wish.public_id}/media/{image.media_name}/w236")
        assert [browser.get(path).status_code for path in paths] == [404, 404, 404]
        assert browser.post(f"/attest/{wish.public_id}", {**TICK, "images": wish.images_sha256}).status_code == 404

    def test_only_a_keeper_asks(self, session, scene, browsers):
        for name in ("ben", "cleo", "tom", "dee", "pat"):
            assert getattr(browsers, name).post(f"/c/{scene.case.public_id}/attest").status_code == 404
        assert session.scalars(select(Attestation)).all() == []

    def test_asked_twice_it_is_asked_once(self, session, scene, browsers, ask):
        assert ask().id == ask().id
        assert lines(session, scene.people.cleo) == ["attest-asked"]

    def test_colleagues_are_told_and_the_line_of_the_others_is_done_with_it(self, session, scene, browsers, ask):
        wish = ask()
        assert {name: lines(session, getattr(scene.people, name)) for name in ("ada", "ben", "cleo", "tom", "pia")} == {
            "ada": [], "ben": ["attest-asked"], "cleo": ["attest-asked"], "tom": [], "pia": []
        }  # fmt: skip
        line = page(browsers.ben, "/inbox").select_one("#inbox-lines a")
        assert (line["href"], line.get_text()) == ("/attest", "Ada Owens asks for a second look at a case")
        answer(browsers.cleo, wish)
        session.expire_all()
        mine = session.scalars(select(InboxItem).where(InboxItem.user_id == scene.people.ben.id)).one()
        assert mine.read_at is not None
        assert lines(session, scene.people.ada) == ["attested"]
        told = page(browsers.ada, "/inbox").select_one("#inbox-lines a")
        assert "Cleo Marsh looked at the images" in told.get_text()
        assert told["href"] == f"/c/{scene.case.public_id}/shares"

    def test_a_large_clinic_tells_some(self, session, scene, ask):
        for _ in range(40):
            make_user(session)
        session.commit()
        ask()
        asked = session.scalars(select(InboxItem).where(InboxItem.kind == "attest-asked")).all()
        assert len(asked) == 25


class TestWhatIsSaid:
    def test_it_needs_the_tick(self, session, scene, browsers, ask):
        wish = ask()
        sent = browsers.cleo.post(f"/attest/{wish.public_id}", {"images": wish.images_sha256})
        assert sent.status_code == 422
        assert checked(sent).find(attrs={"name": "looked", "aria-invalid": "true"})
        session.expire_all()
        assert session.get(Attestation, wish.id).state is AttestState.WAITING

    @pytest.mark.parametrize("images_sha256", ["", "0" * 64])
    def test_it_is_about_the_images_that_were_looked_at(self, session, scene, browsers, ask, images_sha256):
        wish = ask()
        assert answer(browsers.cleo, wish, images=images_sha256).status_code == 409
        session.expire_all()
        assert session.get(Attestation, wish.id).state is AttestState.WAITING

    def test_images_that_changed_meanwhile_are_looked_at_again(self, client, session, scene, browsers, ask):
        wish = ask()
        before = wish.images_sha256
        images(session, scene.case)[1].media_name = "n" * 26
        policy.void_attestations(session, scene.case)
        session.commit()
        refused = browsers.cleo.post(f"/attest/{wish.public_id}", {**TICK, "images": before})
        assert refused.status_code == 409
        assert "The images changed while you looked" in refused.text
        assert answer(browsers.cleo, wish).status_code == 303
        assert client.get(f"/s/{scene.share.secret}").status_code == 200

    def test_it_is_written_down(self, session, scene, browsers, ask):
        wish = ask()
        answer(browsers.cleo, wish)
        session.expire_all()
        wish = session.get(Attestation, wish.id)
        assert (wish.state, wish.by_id) == (AttestState.ATTESTED, scene.people.cleo.id)
        verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.case_id == scene.case.id)).all()
        assert [verb for verb in verbs if "attest" in verb] == ["attest-asked", "attest"]
        assert "attested by Cleo Marsh" in text_of(
            page(browsers.tom, f"/c/{scene.case.public_id}").select_one(".safety")
        )
        assert "Looked at by a second clinician" in browsers.tom.get(f"/c/{scene.case.public_id}/history").text

    def test_two_at_once_are_one(self, scene, browsers, ask):
        wish = ask()
        assert answer(browsers.cleo, wish).status_code == 303
        late = browsers.ben.post(f"/attest/{wish.public_id}", {**TICK, "images": wish.images_sha256})
        assert late.status_code == 409
        assert "does not wait for a look any more" in late.text
        assert browsers.ben.get(f"/attest/{wish.public_id}").status_code == 409

    def test_returned_its_author_reads_why_and_asks_again(self, client, session, scene, browsers, ask):
        wish = ask()
        empty = browsers.cleo.post(f"/attest/{wish.public_id}/return", {"note": " "})
        assert empty.status_code == 422
        assert checked(empty).find(attrs={"name": "note", "aria-invalid": "true"})
        named = browsers.cleo.post(f"/attest/{wish.public_id}/return", {"note": "Mr Kent stands in image 2"})
        assert named.status_code == 422
        assert checked(named).select_one(".doubts mark").get_text() == "Mr Kent"
        sent = browsers.cleo.post(f"/attest/{wish.public_id}/return", {"note": "A name band in image 2"})
        assert sent.status_code == 303
        assert client.get(f"/s/{scene.share.secret}").status_code == 404
        assert lines(session, scene.people.ada) == ["attest-returned"]
        manager = page(browsers.ada, f"/c/{scene.case.public_id}/shares")
        assert "Cleo Marsh returned it: A name band in image 2" in text_of(manager)
        assert "A name band in image 2" in text_of(page(browsers.ada, "/attest"))
        assert "name band" not in browsers.ben.get(f"/c/{scene.case.public_id}").text
        assert answer(browsers.ben, ask()).status_code == 303
        assert client.get(f"/s/{scene.share.secret}").status_code == 200
        assert "name band" not in browsers.ada.get("/attest").text

    def test_a_removed_image_closes_the_link_until_the_next_look(self, client, session, scene, browsers, ask):
        path = f"/s/{scene.share.secret}"
        answer(browsers.cleo, ask())
        assert client.get(path).status_code == 200
        gone = images(session, scene.case)[1]
        address = f"/c/{scene.case.public_id}/images/{gone.public_id}/remove"
        assert browsers.ada.post(address, {"reason": "A name"}).status_code == 303
        assert client.get(path).status_code == 404
        assert "attest-void" in lines(session, scene.people.ada)
        assert "The images changed since Cleo Marsh looked" in text_of(
            page(browsers.ada, f"/c/{scene.case.public_id}/shares")
        )
        answer(browsers.ben, ask())
        assert client.get(path).status_code == 200
        assert session.scalars(select(Instance.state).order_by(Instance.id)).all()[-1] is InstanceState.REMOVED


class TestWhatIsNotAsked:
    def refused(self, browsers, scene):
        sent = browsers.ada.post(f"/c/{scene.case.public_id}/attest")
        assert sent.status_code == 409
        return text_of(checked(sent))

    def test_a_case_that_needs_none(self, session, scene, browsers):
        images(session, scene.case)[0].needs_attest = False
        policy.void_attestations(session, scene.case)
        session.commit()
        assert "needs no second look" in self.refused(browsers, scene)
        assert page(browsers.ada, f"/c/{scene.case.public_id}/shares").select_one(".look") is None

    def test_a_consent_that_stays_inside(self, session, scene, browsers):
        for consent in session.scalars(select(Consent).where(Consent.case_id == scene.case.id)):
            consent.level = "clinic"
        policy.rebuild(session, [scene.case.id])
        session.commit()
        assert "does not reach outside the clinic" in self.refused(browsers, scene)

    def test_a_case_that_is_hidden(self, scene, browsers):
        browsers.ada.post(f"/c/{scene.case.public_id}/hide")
        assert "Only a published case" in self.refused(browsers, scene)

    def test_a_clinic_that_goes_without(self, client, session, scene, browsers):
        boss = make_user(session, is_admin=True)
        policy.set_release_gate(session, is_on=False, reason="One doctor works here", by=boss)
        session.commit()
        assert client.get(f"/s/{scene.share.secret}").status_code == 200
        assert "needs no second look" in self.refused(browsers, scene)


@pytest.mark.parametrize("act", ["withdraw", "hide", "consent/withdraw"])
def test_a_case_that_went_is_not_looked_at(session, scene, browsers, ask, act):
    wish = ask()
    image = images(session, scene.case)[0]
    assert browsers.ada.post(f"/c/{scene.case.public_id}/{act}").status_code == 303
    assert "Nothing waiting" in text_of(page(browsers.cleo, "/attest"))
    paths = (f"/attest/{wish.public_id}", f"/attest/{wish.public_id}/media/{image.media_name}/w236")
    assert [browsers.cleo.get(path).status_code for path in paths] == [404, 404]
