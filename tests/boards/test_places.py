"""The order of a board by hand: one number for each pin, sections one after the other, changes that met another."""

from random import Random

import pytest
from sqlalchemy import select

from pinboard.boards import places
from pinboard.boards.places import STEP
from pinboard.models import Board, BoardKind, BoardSection, Pin
from tests.factories import make_board, make_case, make_pin, make_section, make_user
from tests.html import page


@pytest.fixture
def ada(session):
    return make_user(session, "Ada Owens")


@pytest.fixture
def board(session, ada):
    return make_board(session, ada, title="Chests", slug="chests")


def lay(session, board, count):
    """Pin so many cases and give the pins in the order in which they stand."""
    return [make_pin(session, make_case(session, pictures=0, title=f"Case {n}"), board) for n in range(count)][::-1]


def standing(session, board):
    """Give the pins of a board as its readers see them, as (section, pin)."""
    session.flush()
    order = (Pin.position.desc(), Pin.case_id.desc())
    return [
        (pin.section_id, pin.id)
        for pin in session.scalars(select(Pin).where(Pin.board_id == board.id).order_by(*order))
    ]


def ids(session, board):
    return [pin for _section, pin in standing(session, board)]


@pytest.mark.parametrize("is_before", [True, False])
def test_a_pin_comes_to_stand_beside_another(session, ada, board, is_before):
    a, b, c, d = lay(session, board, 4)
    places.put_beside(session, board, [a], c, is_before=is_before, by=ada.id)
    assert ids(session, board) == ([b.id, a.id, c.id, d.id] if is_before else [b.id, c.id, a.id, d.id])


def test_several_keep_their_order_and_stand_at_either_end(session, ada, board):
    a, b, c, d = lay(session, board, 4)
    places.put_beside(session, board, [c, d], a, is_before=True, by=ada.id)
    assert ids(session, board) == [c.id, d.id, a.id, b.id]
    places.put_beside(session, board, [c, d], b, is_before=False, by=ada.id)
    assert ids(session, board) == [a.id, b.id, c.id, d.id]


def test_pins_without_room_between_them_are_given_room(session, ada, board):
    a, b, c = lay(session, board, 3)
    assert a.position - b.position == 1
    places.put_beside(session, board, [c], b, is_before=True, by=ada.id)
    assert ids(session, board) == [a.id, c.id, b.id]
    assert a.position == 3 * STEP


def test_sections_stand_in_order_whatever_is_moved(session, ada, board):
    pins = lay(session, board, 12)
    made = [places.add_section(session, board, f"Section {n}", by=ada.id) for n in range(3)]
    dice = Random(7)  # noqa: S311 - dice of a test
    for _ in range(60):
        some = dice.sample(pins, dice.randint(1, 3))
        kind = dice.randint(0, 3)
        if kind == 0:
            places.put_into(session, board, some, dice.choice([None, *made]), by=ada.id)
        elif kind == 1:
            places.move_section(session, board, dice.choice(made), dice.choice([-1, 1]), by=ada.id)
        elif anchor := next((pin for pin in pins if pin not in some), None):
            places.put_beside(session, board, some, anchor, is_before=kind == 2, by=ada.id)
            assert {pin.section_id for pin in some} == {anchor.section_id}
        order = {section.id: section.position for section in places.sections(session, board)}
        seen = [order.get(section, 0) for section, _pin in standing(session, board)]
        assert seen == sorted(seen)
        assert sorted(ids(session, board)) == sorted(pin.id for pin in pins)


def test_a_heading_that_goes_leaves_its_pins_above_the_others(session, ada, board):
    a, b, c = lay(session, board, 3)
    first, second = (places.add_section(session, board, title, by=ada.id) for title in ("One", "Two"))
    places.put_into(session, board, [a], second, by=ada.id)
    places.put_into(session, board, [b], first, by=ada.id)
    assert ids(session, board) == [c.id, b.id, a.id]
    places.remove_section(session, board, first, by=ada.id)
    assert standing(session, board) == [(None, c.id), (None, b.id), (second.id, a.id)]
    assert session.scalars(select(BoardSection.title).where(BoardSection.board_id == board.id)).all() == ["Two"]


# ---- over HTTP ------------------------------------------------------------------------------------------------------


def drop(client, pins, **where):
    return client.post("/b/chests/order", {"pin": [pin.public_id for pin in pins], **where})


def test_a_drop_is_one_request_and_lasts(client, session, sign_in, ada, board):
    a, b, c = lay(session, board, 3)
    sign_in(ada)
    assert drop(client, [c], before=a.public_id, section="").status_code == 303
    assert ids(session, board) == [c.id, a.id, b.id]
    assert [node.get_text(strip=True) for node in page(client, "/b/chests").select(".card-title")] == [
        "Case 0", "Case 2", "Case 1",
    ]  # fmt: skip


def test_a_drop_beside_what_went_meanwhile_says_so_and_changes_nothing(client, session, sign_in, ada, board):
    a, b, c = lay(session, board, 3)
    section = make_section(session, board)
    sign_in(ada)
    gone = b.public_id
    session.delete(b)
    session.commit()
    for where in (
        {"before": gone, "section": ""},
        {"section": "x"},
        {"after": a.public_id, "section": section.public_id},
    ):
        answer = drop(client, [c], **where)
        assert answer.status_code == 409
        assert "Somebody changed this board meanwhile." in answer.text
    assert drop(client, [b], before=a.public_id, section="").status_code == 409
    assert ids(session, board) == [a.id, c.id]


