"""The list of boards: which are there, what their covers show."""

from pinboard import policy
from pinboard.models import BoardKind, Source
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
    client.post(f"/b/{board.slug}/archive", {"archived": "1"})
    assert "Done with" not in names(page(client, "/boards"))
    assert "Done with" in names(page(client, "/boards?mine=1"))


def test_numbers_count_only_what_the_reader_may_see(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    board = make_board(session, kind=BoardKind.SPECIALTY, title="AAA", slug="aaa")
    empty = make_board(session, kind=BoardKind.SPECIALTY, title="AAB", slug="aab")
    for case in (make_case(session, ada), make_case(session, ada), make_case(session, ada, choice="nobody")):
        make_pin(session, case, board)
    make_pin(session, make_case(session, ada, choice="nobody"), empty)
    sign_in("clinician")
    first, second = page(client, "/boards").select(".boardcard")[:2]
    assert "2 cases" in first.get_text()
    assert "no cases" in second.get_text()
    assert not second.select("img")


def test_the_chosen_cover_stands_first_for_those_who_may_see_it(client, browser, session, sign_in):
    ada, ben = make_user(session, "Ada Owens"), make_user(session, "Ben Shah")
    board = make_board(session, ada, title="AAA", slug="aaa", readers=[ben])
    quiet = make_case(session, ada, choice="nobody")
    policy.grant(session, quiet, policy.member(ada.id), Source.NAMED, by=ada.id)
    pins = [make_pin(session, case, board) for case in (quiet, make_case(session, ada))]
    sign_in(ada)
    sign_in(ben, other := browser())
    assert client.post("/b/aaa/arrange", {"act": "cover", "pin": pins[0].public_id}).status_code == 303

    def shown(who):
        pictures = page(who, "/boards?mine=1" if who is client else "/boards").select(".boardcard")[0].select("img")
        return [image["src"].split("/")[2] for image in pictures]

    assert shown(client)[0] == quiet.cover["name"]
    assert quiet.cover["name"] not in shown(other)
    assert client.post("/b/aaa/look", {"cover": "none"}).status_code == 303
    assert shown(client)[-1] == quiet.cover["name"]
