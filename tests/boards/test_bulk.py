"""Many pins at once, and what is taken back: nothing of it adds a reader, and nobody does what he may not."""

import json

import pytest
from sqlalchemy import delete, select

from pinboard.boards import places
from pinboard.models import Board, BoardKind, BoardRole, BoardVerb, Pin
from tests.factories import make_board, make_case, make_pin, make_section, make_user
from tests.html import checked, fragment, page


@pytest.fixture
def ada(session):
    return make_user(session, "Ada Owens")


def pins_of(session, board):
    session.expire_all()
    order = (Pin.position.desc(), Pin.case_id.desc())
    return list(session.scalars(select(Pin).where(Pin.board_id == board.id).order_by(*order)))


def cases_of(session, board):
    return [pin.case_id for pin in pins_of(session, board)]


def act(client, slug, verb, pins, **more):
    """Send the form as htmx does, and give the answer and the address that takes it back."""
    data = {"act": verb, "pin": [pin.public_id for pin in pins], **more}
    answer = client.fragment(f"/b/{slug}/arrange", "POST", data=data, headers={"X-CSRFToken": client.csrf()})
    told = json.loads(answer.headers.get("HX-Trigger", "{}")).get("pinboard:toast", {})
    return answer, told.get("undo")


@pytest.fixture
def boards(session, ada):
    source, target = make_board(session, ada, slug="from"), make_board(session, ada, slug="to")
    pins = [make_pin(session, make_case(session, pictures=0), source) for _ in range(4)][::-1]
    return source, target, pins


def test_copies_keep_their_order_and_are_taken_back(client, session, sign_in, ada, boards):
    source, target, (a, _b, c, d) = boards
    make_pin(session, session.get_one(type(a).case.property.mapper.class_, c.case_id), target)
    sign_in(ada)
    answer, back = act(client, "from", "copy", [d, a, c], board="to")
    assert answer.status_code == 200
    assert cases_of(session, target) == [a.case_id, d.case_id, c.case_id]
    assert len(cases_of(session, source)) == 4
    assert client.post(back).status_code == 303
    assert cases_of(session, target) == [c.case_id]
    # Taking back twice takes nothing more.
    client.post(back)
    assert cases_of(session, target) == [c.case_id]


def test_a_move_is_taken_back_to_the_very_places(client, session, sign_in, ada, boards):
    source, target, (a, b, c, d) = boards
    section = make_section(session, source)
    b.section_id = section.id
    before = [(pin.id, pin.case_id, pin.section_id, pin.by_id) for pin in (a, c, d, b)]
    sign_in(ada)
    _answer, back = act(client, "from", "move", [b, c], board="to")
    assert cases_of(session, source) == [a.case_id, d.case_id]
    assert len(cases_of(session, target)) == 2
    assert client.post(back).status_code == 303
    assert cases_of(session, target) == []
    assert sorted((pin.id, pin.case_id, pin.section_id, pin.by_id) for pin in pins_of(session, source)) == sorted(
        before
    )


def test_what_was_taken_off_one_by_one_comes_back(client, session, sign_in, ada, boards):
    source, _target, (a, b, c, d) = boards
    sign_in(ada)
    headers = {"X-CSRFToken": page(client, "/b/from") and client.csrf()}
    answer = client.fragment(f"/b/from/pins/{b.public_id}/remove", "POST", headers=headers)
    back = json.loads(answer.headers["HX-Trigger"])["pinboard:toast"]["undo"]
    assert b.case_id not in cases_of(session, source)
    assert client.post(back).status_code == 303
    assert cases_of(session, source) == [a.case_id, b.case_id, c.case_id, d.case_id]


def test_nobody_else_takes_it_back_and_nothing_made_up_does(client, browser, session, sign_in, ada, boards):
    source, _target, (a, *_rest) = boards
    ben = make_user(session, "Ben Shah")
    sign_in(ada)
    sign_in(ben, other := browser())
    _answer, back = act(client, "from", "remove", [a])
    assert other.post(back).status_code == 404
    assert client.post(back[:-2]).status_code == 404
    assert a.case_id not in cases_of(session, source)


def test_a_case_that_was_hidden_meanwhile_does_not_come_back(client, session, sign_in, ada, boards):
    source, _target, (a, *_rest) = boards
    case_id = a.case_id
    sign_in(ada)
    _answer, back = act(client, "from", "remove", [a])
    from pinboard import policy
    from pinboard.models import Case, CaseState

    session.get_one(Case, case_id).go(CaseState.HIDDEN)
    policy.rebuild(session, [case_id])
    session.commit()
    client.post(back)
    assert case_id not in cases_of(session, source)