def test_the_menu_moves_past_what_the_reader_sees(client, session, sign_in, ada, board):
    a, b, c = lay(session, board, 3)
    hidden = make_pin(session, make_case(session, choice="nobody"), board)
    sign_in(ada)
    places.put_beside(session, board, [hidden], b, is_before=True, by=ada.id)
    session.commit()
    assert client.post("/b/chests/arrange", {"act": f"earlier:{b.public_id}"}).status_code == 303
    assert [one for one in ids(session, board) if one != hidden.id] == [b.id, a.id, c.id]
    client.post("/b/chests/arrange", {"act": f"later:{b.public_id}"})
    client.post("/b/chests/arrange", {"act": f"later:{b.public_id}"})
    assert [one for one in ids(session, board) if one != hidden.id] == [a.id, c.id, b.id]
    client.post("/b/chests/arrange", {"act": f"start:{b.public_id}"})
    assert [one for one in ids(session, board) if one != hidden.id] == [b.id, a.id, c.id]
    assert client.post("/b/chests/arrange", {"act": f"earlier:{hidden.public_id}"}).status_code == 409


def test_sections_are_made_renamed_moved_and_taken_away(client, session, sign_in, ada, board):
    sign_in(ada)
    for title in ("One", "Two"):
        assert client.post("/b/chests/sections", {"title": title}).status_code == 303
    assert client.post("/b/chests/sections", {"title": " "}).status_code == 422
    _first, second = places.sections(session, board)
    here = f"/b/chests/sections/{second.public_id}"
    assert client.post(here, {"act": "rename", "title": "First of all"}).status_code == 303
    assert client.post(here, {"act": "earlier"}).status_code == 303
    session.expire_all()
    assert [section.title for section in places.sections(session, board)] == ["First of all", "One"]
    assert client.post(here, {"act": "remove"}).status_code == 303
    assert client.post(here, {"act": "later"}).status_code == 409
    assert [section.title for section in places.sections(session, board)] == ["One"]


def test_a_name_in_a_heading_is_asked_about(client, session, sign_in, ada, board):
    sign_in(ada)
    answer = client.post("/b/chests/sections", {"title": "Mr Miller, born 14.03.1962"})
    assert answer.status_code == 422
    assert "Does this identify somebody?" in answer.text
    assert places.sections(session, board) == []


@pytest.mark.parametrize(("who", "may"), [("owner", True), ("editor", True), ("reader", False), ("stranger", False)])
def test_who_arranges_a_personal_board(client, session, sign_in, ada, who, may):
    ben = ada if who == "owner" else make_user(session, "Ben Shah")
    roles = {"editors": [ben]} if who == "editor" else {"readers": [ben]} if who == "reader" else {}
    board = make_board(session, ada, slug="chests", **roles)
    a, b = lay(session, board, 2)
    section = make_section(session, board)
    sign_in(ben)
    assert drop(client, [b], before=a.public_id, section="").status_code == (303 if may else 404)
    assert ids(session, board) == ([b.id, a.id] if may else [a.id, b.id])
    assert client.post("/b/chests/sections", {"title": "New"}).status_code == (303 if may else 404)
    here = f"/b/chests/sections/{section.public_id}"
    assert client.post(here, {"act": "remove"}).status_code == (303 if may else 404)
    assert client.post("/b/chests/arrange", {"act": f"start:{b.public_id}"}).status_code == (303 if may else 404)


def test_a_specialty_is_arranged_by_those_whom_an_administrator_names(client, browser, session, sign_in):
    oz = make_user(session, "Oz Admin", is_admin=True)
    cleo, tom = make_user(session, "Cleo Marsh"), make_user(session, "Tom Young", "trainee")
    board = make_board(session, kind=BoardKind.SPECIALTY, title="Hearts", slug="chests")
    a, b = lay(session, board, 2)
    sign_in(cleo)
    sign_in(oz, office := browser())
    assert drop(client, [b], before=a.public_id, section="").status_code == 404
    assert client.get("/b/chests/settings").status_code == 404
    assert client.post("/admin/boards/chests/people", {"member": cleo.public_id}).status_code == 404
    assert office.post("/admin/boards/chests/people", {"member": tom.public_id}).status_code == 422
    assert office.post("/admin/boards/chests/people", {"member": cleo.public_id}).status_code == 303
    assert "Cleo Marsh" in page(office, "/admin/boards/chests").select_one("#curators").get_text()
    assert drop(client, [b], before=a.public_id, section="").status_code == 303
    # Describing is not renaming, archiving or removing.
    told = {"title": "Mine now", "description": "Bring one case each."}
    assert client.post("/b/chests/settings", told).status_code == 303
    session.expire_all()
    kept = session.get(Board, board.id)
    assert (kept.title, kept.description) == ("Hearts", "Bring one case each.")
    for path in ("archive", "remove"):
        assert client.post(f"/b/chests/{path}").status_code == 404
    assert office.post("/b/chests/remove").status_code == 404
    assert office.post(f"/admin/boards/chests/people/{cleo.public_id}/remove").status_code == 303
    assert drop(client, [a], before=b.public_id, section="").status_code == 404
