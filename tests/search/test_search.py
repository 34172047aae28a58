"""Search: finds words of the cases one may see, and betrays nothing of the others."""

import re

import pytest

from pinboard.search.queries import PAGE, mark, snippet
from tests.factories import make_case, make_user
from tests.html import fragment, page
from tests.people import make_scene


def found(soup):
    return [" ".join(node.get_text().split()) for node in soup.select(".hits h2")]


def test_words_are_found_where_they_stand_newest_first(client, session, sign_in):
    make_case(session, title="Old pneumonia")
    make_case(session, title="Fracture", findings="No pneumonia seen")
    make_case(session, title="Something else")
    sign_in("clinician")
    soup = page(client, "/search?q=pneumon")
    assert found(soup) == ["Fracture", "Old pneumonia"]
    assert {node.get_text() for node in soup.select("mark")} == {"pneumonia"}
    assert found(fragment(client, "/search/results?q=pneumon")) == ["Fracture", "Old pneumonia"]


def test_every_word_must_be_there(client, session, sign_in):
    make_case(session, title="Left knee")
    make_case(session, title="Left hip")
    sign_in("clinician")
    assert found(page(client, "/search?q=left+knee")) == ["Left knee"]


@pytest.mark.parametrize("word", ["Zebraword", "zebra"])
def test_a_case_that_one_may_not_see_is_like_one_that_is_not_there(client, session, sign_in, word):
    make_case(session, title="Zebraword", choice="nobody")
    sign_in("clinician")
    soup = page(client, f"/search?q={word}")
    assert found(soup) == []
    assert f"No match for “{word}”." in " ".join(soup.get_text().split())


def test_each_finds_what_is_theirs(client, session, sign_in):
    scene = make_scene(session, title="Quokka")
    for name, count in (("ada", 1), ("ben", 1), ("tom", 1)):
        sign_in(getattr(scene.people, name))
        assert len(found(page(client, "/search?q=quokka"))) == count
    for name in ("dee", "pat", "oz"):
        sign_in(getattr(scene.people, name))
        assert client.get("/search?q=quokka").status_code == 404


@pytest.mark.parametrize(
    "text", ['"', "*", "a OR b", "NEAR(", "title:x", "'; DROP TABLE case_;--", "%", "\\", "(", "é"]
)
def test_nothing_of_a_query_language_gets_through(client, session, sign_in, text):
    make_case(session)
    sign_in("clinician")
    assert client.get("/search", query_string={"q": text}).status_code == 200


def test_more_than_a_page(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    for number in range(PAGE + 1):
        make_case(session, ada, title=f"Wombat {number}")
    sign_in("clinician")
    more = page(client, "/search?q=wombat").select_one("#more")
    assert [node.get_text() for node in fragment(client, more["hx-get"]).select("h2")] == ["Wombat 0"]
    assert found(page(client, more["href"])) == ["Wombat 0"]


def test_an_empty_box_asks_nothing(client, sign_in):
    sign_in("clinician")
    soup = page(client, "/search")
    assert found(soup) == []
    assert "No match" not in soup.get_text()


def test_marks_cut_a_text_without_losing_a_letter():
    pattern = re.compile("kn", re.IGNORECASE)
    assert mark("Knee, knee", pattern) == [("Kn", True), ("ee, ", False), ("kn", True), ("ee", False)]


def test_a_snippet_shows_the_surroundings_of_the_first_hit():
    pieces = snippet(("", "x " * 200 + "wombat" + " y" * 200), re.compile("wombat"))
    assert ("wombat", True) in pieces
    assert sum(len(text) for text, _is_hit in pieces) < 180
    assert snippet(("nothing",), re.compile("wombat")) == []
