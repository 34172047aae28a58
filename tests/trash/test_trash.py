"""The trash: one's own things, as long as they can come back, and nobody else's."""

from datetime import timedelta

import pytest

from pinboard import policy
from pinboard.clock import now
from pinboard.models import CaseState, Comment, MediaFile
from tests.factories import make_board, make_case, make_comment, make_user


@pytest.fixture
def ada(session, sign_in):
    return sign_in("clinician")


def withdrawn(session, author, *, days=1, **given):
    case = make_case(session, author, **given)
    case.state, case.withdrawn_at = CaseState.WITHDRAWN, now() - timedelta(days=days)
    policy.rebuild(session, [case.id])
    return case


def trash(client):
    page = client.get("/trash")
    assert page.status_code == 200
    return page.text


def test_an_empty_trash_says_what_would_stay_how_long(client, ada):
    assert "Nothing here." in trash(client)


def test_own_withdrawn_cases_come_back_and_others_are_not_there(client, session, ada):
    case = withdrawn(session, ada, title="My own case")
    withdrawn(session, make_user(session), title="Of somebody else")
    withdrawn(session, ada, days=31, title="Too long ago")
    gone = withdrawn(session, ada, title="Without its images")
    session.query(MediaFile).filter_by(case_id=gone.id).delete()
    session.commit()
    page = trash(client)
    assert "My own case" in page
    assert not [one for one in ("Of somebody else", "Too long ago", "Without its images") if one in page]
    assert client.post(f"/c/{case.public_id}/restore").status_code == 303
    session.refresh(case)
    assert case.state is CaseState.PUBLISHED
    assert "Nothing here." in trash(client)


def test_own_removed_comments_come_back_while_their_words_exist(client, session, ada):
    case = make_case(session)
    mine = make_comment(session, case, ada, "My words", deleted_at=now() - timedelta(hours=1))
    make_comment(session, case, make_user(session), "Words of another", deleted_at=now())
    make_comment(session, case, ada, "", deleted_at=now())
    make_comment(session, case, ada, "Still said")
    make_comment(session, case, ada, "Two days old", deleted_at=now() - timedelta(days=2))
    closed = make_case(session, choice="nobody")
    make_comment(session, closed, ada, "About what I see no more", deleted_at=now())
    session.commit()
    page = trash(client)
    assert "My words" in page
    others = ("Words of another", "Still said", "Two days old", "About what I see no more")
    assert not [one for one in others if one in page]
    client.post(f"/c/{case.public_id}/comments/{mine.public_id}/restore")
    assert session.get(Comment, mine.id, populate_existing=True).deleted_at is None


def test_own_removed_boards_come_back_and_others_do_not(client, session, ada):
    removed = {"removed_at": now() - timedelta(days=2)}
    make_board(session, ada, title="My board", slug="mine", **removed)
    make_board(session, make_user(session), readers=[ada], title="Board of another", slug="theirs", **removed)
    make_board(session, ada, title="Old board", slug="old", removed_at=now() - timedelta(days=31))
    make_board(session, ada, title="Board in use", slug="used")
    session.commit()
    page = trash(client)
    assert "My board" in page
    assert not [one for one in ("Board of another", "Old board", "Board in use") if one in page]
    assert client.post("/trash/boards/mine/restore").headers["Location"] == "/b/mine"
    for slug in ("theirs", "old", "used"):
        assert client.post(f"/trash/boards/{slug}/restore").status_code == 404
    assert "Nothing here." in trash(client)
