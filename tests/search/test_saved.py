"""Kept searches: what is new, their names, taking away with a way back; and that nobody reaches those of others."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import make_case, make_saved_search, make_user
from tests.html import page


def listed(soup):
    return [
        (row.strong.get_text(), row.select_one(".badge").get_text() if row.select_one(".badge") else "")
        for row in soup.select(".saved-searches > li")
    ]


@pytest.fixture
def ben(session, sign_in):
    made = make_user(session, "Ben Shah")
    make_case(session, pictures=0, title="Old wombat")
    sign_in(made)
    return made


def keep(client, q, name):
    page(client, "/search?q=wombat")
    return client.post("/search/saved", data={"q": q, "name": name})


def test_a_search_is_kept_and_tells_what_is_new_since_it_was_opened(client, session, ben):
    assert keep(client, "wombat", "Wombats").headers["Location"].endswith("/search/saved")
    assert listed(page(client, "/search/saved")) == [("Wombats", "")]
    make_case(session, pictures=0, title="New wombat")
    make_case(session, pictures=0, title="Koala")
    make_case(session, pictures=0, title="Hidden wombat", choice="nobody")
    session.commit()
    soup = page(client, "/search/saved")
    assert listed(soup) == [("Wombats", "1 new")]
    assert "Wombats" in page(client, "/search").select_one(".saved-searches").get_text()
    opened = client.post(soup.select_one(".saved-searches form")["action"])
    answers = page(client, opened.headers["Location"])
    marked = {row.h2.get_text(): bool(row.select_one(".badge")) for row in answers.select(".hits li")}
    assert marked == {"New wombat": True, "Old wombat": False}
    assert listed(page(client, "/search/saved")) == [("Wombats", "")]


def test_a_search_gets_another_name(client, session, ben):
    keep(client, "wombat", "Wombats")
    keep(client, "is:solved", "Solved")
    form = page(client, "/search/saved").find("form", action=lambda to: to.endswith("/rename"))
    answer = client.post(form["action"], data={"name": "Wombats"})
    assert answer.status_code == 422
    assert "You have a search of that name." in answer.text
    assert client.post(form["action"], data={"name": "Answered"}).status_code == 303
    assert [name for name, _new in listed(page(client, "/search/saved"))] == ["Answered", "Wombats"]


def test_what_was_taken_away_can_be_put_back_as_it_was(client, session, ben):
    make_saved_search(session, ben, name="Wombats", query="wombat")
    session.commit()
    form = page(client, "/search/saved").find("form", action=lambda to: to.endswith("/delete"))
    soup = page(client, "/search/saved")
    answer = client.post(form["action"], headers={"HX-Request": "true", "HX-Request-Type": "partial"})

    soup = BeautifulSoup(answer.text, "html.parser")
    assert "“Wombats” was taken away." in soup.get_text()
    assert listed(page(client, "/search/saved")) == []
    back = {
        field["name"]: field["value"] for field in soup.select("form.banner input") if field["name"] != "csrf_token"
    }
    assert client.post("/search/saved", data=back).status_code == 303
    assert listed(page(client, "/search/saved")) == [("Wombats", "1 new")]


@pytest.mark.parametrize(
    "data", [{"q": "", "name": "x"}, {"q": "wombat", "name": " "}, {"q": "colour:red", "name": "x"}]
)
def test_nothing_is_kept_without_words_or_name(client, ben, data):
    page(client, "/search")
    assert client.post("/search/saved", data=data).status_code == 422


@pytest.mark.parametrize("verb", ["open", "rename", "delete"])
def test_the_searches_of_others_are_not_there(client, session, ben, verb):
    other = make_saved_search(session, make_user(session), name="Private search")
    session.commit()
    assert "Private search" not in page(client, "/search/saved").get_text()
    assert client.post(f"/search/saved/{other.public_id}/{verb}", data={"name": "Mine"}).status_code == 404
