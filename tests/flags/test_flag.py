"""A reader reports a case: who may, what becomes of it at once, and what keeps that from being abused."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.intake import flag as flagging
from pinboard.intake import withdraw
from pinboard.intake.errors import IntakeError
from pinboard.models import (
    AuditEvent,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    Flag,
    FlagKind,
    FlagState,
    InboxItem,
    ShareKind,
)
from tests.factories import add, make_case, make_share
from tests.flags.conftest import picture, text_of
from tests.html import checked, fragment, page

TITLE = "Okapiword"
REPORTERS = ("ben", "cleo", "tom", "pat", "gil", "slip")


def address(scene, name, session):
    """Give where somebody of the cast reports the case."""
    if name == "pat":
        return f"/my/c/{scene.case.public_id}/flag"
    if name == "gil":
        return f"/s/{scene.share.secret}/flag"
    if name == "slip":
        share = make_share(session, case=scene.case, by=scene.people.ada, kind=ShareKind.SUBJECT)
        session.commit()
        return f"/s/{share.secret}/flag"
    return f"/c/{scene.case.public_id}/flag"


def browser_of(as_, name):
    return as_("gil" if name == "slip" else name)


def flags(session):
    session.expire_all()
    return session.scalars(select(Flag).order_by(Flag.id)).all()


def state(session, scene):
    session.expire_all()
    return session.get_one(Case, scene.case.id).state


@pytest.mark.parametrize("name", REPORTERS)
def test_any_reader_reports_with_one_form_and_no_words(session, scene, as_, name):
    there, where = browser_of(as_, name), address(scene, name, session)
    form = page(there, where).select_one("#flag-form")
    assert {one["value"] for one in form.select("input[type=radio]")} == set(FlagKind)
    assert form.select("textarea, input[type=text]") == []
    assert state(session, scene) is CaseState.PUBLISHED
    answer = there.post(form["action"], {"kind": "face", "reason": "Gwendolen Fairfax"})
    assert answer.status_code == (200 if name in {"gil", "slip"} else 303)
    (flag,) = flags(session)
    assert (flag.state, flag.kind, flag.was, flag.reason) == ("open", "face", "published", "")
    reporter = getattr(scene.people, name, None)
    assert flag.by_id == (reporter.id if reporter else None)
    assert (flag.share_id is not None) is (name in {"gil", "slip"})
    assert state(session, scene) is CaseState.HIDDEN


@pytest.mark.parametrize("name", ["dee", "oz", "pia", "rex", "nobody"])
def test_whoever_does_not_see_it_reports_nothing(session, scene, url, as_, name):
    there = as_(name)
    for where in (f"{url}/flag", f"/my{url}/flag"):
        assert there.get(where).status_code in {303, 403, 404}
        assert there.post(where, {"kind": "name"}).status_code in {303, 403, 404}
    assert there.post(f"/s/{'x' * 43}/flag", {"kind": "name"}).status_code == 404
    assert flags(session) == []
    assert state(session, scene) is CaseState.PUBLISHED


def test_a_case_that_one_does_not_see_looks_like_nothing(session, scene, as_):
    other = make_case(session, choice="nobody")
    session.commit()
    assert as_("ben").post(f"/c/{other.public_id}/flag", {"kind": "name"}).status_code == 404
    assert as_("pat").post(f"/my/c/{other.public_id}/flag", {"kind": "name"}).status_code == 404
    assert flags(session) == []


def test_a_link_with_a_pin_reports_only_once_it_is_open(session, scene, as_):
    share = make_share(session, case=scene.case, by=scene.people.ada, code_hash="never right")
    session.commit()
    assert as_("gil").post(f"/s/{share.secret}/flag", {"kind": "name"}).status_code == 404
    assert flags(session) == []


@pytest.mark.parametrize("kind", ["", "Gwendolen", "NAME"])
def test_a_kind_must_be_chosen(session, scene, url, as_, kind):
    ben = as_("ben")
    answer = ben.post(f"{url}/flag", {"kind": kind})
    assert answer.status_code == 422
    assert "Choose what you saw." in text_of(checked(answer))
    assert "Gwendolen" not in answer.text
    assert flags(session) == []


def everywhere(session, scene, as_, name):
    """Say in which places somebody of the clinic finds the case."""
    there, url = as_(name), f"/c/{scene.case.public_id}"
    return {
        "page": there.get(url).status_code == 200,
        "part": there.fragment(f"{url}/series/1").status_code == 200,
        "history": there.get(f"{url}/history").status_code == 200,
        "receipt": there.get(f"{url}/receipt").status_code == 200,
        "picture": there.get(picture(session, scene)).status_code == 200,
    }


def lists(there):
    return {path for path in ("/", "/b/ada-chest", "/search?q=okapi") if TITLE in there.get(path).text}


@pytest.mark.parametrize("name", REPORTERS)
def test_it_is_out_of_sight_with_the_next_request(session, scene, url, as_, name):
    seen = as_("ben").get(picture(session, scene))
    assert lists(as_("ben")) == {"/", "/b/ada-chest", "/search?q=okapi"}
    browser_of(as_, name).post(address(scene, name, session), {"kind": "name"})
    for reader in ("ben", "tom"):
        assert set(everywhere(session, scene, as_, reader).values()) == {False}, reader
        assert lists(as_(reader)) == set(), reader
    again = as_("ben").get(picture(session, scene), headers={"If-None-Match": seen.headers["ETag"]})
    assert again.status_code == 404
    assert as_("pat").get(f"/my{url}").status_code == 404
    assert as_("pat").get(picture(session, scene)).status_code == 404
    assert as_("gil").get(f"/s/{scene.share.secret}").status_code == 404
    assert as_("gil").get(f"/s/{scene.share.secret}{picture(session, scene)}").status_code == 404


def test_author_delegate_and_reviewer_still_reach_it_and_find_it_in_no_list(session, scene, url, as_):
    add(session, CaseRole(case_id=scene.case.id, user_id=scene.people.tom.id, role=CaseVerb.DELEGATE,
                          given_at=scene.case.created_at))  # fmt: skip
    policy.rebuild(session, [scene.case.id])
    session.commit()
    as_("ben").post(f"{url}/flag", {"kind": "date"})
    for name in ("ada", "tom", "cleo"):
        assert set(everywhere(session, scene, as_, name).values()) == {True}, name
        assert lists(as_(name)) == set(), name
    assert as_("cleo").get(f"{url}/edit").status_code == 404
    assert as_("cleo").post(f"{url}/comments", {"body": "Hm"}).status_code == 404
    assert as_("oz").get(url).status_code == 404


def test_a_reviewer_reaches_flagged_cases_alone(session, scene, url, as_):
    hidden = make_case(session, scene.people.ada, choice="nobody")
    session.commit()
    assert as_("cleo").get(f"/c/{hidden.public_id}").status_code == 404
    as_("ada").post(f"{url}/hide")
    assert as_("cleo").get(url).status_code == 404
    assert as_("cleo").get(picture(session, scene)).status_code == 404


def test_its_author_and_the_reviewers_are_told_and_not_by_whom(session, scene, url, as_):
    as_("ben").post(f"{url}/flag", {"kind": "number"})
    found = session.scalars(select(InboxItem).where(InboxItem.kind.in_(["flagged", "flag-waits"])))
    assert {(item.user_id, item.kind) for item in found} == {
        (scene.people.ada.id, "flagged"), (scene.people.cleo.id, "flag-waits"),
    }  # fmt: skip
    shown = page(as_("ada"), url)
    assert "A reader reported this case: “A number" in text_of(shown)
    assert "Ben" not in text_of(shown.select_one(".banner.warning"))
    assert page(as_("cleo"), "/inbox").find("a", href="/flags")
    assert "reported a case of yours" in text_of(page(as_("ada"), "/inbox"))


def test_it_is_audited_without_a_word_of_anybodys(session, scene, as_):
    as_("gil").post(f"/s/{scene.share.secret}/flag", {"kind": "face"})
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "flag")).one()
    assert (event.actor_id, event.case_id) == (None, scene.case.id)
    assert event.detail == {"kind": "face", "share": scene.share.public_id}


def test_a_second_report_finds_the_first(session, scene, url):
    case, ben = scene.case, scene.people.ben
    first = flagging.raise_flag(session, case, FlagKind.NAME, by=ben)
    assert flagging.raise_flag(session, case, FlagKind.FACE, by=scene.people.tom) is first
    assert len(flags(session)) == 1


def test_its_author_does_not_overrule_a_reader(session, scene, url, as_):
    as_("ben").post(f"{url}/flag", {"kind": "name"})
    ada = as_("ada")
    for act in ("show", "restore", "withdraw"):
        answer = ada.post(f"{url}/{act}")
        assert answer.status_code == 409, act
        assert "reviewer" in text_of(checked(answer))
    assert state(session, scene) is CaseState.HIDDEN
    assert "A reviewer decides when it is shown again" in text_of(page(ada, f"{url}/edit"))
    assert ada.post(f"{url}/erase").status_code == 303
    (flag,) = flags(session)
    assert (flag.state, flag.resolved_by_id) == (FlagState.ERASED, scene.people.ada.id)


@pytest.mark.parametrize("act", [withdraw.unhide, withdraw.restore, withdraw.withdraw])
def test_no_service_shows_a_reported_case(session, scene, act):
    flagging.raise_flag(session, scene.case, FlagKind.NAME, by=scene.people.ben)
    with pytest.raises(IntakeError, match="flagged"):
        act(session, scene.case, scene.people.ada)


def test_the_subject_reports_what_was_withdrawn_from_everybody_else(session, scene, url, as_):
    as_("ada").post(f"{url}/withdraw")
    assert as_("ben").post(f"{url}/flag", {"kind": "name"}).status_code == 404
    assert as_("pat").post(f"/my{url}/flag", {"kind": "name"}).status_code == 303
    assert as_("pat").get(f"/my{url}").status_code == 404
    (flag,) = flags(session)
    assert (flag.was, state(session, scene)) == ("withdrawn", CaseState.HIDDEN)
    soup = page(as_("cleo"), "/flags")
    assert "only its patient sees it" in text_of(soup)
    assert as_("cleo").post(soup.select_one("form[action$='/show']")["action"]).status_code == 303
    assert state(session, scene) is CaseState.WITHDRAWN
    assert as_("pat").get(f"/my{url}").status_code == 200
    assert as_("ben").get(url).status_code == 404


def test_reporting_case_after_case_makes_one_wait_and_hides_no_more(session, scene, as_):
    cases = [make_case(session, scene.people.ada) for _ in range(7)]
    session.commit()
    ben = as_("ben")
    statuses = [ben.post(f"/c/{case.public_id}/flag", {"kind": "name"}).status_code for case in cases]
    assert statuses == [303] * 5 + [429] * 2
    answer = ben.post(f"/c/{cases[-1].public_id}/flag", {"kind": "name"})
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wait" in text_of(checked(answer))
    session.expire_all()
    assert session.get_one(Case, cases[-1].id).state is CaseState.PUBLISHED
    assert as_("tom").post(f"/c/{cases[-1].public_id}/flag", {"kind": "name"}).status_code == 303


def test_every_reader_finds_the_way_and_its_keeper_has_a_better_one(session, scene, url, as_):
    assert page(as_("ben"), url).find("a", href=f"{url}/flag")
    assert not page(as_("ada"), url).find("a", href=f"{url}/flag")
    assert page(as_("pat"), f"/my{url}").find("a", href=f"/my{url}/flag")
    link = f"/s/{scene.share.secret}"
    assert page(as_("gil"), link).find("a", href=f"{link}/flag")
    assert fragment(as_("ben"), f"{url}/flag").select_one("#flag-form")