def test_a_reader_copies_to_her_own_and_changes_nothing_here(client, session, sign_in, ada):
    ben = make_user(session, "Ben Shah")
    source, own = make_board(session, ada, slug="from", readers=[ben]), make_board(session, ben, slug="own")
    others = make_board(session, ada, slug="others", readers=[ben])
    seen = make_pin(session, make_case(session, pictures=0), source)
    hidden = make_pin(session, make_case(session, choice="nobody", pictures=0), source)
    sign_in(ben)
    soup = page(client, "/b/from/arrange")
    assert len(soup.select(".tile")) == 1
    assert not soup.select('button[value="move"], button[value="remove"], button[value="section"]')
    assert act(client, "from", "copy", [seen, hidden], board="own")[0].status_code == 200
    assert cases_of(session, own) == [seen.case_id]
    for verb, more in (("move", {"board": "own"}), ("remove", {}), ("copy", {"board": "others"})):
        assert act(client, "from", verb, [seen], **more)[0].status_code in {404, 422}
    for verb in ("section", "cover"):
        assert act(client, "from", verb, [seen])[0].status_code == 404
    assert set(cases_of(session, source)) == {seen.case_id, hidden.case_id}
    assert cases_of(session, others) == []


def test_on_a_specialty_only_ones_own_pins_are_moved_away(client, session, sign_in, ada):
    ben = make_user(session, "Ben Shah")
    source, _own = make_board(session, kind=BoardKind.SPECIALTY, slug="from"), make_board(session, ben, slug="own")
    mine = make_pin(session, make_case(session, ben, pictures=0), source)
    other = make_pin(session, make_case(session, ada, pictures=0), source)
    sign_in(ben)
    act(client, "from", "move", [mine, other], board="own")
    assert cases_of(session, source) == [other.case_id]
    assert act(client, "from", "move", [other], board="own")[0].status_code == 422


def test_choosing_nothing_or_two_covers_is_said(client, session, sign_in, ada, boards):
    _source, _target, (a, b, *_rest) = boards
    sign_in(ada)
    assert "Choose one case or more first." in act(client, "from", "copy", [], board="to")[0].text
    answer, _back = act(client, "from", "cover", [a, b])
    assert answer.status_code == 422
    assert len(answer.text.split(" checked")) == 3
    assert act(client, "from", "copy", [a], board="from")[0].status_code == 422


