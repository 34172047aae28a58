"""A comment and a mark lead to each other, and everything in between stays plain text."""

import pytest
from sqlalchemy import select

from pinboard.clock import now
from pinboard.marks.queries import Piece, pieces
from pinboard.models import CommentMark, InstanceState
from tests.factories import make_case, make_mark, make_picture, make_user
from tests.html import page


@pytest.fixture
def talk(session, sign_in):
    """Give a case with marks A and B of others, and be signed in as a clinician who sees it."""
    case = make_case(session, make_user(session, "Ada Owens"))
    one, other = make_mark(session, case), make_mark(session, case, letter="B")
    session.commit()
    sign_in("clinician", name="Ben Shah")
    return case, one, other


def say(client, case, body):
    client.post(f"/c/{case.public_id}/comments", {"body": body})
    return page(client, f"/c/{case.public_id}")


def pairs(session):
    session.expire_all()
    return session.scalars(select(CommentMark.mark_id).order_by(CommentMark.mark_id)).all()


def test_a_comment_leads_to_its_mark_and_the_mark_to_the_comment(client, session, talk):
    case, one, _other = talk
    soup = say(client, case, "Is [A] the vein?\nI think so.")
    body = soup.select_one(".comment .body")
    assert body.get_text() == "Is [A] the vein?\nI think so."
    link = body.select_one("a")
    assert (link.get_text(), link["href"]) == ("[A]", f"/c/{case.public_id}/marks/{one.public_id}")
    back = soup.select_one(f"#m-{one.public_id} .meta a")
    assert back["href"] == f"#{soup.select_one('.comment')['id']}"
    assert back.get_text() == "comment by Ben Shah"
    assert pairs(session) == [one.id]


def test_one_comment_may_speak_of_several_and_twice_of_one(client, session, talk):
    case, one, other = talk
    soup = say(client, case, "[A], [B] and again [A][B].")
    assert [link.get_text() for link in soup.select(".comment .body a")] == ["[A]", "[B]", "[A]", "[B]"]
    assert pairs(session) == [one.id, other.id]


@pytest.mark.parametrize("body", ["Stage [C] of four", "[a]", "[ A ]", "A", "[AAAA]", "[A", "[[", "[1]"])
def test_what_names_no_mark_stays_text(client, session, talk, body):
    case, _one, _other = talk
    assert say(client, case, body).select(".comment .body a") == []
    assert pairs(session) == []


def test_words_around_a_mark_are_text(client, talk):
    case, _one, _other = talk
    soup = say(client, case, "<b>[A]</b><script>x</script>")
    assert soup.select_one(".comment .body").get_text() == "<b>[A]</b><script>x</script>"
    assert soup.select_one(".comment .body b") is None


def test_changed_words_lead_elsewhere(client, session, talk):
    case, _one, other = talk
    soup = say(client, case, "See [A]")
    here = f"/c/{case.public_id}/comments/{soup.select_one('.comment')['id'][2:]}"
    client.post(f"{here}/edit", {"body": "See [B]"})
    assert pairs(session) == [other.id]


def test_replies_lead_to_marks_too(client, talk):
    case, _one, _other = talk
    parent = say(client, case, "What is it?").select_one(".comment")["id"][2:]
    client.post(f"/c/{case.public_id}/comments", {"body": "See [B]", "parent": parent})
    assert page(client, f"/c/{case.public_id}").select_one(".replies .body a").get_text() == "[B]"


def test_a_mark_that_is_gone_or_hidden_leaves_its_letter_as_text(client, session, talk):
    case, one, other = talk
    say(client, case, "[A] or [B]")
    one.removed_at = now()
    session.commit()
    assert [link.get_text() for link in page(client, f"/c/{case.public_id}").select(".body a")] == ["[B]"]
    other.instance_id = make_picture(session, case, state=InstanceState.HIDDEN).id
    session.commit()
    assert page(client, f"/c/{case.public_id}").select(".body a") == []


def test_a_mark_of_another_case_is_not_meant(client, session, talk):
    _case, _one, _other = talk
    second = make_case(session)
    session.commit()
    assert say(client, second, "[A]").select(".body a") == []
    assert pairs(session) == []


def test_a_deleted_comment_speaks_of_nothing(client, talk):
    case, one, _other = talk
    soup = say(client, case, "See [A]")
    client.post(f"/c/{case.public_id}/comments/{soup.select_one('.comment')['id'][2:]}/delete")
    assert page(client, f"/c/{case.public_id}").select(f"#m-{one.public_id} .meta a") == []


def test_a_comment_is_cut_where_it_names_a_mark():
    assert pieces("a [A] b", {"A": "x"}) == (Piece("a "), Piece("[A]", "x"), Piece(" b"))
    assert pieces("[A]", {"A": "x"}) == (Piece("[A]", "x"),)
    assert pieces("[A]", {}) == (Piece("[A]"),)
    assert pieces("", {"A": "x"}) == ()
