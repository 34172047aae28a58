"""The thread: saying, answering, changing, taking back, and who may not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard.clock import now
from pinboard.comments.queries import PAGE
from pinboard.models import Case, Comment, InboxItem, Visibility
from tests.factories import make_case, make_comment, make_user
from tests.html import checked, fragment, page
from tests.people import make_scene


@pytest.fixture
def talk(session, sign_in):
    """Give a case of somebody else's, and be signed in as a clinician who sees it."""
    ada = make_user(session, "Ada Owens")
    case = make_case(session, ada)
    me = sign_in("clinician", name="Ben Shah")
    return case, f"/c/{case.public_id}/comments", ada, me


def comments(session, case):
    session.expire_all()
    return session.scalars(select(Comment).where(Comment.case_id == case.id).order_by(Comment.id)).all()


def send(client, url, **data):
    return client.fragment(url, "POST", data=data, headers={"X-CSRFToken": client.csrf()})


def test_a_comment_without_script_lands_on_the_page(client, session, talk):
    case, url, _ada, _me = talk
    answer = client.post(url, {"body": "  Look at the film of March. "})
    made = comments(session, case)[0]
    assert answer.headers["Location"] == f"/c/{case.public_id}#c-{made.public_id}"
    soup = page(client, f"/c/{case.public_id}")
    assert soup.select_one(f"#c-{made.public_id} .body").get_text() == "Look at the film of March."
    assert "1 comment" in " ".join(soup.select_one("#comment-count").get_text().split())
    assert session.get(Case, case.id).comment_count == 1


def test_a_comment_by_htmx_brings_a_fresh_composer_the_comment_and_the_count(client, talk):
    _case, url, _ada, _me = talk
    answer = send(client, url, body="Agreed.")
    assert answer.status_code == 200
    assert 'id="composer-new"' in answer.text
    assert 'hx-target="#comments" hx-swap="beforeend"' in answer.text
    assert 'hx-target="#comment-count"' in answer.text
    assert answer.text.count("Agreed.") == 1


def test_words_are_text(client, talk):
    case, url, _ada, _me = talk
    client.post(url, {"body": "<script>x</script>"})
    assert page(client, f"/c/{case.public_id}").select_one(".body").get_text() == "<script>x</script>"


def test_an_answer_joins_the_line_it_belongs_to(client, session, talk):
    case, url, _ada, _me = talk
    root = make_comment(session, case)
    session.commit()
    assert (
        fragment(client, f"{url}/{root.public_id}/reply").select_one('input[name="parent"]')["value"] == root.public_id
    )
    page(client, f"{url}/{root.public_id}/reply")
    client.post(url, {"body": "An answer", "parent": root.public_id})
    answer = comments(session, case)[1]
    client.post(url, {"body": "An answer to the answer", "parent": answer.public_id})
    assert [comment.parent_id for comment in comments(session, case)] == [None, root.id, root.id]
    soup = page(client, f"/c/{case.public_id}")
    assert len(soup.select(f"#r-{root.public_id} .comment")) == 2
    assert not soup.select_one(f"#c-{answer.public_id}").find("a", string="Reply")


@pytest.mark.parametrize("body", ["", "   ", "\u200b", "x" * 4001])
def test_an_empty_or_endless_comment_is_refused_and_its_words_are_kept(client, session, talk, body):
    case, url, _ada, _me = talk
    answer = send(client, url, body=body)
    assert answer.status_code == 422
    assert 'id="body-new-error"' in answer.text
    assert ("x" * 4001 in answer.text) is ("x" in body)
    checked(client.post(url, {"body": body}))
    assert comments(session, case) == []


def test_a_comment_of_a_megabyte_is_refused_before_it_is_read(client, session, talk):
    case, url, _ada, _me = talk
    assert client.post(url, {"body": "x" * 1_100_000}).status_code == 413
    assert comments(session, case) == []


def test_one_changes_ones_own_words_for_fifteen_minutes(client, session, talk):
    case, url, _ada, me = talk
    comment = make_comment(session, case, me, body="First")
    session.commit()
    here = f"{url}/{comment.public_id}"
    assert fragment(client, f"{here}/edit").textarea.get_text(strip=True) == "First"
    assert send(client, f"{here}/edit", body="Second").status_code == 200
    assert comments(session, case)[0].body == "Second"
    assert "edited" in page(client, f"/c/{case.public_id}").select_one(".byline").get_text()
    comments(session, case)[0].created_at = now() - timedelta(minutes=16)
    session.commit()
    refused = send(client, f"{here}/edit", body="Third")
    assert refused.status_code == 422
    assert "Third" in refused.text
    assert comments(session, case)[0].body == "Second"


