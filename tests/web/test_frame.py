"""The bars around a page: kept for their reader, and never what another reader's page would say."""

import pytest

from pinboard.models import InboxItem
from pinboard.web import frame
from tests.factories import make_case, make_user
from tests.html import page


@pytest.fixture(autouse=True)
def _empty():
    frame._kept.clear()


def bar(client, url="/"):
    return page(client, url).select_one(".topbar")


def test_a_kept_bar_is_made_once_and_follows_what_changes_it(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    sign_in(ada)
    assert bar(client).select_one(".menu-head").get_text() == "Ada Owens"
    made = len(frame._kept)
    assert bar(client).select_one(".menu-head").get_text() == "Ada Owens"
    assert len(frame._kept) == made == 2, "the bars were made again"
    assert not bar(client).select_one("a[href='/flags']")
    ada.name, ada.is_reviewer = "Ada Byron", True
    session.commit()
    after = bar(client)
    assert after.select_one(".menu-head").get_text() == "Ada Byron"
    assert after.select_one("a[href='/flags']")


def test_a_kept_bar_says_what_waits_and_where_one_is(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    case = make_case(session, ada)
    sign_in(ada)
    assert bar(client).select_one("#inbox-count").has_attr("hidden")
    assert not bar(client).select_one("[aria-current]")
    assert bar(client, "/boards").select_one("[aria-current]").get_text() == "Boards"
    waits = {"kind": "comment", "case_id": case.id, "at": case.published_at, "dedupe": "x"}
    session.add(InboxItem(public_id="x" * 26, user_id=ada.id, **waits))
    session.commit()
    assert bar(client).select_one("#inbox-count").get_text().endswith("1")


def test_no_two_readers_share_a_bar_and_no_token_is_kept(client, browser, session, sign_in):
    sign_in(make_user(session, "Ada Owens", is_admin=True))
    sign_in(make_user(session, "Ada Owens"), other := browser())
    for _round in range(2):
        mine, hers = bar(client), bar(other)
        assert mine.select_one("a[href='/admin/people']")
        assert not hers.select_one("a[href='/admin/people']")
        tokens = [one.select_one("[name=csrf_token]")["value"] for one in (mine, hers)]
        assert len({*tokens}) == 2
    assert len(frame._kept) == 4
    assert not any(token in piece for token in tokens for piece in frame._kept.values())
    assert client.post("/lock", data={"csrf_token": tokens[0]}).status_code == 303


def test_what_somebody_searches_for_is_not_kept(client, sign_in):
    sign_in("clinician")
    assert bar(client, "/search?q=quokka").select_one("#q-top")["value"] == "quokka"
    assert not any("quokka" in piece for piece in frame._kept.values())
    assert bar(client, "/search").select_one("#q-top")["value"] == ""


def test_there_is_a_bound_on_what_is_kept(monkeypatch):
    monkeypatch.setattr(frame, "MOST_KEPT", 10)
    for number in range(40):
        frame._keep(number, "x")
    assert len(frame._kept) <= 10
    assert 39 in frame._kept
