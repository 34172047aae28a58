"""The list of boards: which are there, what their covers show."""

from pinboard.models import BoardKind
from tests.factories import make_board, make_case, make_pin, make_user
from tests.html import fragment, page
from tests.people import make_scene


def names(soup):
    return {node.get_text(strip=True) for node in soup.select(".boardcard h3")}


def test_specialties_and_own_boards_are_there_and_others_are_not(client, session, sign_in):
    scene = make_scene(session)
    sign_in(scene.people.ben)
    make_board(session, scene.people.cleo, title="Cleo’s own")
    make_board(session, scene.people.ben, title="Ben’s own")
    session.commit()
    every = names(page(client, "/boards"))
    assert {"Cardiology", "Chest", "Ben’s own"} <= every
    assert "Cleo’s own" not in every
    assert "Knee" not in every
    assert names(page(client, "/boards?mine=1")) == {"Ben’s own"}
    assert "Ben’s own" not in names(page(client, "/boards?specialty=1"))
    assert names(fragment(client, "/boards/list?mine=1")) == {"Ben’s own"}


def test_covers_show_only_what_the_reader_may_see(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    board = make_board(session, kind=BoardKind.SPECIALTY, title="AAA", slug="aaa")
    seen = [make_case(session, ada) for _ in range(4)]
    hidden = make_case(session, ada, choice="nobody")
    covered = make_case(session, ada, is_sensitive=True)
    for case in (*seen, hidden, covered):
        make_pin(session, case, board)
    sign_in("clinician")
    first = page(client, "/boards").select_one(".boardcard")
    assert [image["src"].split("/")[2] for image in first.select("img")] == [
        case.cover["name"] for case in (seen[3], seen[2], seen[1])
    ]


def test_an_archived_board_is_listed_among_ones_own_only(client, session, sign_in):
    ada = sign_in("clinician")
    board = make_board(session, ada, title="Done with")
    session.commit()
    client.post(f"/b/{board.slug}/archive")
    assert "Done with" not in names(page(client, "/boards"))
    assert "Done with" in names(page(client, "/boards?mine=1"))