def test_a_deleted_comment_leaves_its_place_and_can_come_back(client, session, talk):
    case, url, _ada, me = talk
    comment = make_comment(session, case, me, body="Regretted")
    make_comment(session, case, parent_id=comment.id, body="An answer")
    session.commit()
    answer = send(client, f"{url}/{comment.public_id}/delete")
    assert f"{url}/{comment.public_id}/restore" in answer.headers["HX-Trigger"]
    soup = page(client, f"/c/{case.public_id}")
    assert "Regretted" not in soup.get_text()
    assert "This comment was deleted." in soup.get_text()
    assert "An answer" in soup.get_text()
    session.expire_all()
    assert session.get(Case, case.id).comment_count == 1
    client.post(f"{url}/{comment.public_id}/restore")
    assert "Regretted" in page(client, f"/c/{case.public_id}").get_text()
    session.expire_all()
    assert session.get(Case, case.id).comment_count == 2


def test_deleting_twice_counts_once_and_too_late_is_too_late(client, session, talk):
    case, url, _ada, me = talk
    comment = make_comment(session, case, me)
    session.commit()
    for _ in range(2):
        client.post(f"{url}/{comment.public_id}/delete")
    assert comments(session, case)[0].deleted_at is not None
    assert session.get(Case, case.id).comment_count == 0
    comments(session, case)[0].deleted_at = now() - timedelta(days=2)
    session.commit()
    client.post(f"{url}/{comment.public_id}/restore")
    assert comments(session, case)[0].deleted_at is not None


@pytest.mark.parametrize("act", ["edit", "delete", "restore"])
def test_nobody_touches_the_words_of_another(client, session, talk, act):
    case, url, ada, _me = talk
    comment = make_comment(session, case, ada, body="Ada’s words")
    session.commit()
    assert client.post(f"{url}/{comment.public_id}/{act}", {"body": "Mine"}).status_code == 404
    assert (comments(session, case)[0].body, comments(session, case)[0].deleted_at) == ("Ada’s words", None)
    text = page(client, f"/c/{case.public_id}").select_one(f"#c-{comment.public_id}").get_text()
    assert "Edit" not in text
    assert "Delete" not in text


def test_a_comment_of_another_case_is_not_found_under_this_one(client, session, talk):
    _case, url, _ada, me = talk
    other = make_comment(session, make_case(session), me)
    session.commit()
    assert client.post(f"{url}/{other.public_id}/delete").status_code == 404
    assert client.post(url, {"body": "x", "parent": other.public_id}).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("ben", 303), ("tom", 303), ("dee", 404), ("pat", 404), ("pia", 403)])
def test_who_may_speak(client, session, sign_in, name, status):
    scene = make_scene(session)
    sign_in(getattr(scene.people, name))
    assert client.post(f"/c/{scene.case.public_id}/comments", {"body": "Words"}).status_code == status
    assert len(comments(session, scene.case)) == (status == 303)


def test_a_case_that_one_does_not_see_takes_no_comment(client, session, sign_in):
    case = make_case(session, choice="nobody")
    sign_in("clinician")
    assert client.post(f"/c/{case.public_id}/comments", {"body": "Words"}).status_code == 404


def test_a_blind_opinion_is_not_in_the_thread(client, session, talk):
    case, _url, _ada, _me = talk
    make_comment(session, case, body="Blindword", visibility=Visibility.BLIND)
    session.commit()
    assert "Blindword" not in client.get(f"/c/{case.public_id}").text


def test_the_author_and_whoever_is_answered_hear_of_it_once(client, session, talk):
    case, url, ada, me = talk
    cleo = make_user(session, "Cleo Marsh")
    hers = make_comment(session, case, cleo)
    own = make_comment(session, case, ada)
    session.commit()
    client.post(url, {"body": "To Cleo", "parent": hers.public_id})
    client.post(url, {"body": "To Ada", "parent": own.public_id})
    told = session.execute(select(InboxItem.user_id, InboxItem.kind).order_by(InboxItem.id)).all()
    assert [tuple(row) for row in told] == [(cleo.id, "reply"), (ada.id, "comment"), (ada.id, "reply")]
    assert me.id not in {user_id for user_id, _kind in told}


def test_a_long_thread_goes_on(client, session, talk):
    case, _url, _ada, _me = talk
    for number in range(PAGE + 2):
        make_comment(session, case, body=f"Words {number}")
    session.commit()
    more = page(client, f"/c/{case.public_id}").select_one("#more-comments")
    rest = fragment(client, more["hx-get"])
    assert [node.get_text() for node in rest.select(".body")] == [f"Words {PAGE}", f"Words {PAGE + 1}"]
    assert len(page(client, more["href"].split("#")[0]).select(".body")) == 2