def test_without_script_everything_is_a_form(client, session, sign_in, ada, boards):
    _source, target, (a, *_rest) = boards
    sign_in(ada)
    soup = page(client, "/b/from/arrange")
    assert soup.select_one(f'input[name="pin"][value="{a.public_id}"]')["form"] == "arrange"
    answer = client.post("/b/from/arrange", {"act": "copy", "pin": a.public_id, "board": "to"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/b/from/arrange")
    assert cases_of(session, target) == [a.case_id]
    assert checked(client.post("/b/from/arrange", {"act": "copy", "board": "to"})).select_one(".banner.danger")


# ---- pinning, following, removing -----------------------------------------------------------------------------------


def test_the_dialog_offers_the_last_board_first_with_its_cover(client, session, sign_in, ada, boards):
    _source, target, _pins = boards
    case, other = make_case(session), make_case(session)
    sign_in(ada)
    assert not fragment(client, f"/c/{case.public_id}/pin").select("button.primary")
    client.post(f"/c/{case.public_id}/pin", {"board": "to"})
    first = fragment(client, f"/c/{other.public_id}/pin").select_one(".pin-boards li")
    assert target.title in first.get_text()
    assert first.select_one("button.primary")
    assert first.img["src"].split("/")[2] == case.cover["name"]
    there = fragment(client, f"/c/{case.public_id}/pin").select_one(".pin-boards li")
    assert "Already there" in there.get_text()


def test_a_board_is_followed_and_no_longer(client, session, sign_in, ada, boards):
    sign_in(ada)
    assert page(client, "/boards?followed=1").select(".boardcard") == []
    client.post("/b/from/follow", {"follow": "1"})
    assert len(page(client, "/boards?followed=1").select(".boardcard")) == 1
    assert "Following" in page(client, "/b/from").select_one(".page-head").get_text()
    client.post("/b/from/follow", {"follow": "0"})
    assert page(client, "/boards?followed=1").select(".boardcard") == []


def test_a_removed_board_is_gone_for_everybody_and_comes_back(client, browser, session, sign_in, ada):
    ben = make_user(session, "Ben Shah")
    board = make_board(session, ada, slug="from", editors=[ben], title="Tuesday")
    case = make_case(session, pictures=0)
    make_pin(session, case, board)
    sign_in(ada)
    sign_in(ben, other := browser())
    assert other.post("/b/from/remove").status_code == 404
    headers = {"X-CSRFToken": page(client, "/b/from/settings") and client.csrf()}
    client.post("/b/from/remove", headers=headers)
    for who in (client, other):
        assert who.get("/b/from").status_code == 404
        assert "Tuesday" not in page(who, "/boards").get_text() or who is client
        assert "Tuesday" not in fragment(who, f"/c/{case.public_id}/pin").get_text()
        assert who.post(f"/c/{case.public_id}/pin", {"board": "from"}).status_code == 404
    assert session.get(Board, board.id) is not None
    assert other.post("/trash/boards/from/restore").status_code == 404
    assert client.post("/trash/boards/from/restore").status_code == 303
    assert other.get("/b/from").status_code == 200
    assert cases_of(session, board) == [case.id]


def standing(session, board):
    """Give the cases of a board in order, with the section of each."""
    return [(pin.case_id, pin.section_id) for pin in pins_of(session, board)]


def drop(client, slug, pins, **where):
    """Drop pins as the script does, and give the address that takes it back."""
    data = {"pin": [pin.public_id for pin in pins], "section": "", **where}
    answer = client.fragment(f"/b/{slug}/order", "POST", data=data, headers={"X-CSRFToken": client.csrf()})
    assert answer.status_code == 204
    return json.loads(answer.headers["HX-Trigger"])["pinboard:toast"]["undo"]


@pytest.fixture
def shelves(session, ada, boards):
    """Give the board with its last two pins in a section."""
    source, _target, pins = boards
    section = make_section(session, source)
    for pin in pins[2:]:
        pin.section_id = section.id
    session.commit()
    return source, section, pins


def test_moves_within_a_board_are_taken_back(client, session, sign_in, ada, shelves):
    source, section, (a, b, c, d) = shelves
    before = standing(session, source)
    sign_in(ada)
    page(client, "/b/from/arrange")
    moves = {
        "one beside another": lambda: drop(client, "from", [a], after=b.public_id),
        "into a section": lambda: drop(client, "from", [b], section=section.public_id),
        "beside one of a section": lambda: drop(client, "from", [a, b], section=section.public_id, after=d.public_id),
        "out of a section, which is empty then": lambda: drop(client, "from", [c, d], before=a.public_id),
        "chosen ones": lambda: act(client, "from", "section", [a, d], section=section.public_id)[1],
        "to the start": lambda: act(client, "from", f"start:{d.public_id}", [])[1],
    }
    for name, move in moves.items():
        back = move()
        assert standing(session, source) != before, name
        assert client.post(back).headers["Location"] == "/b/from/arrange"
        assert standing(session, source) == before, name
    # A step past a neighbour is taken back by the step the other way.
    assert act(client, "from", f"later:{a.public_id}", [])[1] is None


def test_a_move_is_taken_back_as_far_as_the_board_is_what_it_was(client, session, sign_in, ada, shelves):
    source, section, (a, b, c, d) = shelves
    sign_in(ada)
    page(client, "/b/from/arrange")
    back = drop(client, "from", [c], before=a.public_id)
    session.delete(d)
    session.commit()
    assert client.post(back).status_code == 303
    assert standing(session, source) == [(a.case_id, None), (b.case_id, None), (c.case_id, section.id)]
    back = drop(client, "from", [c], before=a.public_id)
    for pin in pins_of(session, source):
        pin.section_id = None
    session.delete(session.get_one(type(section), section.id))
    session.commit()
    assert client.post(back).status_code == 303
    assert standing(session, source) == [(case.case_id, None) for case in (a, b, c)]


def arranged_by_two(client, owner, session, sign_in, ada, source):
    """Let another clinician arrange a board beside its owner, both with its page open; give who that is."""
    ben = make_user(session, "Ben Shah")
    session.add(BoardRole(board_id=source.id, user_id=ben.id, role=BoardVerb.EDITOR, given_at=source.created_at))
    session.commit()
    for person, window in ((ben, client), (ada, owner)):
        sign_in(person, window)
        page(window, "/b/from/arrange")
    return ben


def test_a_move_is_taken_back_only_by_who_made_it_and_still_arranges(client, browser, session, sign_in, ada, shelves):
    source, _section, (a, b, *_rest) = shelves
    ben = arranged_by_two(client, owner := browser(), session, sign_in, ada, source)
    back = drop(client, "from", [a], after=b.public_id)
    assert owner.post(back).status_code == 404
    moved = standing(session, source)
    session.execute(delete(BoardRole).where(BoardRole.user_id == ben.id))
    session.commit()
    assert client.post(back).status_code == 404
    assert standing(session, source) == moved


def change(client, section, asked):
    """Change a section as htmx does, and give what is said and the address that takes it back."""
    address, data = f"/b/from/sections/{section}", {"act": asked}
    answer = client.fragment(address, "POST", data=data, headers={"X-CSRFToken": client.csrf()})
    assert answer.status_code == 200
    told = json.loads(answer.headers.get("HX-Trigger", "{}")).get("pinboard:toast", {})
    return told.get("text"), told.get("undo")


def headings(client):
    """Give the board as it is read: each heading with what stands below it."""
    return [
        (shelf.h2.get_text() if shelf.h2 else "", [one["data-pin"] for one in shelf.select("[data-pin]")])
        for shelf in page(client, "/b/from/arrange").select(".shelf")
    ]


@pytest.fixture
def three(session, boards, client, sign_in, ada):
    """Give the names of three sections: two cases in the second, one in the third, one before all."""
    source, _target, (_a, b, c, d) = boards
    made = [make_section(session, source, title) for title in ("One", "Two", "Three")]
    b.section_id = c.section_id = made[1].id
    d.section_id = made[2].id
    places.renumber(session, source)
    session.commit()
    sign_in(ada)
    return [section.public_id for section in made]


@pytest.mark.parametrize(("place", "asked"), [(0, "later"), (1, "earlier"), (1, "later"), (2, "earlier")])
def test_a_moved_section_is_taken_back(client, three, place, asked):
    before = headings(client)
    assert [title for title, _pins in before] == ["", "One", "Two", "Three"]
    said, back = change(client, three[place], asked)
    assert said == "Section moved."
    assert headings(client) != before
    for _ in range(2):
        assert client.post(back).headers["Location"] == "/b/from/arrange"
        assert headings(client) == before


def test_a_section_that_has_no_way_to_go_says_nothing(client, three):
    before = headings(client)
    assert change(client, three[0], "earlier") == (None, None)
    assert change(client, three[2], "later") == (None, None)
    assert headings(client) == before


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_removed_heading_is_taken_back_with_its_cases(client, three, place):
    before = headings(client)
    said, back = change(client, three[place], "remove")
    assert said == "Heading removed. Its cases are still here."
    assert sum(len(pins) for _title, pins in headings(client)) == 4
    assert len(headings(client)) == 3
    for _ in range(2):
        assert client.post(back).headers["Location"] == "/b/from/arrange"
        assert headings(client) == before


def test_the_way_back_leaves_what_was_done_meanwhile(client, session, boards, three):
    source, _target, (a, b, c, d) = boards
    names = [pin.public_id for pin in (a, b, c, d)]
    _said, back = change(client, three[1], "remove")
    drop(client, "from", [c], section=three[0])
    change(client, three[2], "earlier")
    assert client.post(back).status_code == 303
    # It comes to stand before the one that followed it; what was put elsewhere stays there.
    assert headings(client) == [
        ("", [names[0]]), ("Two", [names[1]]), ("Three", [names[3]]), ("One", [names[2]]),
    ]  # fmt: skip
    _said, back = change(client, three[1], "later")
    change(client, three[2], "remove")
    change(client, three[0], "remove")
    assert client.post(back).status_code == 303
    _said, back = change(client, three[1], "remove")
    assert client.post(back).status_code == 303
    assert [title for title, _pins in headings(client)] == ["", "Two"]
    # A section that is gone is not moved, and a board takes no more headings than it may have.
    made = make_section(session, source, "Last")
    session.commit()
    _said, moved = change(client, made.public_id, "earlier")
    _said, removed = change(client, made.public_id, "remove")
    assert client.post(moved).status_code == 404
    for number in range(places.MOST_SECTIONS - 1):
        make_section(session, source, f"More {number}")
    session.commit()
    assert client.post(removed).status_code == 404
    assert len(headings(client)) == places.MOST_SECTIONS + 1


@pytest.mark.parametrize("asked", ["later", "remove"])
def test_a_section_is_taken_back_only_by_who_changed_it_and_still_arranges(
    client, browser, session, sign_in, ada, boards, three, asked
):
    ben = arranged_by_two(client, owner := browser(), session, sign_in, ada, boards[0])
    _said, back = change(client, three[1], asked)
    changed = headings(owner)
    assert owner.post(back).status_code == 404
    session.execute(delete(BoardRole).where(BoardRole.user_id == ben.id))
    session.commit()
    assert client.post(back).status_code == 404
    assert headings(owner) == changed
