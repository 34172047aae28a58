"""What is new since the last visit: counted for one reader's eyes, marked where it begins, and noted as seen."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, select

from pinboard import policy
from pinboard.boards import activity
from pinboard.boards.activity import Places, divide
from pinboard.models import BoardKind, BoardVisit, ConsentLevel
from tests.factories import make_board, make_case, make_pin, make_user


@pytest.fixture
def ben(session):
    return make_user(session, "Ben Shah")


@pytest.fixture
def board(session):
    return make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")


def eyes(session, user):
    return policy.reader_for(session, user)


def unread(session, reader, boards):
    """Give the numbers of boards with something new, as their list counts them."""
    seen = select(BoardVisit.board_id, BoardVisit.seen_pin_id).where(
        BoardVisit.user_id == reader.user_id, BoardVisit.visited_at.is_not(None), BoardVisit.board_id.in_(boards)
    )
    visits = seen.subquery()
    counts = session.execute(
        select(visits.c.board_id, activity.unread(reader, visits.c.board_id, visits.c.seen_pin_id))
    )
    return {board: count for board, count in counts if count}


def hidden(session, author):
    """Make a case that nobody but its author may see."""
    return make_case(session, author, level=ConsentLevel.CARE, choice="nobody")


def test_the_feed_counts_what_came_since_and_only_what_may_be_seen(session, ben):
    old = make_case(session)
    cases = [make_case(session) for _ in range(3)]
    make_case(session, ben)
    hidden(session, make_user(session))
    found = activity.feed_news(session, eyes(session, ben), Places(seen=old.seq))
    assert (found.before, found.after) == (3, 0)
    assert found.since == cases[0].published_at
    came = activity.feed_news(session, eyes(session, ben), Places(seen=old.seq, top=cases[1].seq))
    assert (came.before, came.after) == (2, 1)


def test_who_never_looked_has_nothing_new_but_what_comes_meanwhile(session, ben):
    first = make_case(session)
    found = activity.feed_news(session, eyes(session, ben), Places())
    assert (found.before, found.after, found.newest) == (0, 0, first.seq)
    make_case(session)
    assert activity.feed_news(session, eyes(session, ben), Places(top=first.seq)).after == 1


def test_a_mark_goes_neither_back_nor_beyond_what_is_there(session, ben):
    one, two = make_case(session), make_case(session)
    activity.see_feed(session, eyes(session, ben), 2**62)
    assert ben.feed_seen_seq == two.seq
    activity.see_feed(session, eyes(session, ben), one.seq)
    assert ben.feed_seen_seq == two.seq


def test_a_board_counts_what_others_pinned_and_this_reader_may_see(session, ben, board):
    reader, ada = eyes(session, ben), make_user(session)
    first = make_pin(session, make_case(session), board)
    activity.see_board(session, reader, board, first.id)
    make_pin(session, make_case(session), board)
    make_pin(session, hidden(session, ada), board, by=ada)
    make_pin(session, make_case(session), board, by=ben)
    assert unread(session, reader, [board.id]) == {board.id: 1}
    found = activity.board_news(session, reader, "chests", Places(seen=first.id))
    assert (found.before, found.after) == (1, 0)
    never = make_user(session)
    assert unread(session, eyes(session, never), [board.id]) == {}


def test_a_board_that_one_may_not_see_says_nothing(session, ben):
    other = make_board(session, make_user(session), slug="private")
    make_pin(session, make_case(session), other)
    with pytest.raises(policy.NotFound):
        activity.board_news(session, eyes(session, ben), "private", Places(seen=0))


def test_a_withdrawn_reader_counts_nothing_any_more(session, ben, board):
    reader = eyes(session, ben)
    activity.see_board(session, reader, board, 0)
    case = make_case(session)
    make_pin(session, case, board)
    assert unread(session, reader, [board.id]) == {board.id: 1}
    policy.revoke(session, case, principal=policy.CLINICIANS)
    assert unread(session, reader, [board.id]) == {}


@pytest.mark.parametrize("count", [3, 60])
def test_counting_costs_one_statement_for_any_number_of_boards(session, ben, connection, count):
    boards = [make_board(session, kind=BoardKind.SPECIALTY) for _ in range(count)]
    for one in boards:
        activity.see_board(session, eyes(session, ben), one, 0)
        make_pin(session, make_case(session, pictures=0), one)
    asked, reader = [], eyes(session, ben)

    def note(*given):
        asked.append(given[2])

    event.listen(connection, "before_cursor_execute", note)
    assert set(unread(session, reader, [one.id for one in boards]).values()) == {1}
    activity.board_news(session, reader, boards[0].slug, Places(seen=0))
    activity.feed_news(session, reader, Places(seen=0))
    event.remove(connection, "before_cursor_execute", note)
    assert len(asked) == 3


def test_a_number_stops_where_nobody_reads_on(session, ben, board):
    reader = eyes(session, ben)
    activity.see_board(session, reader, board, 0)
    for _ in range(activity.MOST + 5):
        make_pin(session, make_case(session, pictures=0), board)
    assert unread(session, reader, [board.id]) == {board.id: activity.MOST + 1}


@pytest.mark.parametrize(
    ("marks", "seen", "place"),
    [
        ([9, 8, 3, 2], 5, 2),
        ([9, 8], 5, None),
        ([3, 2], 5, None),
        ([3, 9, 2], 5, None),
        ([9, 3, 8], 5, None),
        ([9, 8], None, None),
        ([], 5, None),
    ],
)
def test_where_what_was_seen_begins(marks, seen, place):
    assert divide(marks, seen) == place
    assert divide([3, 2], 5, follows_new=True) == 0


def test_the_feed_shows_where_one_left_and_the_line_says_how_many(client, session, sign_in):
    ben = sign_in("clinician")
    old = make_case(session, title="Old one")
    ben.feed_seen_seq = old.seq
    make_case(session, title="New one")
    session.commit()
    page = BeautifulSoup(client.get("/").text, "html.parser")
    order = [part.get_text(" ", strip=True) for part in page.select("#grid > *")]
    assert [next(word for word in ("New one", "Seen before", "Old one") if word in part) for part in order] == [
        "New one", "Seen before", "Old one",
    ]  # fmt: skip
    address = page.find(id="news")["hx-get"]
    fragment = {"HX-Request": "true", "HX-Request-Type": "partial"}
    line = client.get(address, headers=fragment)
    assert "1 new case, since today." in line.text
    again = BeautifulSoup(line.text, "html.parser").find(id="news")["hx-get"]
    assert client.get(again, headers=fragment).status_code == 204
    make_case(session)
    session.commit()
    assert "1 new case has come." in client.get(again, headers=fragment).text
    form = page.select_one(".seen-before form")
    assert (
        client.post(form["action"], data={"newest": form.find("input", {"name": "newest"})["value"]}).status_code == 303
    )
    session.refresh(ben)
    assert ben.feed_seen_seq == old.seq + 1
    assert "Seen before" in client.get("/").text


def test_a_board_is_seen_by_coming_to_it(client, session, sign_in, board):
    ben, pin = sign_in("clinician"), make_pin(session, make_case(session), board)
    session.commit()
    page = BeautifulSoup(client.get("/b/chests").text, "html.parser")
    line = client.get(page.find(id="news")["hx-get"], headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert session.get(BoardVisit, (ben.id, board.id)) is None
    assert f'"newest": {pin.id}' in line.text
    client.post("/b/chests/seen", data={"newest": pin.id})
    assert session.get(BoardVisit, (ben.id, board.id)).seen_pin_id == pin.id
    make_pin(session, make_case(session, title="Fresh"), board)
    session.commit()
    assert "1 new" in client.get("/boards").text
    assert "Seen before" in client.get("/b/chests").text


def test_the_day_of_the_line_is_a_weekday_within_a_week(app, web_clock):
    from pinboard.web.times import since

    with app.test_request_context("/"):
        at = web_clock()
        assert since(at) == "today"
        assert since(at - timedelta(days=3)) == (at - timedelta(days=3)).strftime("%A")
        assert since(at - timedelta(days=9)).endswith(str((at - timedelta(days=9)).year))
