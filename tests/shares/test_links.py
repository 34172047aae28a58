"""Links: made once with their secrets, prolonged, revoked, ended; and one page for whatever opens nothing."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.clock import now
from pinboard.models import AccountState, AuditEvent, Base, CaseState, Share, ShareKind, User
from pinboard.shares import service
from tests.factories import make_case, make_draft, make_share
from tests.html import checked, page
from tests.pictures import images
from tests.shares.conftest import CAPTION, picture, text_of


def shares_of(session, scene):
    session.expire_all()
    return session.scalars(select(Share).where(Share.case_id == scene.case.id).order_by(Share.id)).all()


def test_a_link_for_the_patient_shows_what_was_released(client, session, scene, make):
    made = make()
    assert made.code
    assert made.pin is None
    soup = page(client, made.path)
    assert CAPTION in text_of(soup)
    given, kept = images(session, scene.case)
    assert client.get(soup.select_one("#stage img")["src"]).data == b"frame 0"
    assert client.get(picture(made.path, given)).status_code == 200
    assert client.get(picture(made.path, kept)).status_code == 404
    assert client.get(f"/media/{given.media_name}/w474").status_code == 404


def test_the_viewer_behind_a_link_is_told_of_what_the_link_shows(client, session, scene, make, ada):
    made = make(pin=True)
    there = f"{made.path}/series/1/view.json"
    assert client.get(there).status_code == 404
    client.post(f"{made.path}/unlock", {"pin": made.pin})
    given, _kept = images(session, scene.case)
    assert [part[0] for part in client.get(there).get_json()["parts"]] == [given.media_name]
    assert client.get(f"{made.path}/series/2/view.json").status_code == 404
    ada.post(f"{made.manage}/revoke")
    assert client.get(there).status_code == 404


def test_its_secrets_are_stored_only_as_hashes(client, session, scene, make):
    made = make(pin=True)
    answer = client.post(f"{made.path}/unlock", {"pin": made.pin})
    proof = answer.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    held = [repr(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    assert len(held) > 30
    secrets = (made.secret, made.pin, made.code, made.code.replace("-", ""), proof)
    assert [secret for secret in secrets if any(secret in row for row in held)] == []
    assert any(service.hash_of(made.secret) in row for row in held)


def test_making_and_revoking_is_in_the_audit_without_label_or_secret(session, scene, make, ada):
    made = make(label="Quaggalabel")
    ada.post(f"{made.manage}/extend", {"days": "30"})
    ada.post(f"{made.manage}/revoke")
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.case_id == scene.case.id).order_by(AuditEvent.id)
    ).all()
    assert [event.verb for event in events] == ["share-made", "share-extended", "share-revoked"]
    assert "Quagga" not in repr([(event.thing, event.detail) for event in events])


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "public"},
        {"label": " "},
        {"label": "x" * 81},
        {"days": "0"},
        {"days": "91"},
        {"days": "x"},
    ],
)
def test_what_cannot_be_right_is_said_and_the_words_are_kept(session, scene, ada, wrong):
    before = len(shares_of(session, scene))
    form = {"kind": "colleague", "label": "Dr Elsewhere", "days": "14"} | wrong
    answer = ada.post(f"/c/{scene.case.public_id}/shares", form)
    assert answer.status_code == 422
    soup = checked(answer)
    assert soup.select_one("#shares .error")
    assert soup.select_one("[name=label]")["value"] == form["label"].strip()
    assert len(shares_of(session, scene)) == before


def test_it_lives_as_many_days_as_were_given(client, session, make, web_clock):
    made = make(days="3")
    web_clock.pass_by(days=2, hours=23)
    assert client.get(made.path).status_code == 200
    web_clock.pass_by(hours=2)
    assert client.get(made.path).status_code == 404


def test_more_days_count_from_today_and_an_ended_link_does_not_come_back(client, scene, make, ada, sign_in, web_clock):
    made = make(days="3")
    web_clock.pass_by(days=2)
    sign_in(scene.people.ada, ada)
    assert ada.post(f"{made.manage}/extend", {"days": "5"}).status_code == 303
    web_clock.pass_by(days=4)
    assert client.get(made.path).status_code == 200
    web_clock.pass_by(days=2)
    sign_in(scene.people.ada, ada)
    ada.post(f"{made.manage}/extend", {"days": "5"})
    assert "This link has ended. Make a new one." in ada.get(f"/c/{scene.case.public_id}/shares").text
    assert client.get(made.path).status_code == 404


@pytest.mark.parametrize("days", ["91", "-1", "", "x"])
def test_no_link_is_made_to_live_longer_than_the_longest(session, scene, make, ada, days):
    made = make()
    before = shares_of(session, scene)[-1].expires_at
    assert ada.post(f"{made.manage}/extend", {"days": days}).status_code == 303
    assert "Choose between 1 and 90 days." in ada.get(f"/c/{scene.case.public_id}/shares").text
    assert shares_of(session, scene)[-1].expires_at == before


@pytest.mark.parametrize("kind", ["subject", "colleague"])
def test_revoked_it_is_dead_at_once_and_its_pictures_too(client, session, scene, make, ada, kind):
    made = make(kind)
    address = picture(made.path, images(session, scene.case)[0])
    seen = client.get(address)
    assert (client.get(made.path).status_code, seen.status_code) == (200, 200)
    assert ada.post(f"{made.manage}/revoke").status_code == 303
    assert client.get(made.path).status_code == 404
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"If-None-Match": seen.headers["ETag"]}).status_code == 404
    assert "revoked" in text_of(page(ada, f"/c/{scene.case.public_id}/shares"))


@pytest.mark.parametrize("kind", ["subject", "colleague"])
def test_ended_its_pictures_are_dead_too(client, session, scene, make, web_clock, kind):
    made = make(kind, days="1")
    address = picture(made.path, images(session, scene.case)[0])
    assert client.get(address).status_code == 200
    web_clock.pass_by(days=1)
    assert client.get(address).status_code == 404


def dead(session, scene, make, ada, kind, way):
    """Make a link that does not open, in one of the ways that there are."""
    if way == "never there":
        return "/s/" + "A" * 43
    if way == "far too long":
        return "/s/" + "A" * 3000
    if way == "mistyped":
        return make(kind).path[:-1] + "!"
    if way in {"revoked", "locked and revoked"}:
        made = make(kind, pin=way != "revoked")
        ada.post(f"{made.manage}/revoke")
        return made.path
    if way == "parent revoked":
        parent = make_share(session, case=scene.case, kind=ShareKind(kind), revoked_at=now())
        share = make_share(session, case=scene.case, kind=ShareKind(kind), parent_id=parent.id)
    else:
        share = make_share(session, case=scene.case, kind=ShareKind(kind), expires_at=now())
    session.commit()
    return f"/s/{share.secret}"


WAYS = ["never there", "far too long", "mistyped", "revoked", "locked and revoked", "ended", "parent revoked"]


@pytest.mark.parametrize("kind", ["subject", "colleague"])
def test_every_dead_link_gives_the_very_same_answer(browser, session, scene, make, ada, kind):
    answers = set()
    for way in WAYS:
        path = dead(session, scene, make, ada, kind, way)
        answer = browser().get(path)
        assert answer.status_code == 404, way
        headers = {name: value for name, value in answer.headers.items() if name != "Date"}
        answers.add((answer.data, tuple(sorted(headers.items()))))
        assert browser().get(picture(path, images(session, scene.case)[0])).status_code == 404, way
        assert browser().post(f"{path}/unlock", {"pin": "000000"}).status_code == 404, way
    assert len(answers) == 1
    checked(answer)


@pytest.mark.parametrize("kind", list(ShareKind))
def test_a_child_does_not_outlive_its_parent(client, session, scene, web_clock, kind):
    parent = make_share(session, case=scene.case, kind=kind, expires_at=now())
    parent.expires_at = web_clock() + (later := parent.expires_at - parent.created_at)
    child = make_share(session, case=scene.case, kind=kind, parent_id=parent.id)
    grandchild = make_share(session, case=scene.case, kind=kind, parent_id=child.id)
    session.commit()
    paths = [f"/s/{share.secret}" for share in (child, grandchild)]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    web_clock.pass_by(seconds=later.total_seconds() + 1)
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert child.expires_at > web_clock()


def test_a_link_for_the_patient_needs_a_release(client, session, scene, ada):
    ada.post(f"/c/{scene.case.public_id}/release/end")
    answer = ada.post(f"/c/{scene.case.public_id}/shares", {"kind": "subject", "label": "x", "days": "1"})
    assert answer.status_code == 422
    assert "Release the case to the patient first." in text_of(checked(answer))


def test_taken_back_the_link_shows_nothing_and_released_again_it_does(client, session, scene, make, ada):
    made = make()
    image = images(session, scene.case)[0]
    ada.post(f"/c/{scene.case.public_id}/release/end")
    soup = page(client, made.path)
    assert "Nothing is shared here now" in text_of(soup)
    assert CAPTION not in soup.decode()
    assert client.get(picture(made.path, image)).status_code == 404
    form = {
        "chart_code": scene.subject.chart_code,
        "caption": "Anew.",
        "author_name": "Dr O",
        "images": [image.public_id],
    }
    ada.post(f"/c/{scene.case.public_id}/release", form | {"delay": "0"})
    assert "Anew." in text_of(page(client, made.path))
    assert client.get(picture(made.path, image)).status_code == 200


def test_withdrawing_leaves_the_patients_link_alone_and_hiding_does_not(client, session, scene, make, ada):
    made, image = make(), images(session, scene.case)[0]
    assert ada.post(f"/c/{scene.case.public_id}/hide").status_code == 303
    assert "Nothing is shared here now" in client.get(made.path).text
    assert client.get(picture(made.path, image)).status_code == 404
    assert ada.post(f"/c/{scene.case.public_id}/show").status_code == 303
    assert ada.post(f"/c/{scene.case.public_id}/withdraw").status_code == 303
    assert CAPTION in client.get(made.path).text
    assert client.get(picture(made.path, image)).status_code == 200


def test_what_a_doctor_gave_a_patient_stays_when_the_doctor_leaves(client, session, scene, make):
    patients, colleagues = make("subject"), make("colleague")
    assert [client.get(one.path).status_code for one in (patients, colleagues)] == [200, 200]
    session.get_one(User, scene.people.ada.id).state = AccountState.DISABLED
    session.commit()
    assert [client.get(one.path).status_code for one in (patients, colleagues)] == [200, 404]
    address = picture(colleagues.path, images(session, scene.case)[0])
    assert client.get(address).status_code == 404


def test_only_who_may_share_the_case_reaches_its_links(client, session, scene, make, sign_in):
    made = make()
    before = [(share.expires_at, share.revoked_at) for share in shares_of(session, scene)]
    for name in ("ben", "cleo", "tom", "dee", "pat", "oz"):
        sign_in(getattr(scene.people, name))
        base = f"/c/{scene.case.public_id}/shares"
        assert [client.get(url).status_code for url in (base, made.manage)] == [404, 404], name
        assert client.post(base, {"kind": "subject", "label": "x", "days": "1"}).status_code == 404, name
        assert client.post(f"{made.manage}/revoke").status_code == 404, name
        assert client.post(f"{made.manage}/extend", {"days": "90"}).status_code == 404, name
    assert [(share.expires_at, share.revoked_at) for share in shares_of(session, scene)] == before


def test_a_link_is_managed_only_under_its_own_case(session, scene, make, ada):
    made = make()
    other = make_case(session, scene.people.ada)
    session.commit()
    url = f"/c/{other.public_id}/shares/{made.manage.rsplit('/', 1)[1]}"
    assert ada.get(url).status_code == 404
    assert ada.post(f"{url}/revoke").status_code == 404
    assert shares_of(session, scene)[-1].revoked_at is None


def test_a_draft_has_no_links(session, scene, ada):
    draft = make_draft(session, scene.people.ada)
    session.commit()
    url = f"/c/{draft.public_id}/shares"
    assert ada.get(url).status_code == 404
    assert ada.post(url, {"kind": "colleague", "label": "x", "days": "1"}).status_code == 404


@pytest.mark.parametrize("state", [CaseState.HIDDEN, CaseState.WITHDRAWN])
def test_what_is_out_of_sight_gets_no_colleague(session, scene, ada, state):
    scene.case.go(state)
    policy.rebuild(session, [scene.case.id])
    session.commit()
    answer = ada.post(f"/c/{scene.case.public_id}/shares", {"kind": "colleague", "label": "x", "days": "1"})
    assert answer.status_code == 422
    assert "Only a published case can be shared." in text_of(checked(answer))


def test_no_page_behind_a_link_is_kept_found_or_told_of_elsewhere(client, session, scene, make):
    paths = [make("subject").path, make("colleague").path, make("subject", pin=True).path, "/s/none", "/s"]
    for path in (*paths, picture(paths[0], images(session, scene.case)[0])):
        headers = client.get(path).headers
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["X-Robots-Tag"] == "noindex, nofollow", path
        assert headers["Cache-Control"] == ("private, no-cache" if "media" in path else "no-store"), path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
