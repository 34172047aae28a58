"""Out of sight and back: withdrawn, hidden, erased, without consent; gone everywhere at once, and for whom not."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import (
    AuditEvent,
    Case,
    CaseChange,
    CaseRole,
    CaseState,
    CaseVerb,
    Consent,
    ConsentLevel,
    Receipt,
)
from tests.factories import add, make_consent, make_draft
from tests.html import checked, page
from tests.pictures import images
from tests.upkeep.conftest import picture, text_of

TITLE = "Okapiword"


def state_of(session, scene):
    session.expire_all()
    return session.get_one(Case, scene.case.id).state


def verbs(session, scene):
    session.expire_all()
    query = select(CaseChange.verb).where(CaseChange.case_id == scene.case.id).order_by(CaseChange.id)
    return list(session.scalars(query))


def sight(browser, session, scene, reader):
    """Say in which of all the places where a case shows this browser finds it."""
    case, guest = scene.case.public_id, browser()
    link = f"/s/{scene.share.secret}"
    image = f"media/{images(session, scene.case)[0].media_name}/w474"
    return {
        "page": reader.get(f"/c/{case}").status_code == 200,
        "part": reader.fragment(f"/c/{case}/series/1").status_code == 200,
        "feed": TITLE in reader.get("/").text,
        "board": TITLE in reader.get("/b/ada-chest").text,
        "search": f"/c/{case}" in reader.get("/search?q=okapiword").text,
        "history": reader.get(f"/c/{case}/history").status_code == 200,
        "thread": reader.get(f"/c/{case}/comments").status_code == 303,
        "link": guest.get(link).status_code == 200,
        "picture by link": guest.get(f"{link}/{image}").status_code == 200,
        "picture": reader.get(f"/{image}").status_code == 200,
    }


def everywhere(found):
    assert len(set(found.values())) == 1, found
    return all(found.values())


def own(session, scene, pat):
    """Say whether the person in the images sees page and picture."""
    seen = {
        pat.get(f"/my/c/{scene.case.public_id}").status_code,
        pat.get(picture(session, scene)).status_code,
    }
    assert len(seen) == 1
    return seen == {200}


ACTS = {
    "withdraw": (CaseState.WITHDRAWN, True, "withdrawn"),
    "hide": (CaseState.HIDDEN, False, "hidden"),
    "consent/withdraw": (CaseState.PUBLISHED, True, "consent-withdrawn"),
}


@pytest.mark.parametrize("act", ACTS)
def test_it_is_gone_everywhere_with_the_next_request(browser, session, scene, url, ada, ben, pat, act):
    state, stays_with_subject, verb = ACTS[act]
    seen = ben.get(picture(session, scene))
    assert everywhere(sight(browser, session, scene, ben))
    assert own(session, scene, pat)
    assert ada.post(f"{url}/{act}").status_code == 303
    assert not everywhere(sight(browser, session, scene, ben) | {"never": False})
    assert ben.get(picture(session, scene), headers={"If-None-Match": seen.headers["ETag"]}).status_code == 404
    assert own(session, scene, pat) is stays_with_subject
    assert state_of(session, scene) is state
    assert verbs(session, scene) == [verb]
    assert ada.get(url).status_code == 200
    assert {ada.get(picture(session, scene)).status_code, ada.get(f"{url}/history").status_code} == {200}


@pytest.mark.parametrize(("act", "back"), [("withdraw", "restore"), ("hide", "show")])
def test_it_comes_back_to_whoever_saw_it(browser, session, scene, url, ada, ben, pat, act, back):
    ada.post(f"{url}/{act}")
    assert ada.post(f"{url}/{back}").status_code == 303
    assert state_of(session, scene) is CaseState.PUBLISHED
    assert everywhere(sight(browser, session, scene, ben))
    assert own(session, scene, pat)
    assert len(verbs(session, scene)) == 2


def test_a_withdrawn_case_comes_back_for_thirty_days(scene, session, url, ada, sign_in, web_clock):
    ada.post(f"{url}/withdraw")
    web_clock.pass_by(days=29, hours=23)
    sign_in(scene.people.ada, ada)
    assert ada.post(page(ada, url).select_one("form[action$='/restore']")["action"]).status_code == 303
    ada.post(f"{url}/withdraw")
    web_clock.pass_by(days=30, hours=1)
    sign_in(scene.people.ada, ada)
    answer = ada.post(f"{url}/restore")
    assert answer.status_code == 409
    assert "thirty days" in text_of(checked(answer))
    assert state_of(session, scene) is CaseState.WITHDRAWN


def test_it_does_not_come_back_without_a_consent_that_stands(session, scene, url, ada):
    ada.post(f"{url}/withdraw")
    ada.post(f"{url}/consent/withdraw")
    answer = ada.post(f"{url}/restore")
    assert answer.status_code == 409
    assert "The consent for this case does not stand any more" in text_of(checked(answer))
    assert state_of(session, scene) is CaseState.WITHDRAWN
    make_consent(session, session.get_one(Case, scene.case.id), ConsentLevel.CLINIC)
    session.commit()
    assert ada.post(f"{url}/restore").status_code == 303


def test_erased_is_gone_for_everybody_and_the_receipts_stay(browser, session, scene, url, ada, ben, pat):
    address = picture(session, scene)
    receipts = len(session.scalars(select(Receipt).where(Receipt.case_id == scene.case.id)).all())
    assert TITLE in text_of(page(ada, f"{url}/erase"))
    assert state_of(session, scene) is CaseState.PUBLISHED
    assert ada.post(f"{url}/erase").headers["Location"] == "/"
    for reader in (ada, ben, pat):
        assert reader.get(url).status_code == 404
        assert reader.get(address).status_code == 404
    assert pat.get(f"/my/c/{scene.case.public_id}").status_code == 404
    assert browser().get(f"/s/{scene.share.secret}").status_code == 404
    assert TITLE not in ada.get("/").text + ada.get("/b/ada-chest").text + ada.get("/search?q=okapiword").text[600:]
    assert state_of(session, scene) is CaseState.ERASED
    assert receipts
    assert len(session.scalars(select(Receipt).where(Receipt.case_id == scene.case.id)).all()) == receipts
    for act in ("erase", "restore", "withdraw", "hide", "show", "consent/withdraw"):
        assert ada.post(f"{url}/{act}").status_code == 404, act


IMPOSSIBLE = [
    (CaseState.PUBLISHED, "restore"),
    (CaseState.PUBLISHED, "show"),
    (CaseState.HIDDEN, "hide"),
    (CaseState.WITHDRAWN, "withdraw"),
    (CaseState.WITHDRAWN, "hide"),
    (CaseState.WITHDRAWN, "show"),
]


@pytest.mark.parametrize(("state", "act"), IMPOSSIBLE)
def test_what_happened_meanwhile_is_said_and_changes_nothing(session, scene, url, ada, state, act):
    scene.case.state = state
    policy.rebuild(session, [scene.case.id])
    session.commit()
    answer = ada.post(f"{url}/{act}")
    assert answer.status_code == 409
    assert checked(answer).h1.get_text() == "This cannot be done"
    assert state_of(session, scene) is state
    assert verbs(session, scene) == []


@pytest.mark.parametrize("act", ["withdraw", "hide", "show", "restore", "erase"])
def test_a_draft_is_not_taken_out_of_sight(session, scene, ada, act):
    draft = make_draft(session, scene.people.ada)
    session.commit()
    assert ada.post(f"/c/{draft.public_id}/{act}").status_code in {404, 409}
    session.expire_all()
    assert session.get_one(Case, draft.id).state is CaseState.DRAFT


@pytest.mark.parametrize("name", ["ben", "cleo", "tom", "dee", "pat", "oz"])
def test_nobody_else_takes_it_out_of_sight(client, session, scene, url, sign_in, name):
    sign_in(getattr(scene.people, name))
    for act in ("withdraw", "hide", "show", "restore", "erase", "consent/withdraw"):
        assert client.post(f"{url}/{act}").status_code == 404, act
    assert client.get(f"{url}/erase").status_code == 404
    assert state_of(session, scene) is CaseState.PUBLISHED
    assert verbs(session, scene) == []
    consent = session.scalars(select(Consent).where(Consent.case_id == scene.case.id)).one()
    assert consent.withdrawn_at is None


def test_a_delegate_may(session, scene, url, ben):
    role = CaseRole(
        case_id=scene.case.id, user_id=scene.people.ben.id, role=CaseVerb.DELEGATE, given_at=scene.case.created_at
    )
    add(session, role)
    policy.rebuild(session, [scene.case.id])
    session.commit()
    assert ben.post(f"{url}/withdraw").status_code == 303
    assert state_of(session, scene) is CaseState.WITHDRAWN
    assert ben.post(f"{url}/restore").status_code == 303


def test_a_withdrawn_consent_is_written_down_once(session, scene, url, ada):
    assert "level outside" in text_of(page(ada, f"{url}/audience"))
    ada.post(f"{url}/consent/withdraw")
    ada.post(f"{url}/consent/withdraw")
    session.expire_all()
    consent = session.scalars(select(Consent).where(Consent.case_id == scene.case.id)).one()
    assert consent.withdrawn_by_id == scene.people.ada.id
    assert verbs(session, scene) == ["consent-withdrawn"]
    soup = page(ada, f"{url}/audience")
    assert "withdrawn" in text_of(soup)
    assert not soup.select("form[action$='/consent/withdraw']")


def test_each_act_is_in_the_audit(session, scene, url, ada):
    for act in ("hide", "show", "withdraw", "restore", "consent/withdraw", "erase"):
        assert ada.post(f"{url}/{act}").status_code == 303, act
    query = select(AuditEvent.verb).where(AuditEvent.case_id == scene.case.id).order_by(AuditEvent.id)
    assert list(session.scalars(query)) == ["hide", "unhide", "withdraw", "restore", "consent-withdrawn", "erase"]
