"""All that can be gone to by its name: what one may open, each board that one sees, and no other."""

import pytest

from pinboard import clock
from pinboard.models import Board, BoardKind
from tests.factories import make_board, make_user
from tests.html import fragment, page

FOR_ALL = {"Home", "Profile", "Appearance", "Sessions and password", "Help", "Keys"}


def shown(client):
    return {link.get_text(): link["href"] for link in fragment(client, "/help/commands").select("a")}


def test_a_clinician_goes_to_every_page_of_the_menus(client, sign_in):
    sign_in("clinician")
    found = shown(client)
    assert FOR_ALL | {"Boards", "Inbox", "New case", "Drafts", "Saved searches", "Trash", "People"} <= set(found)
    assert not {"Administration", "Reported cases"} & set(found)
    assert {client.get(href).status_code for href in found.values()} == {200}


def test_an_administrator_goes_to_the_administration(client, sign_in):
    sign_in("clinician", is_admin=True)
    assert shown(client)["Administration"] == "/admin/people"


@pytest.mark.parametrize("role", ["patient", "desk"])
def test_who_reads_no_cases_is_offered_neither_search_nor_boards(client, session, sign_in, role):
    make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
    sign_in(role)
    found = fragment(client, "/help/commands")
    assert {link.get_text() for link in found.select("a")} - FOR_ALL <= ({"Inbox"} if role == "desk" else set())
    assert not found.select_one("[data-search]")


def test_boards_are_those_that_one_sees_and_that_are_in_use(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    ben = sign_in("clinician", name="Ben Shah")
    make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
    make_board(session, ada, title="Shared with Ben", slug="shared", readers=[ben])
    make_board(session, ada, title="Ada alone", slug="alone")
    old = make_board(session, ben, title="Long ago", slug="old")
    gone = make_board(session, ben, title="Thrown away", slug="gone")
    session.get_one(Board, old.id).archived_at = session.get_one(Board, gone.id).removed_at = clock.now()
    session.commit()
    found = shown(client)
    assert (found["Chests"], found["Shared with Ben"]) == ("/b/chests", "/b/shared")
    assert not {"Ada alone", "Long ago", "Thrown away"} & set(found)


def test_it_is_a_page_too(client, sign_in):
    sign_in("trainee")
    assert page(client, "/help/commands").select_one('main a[href="/boards"]')
