"""Making boards, pinning, putting people on boards, and who may not."""

import pytest
from sqlalchemy import select

from pinboard.models import AuditEvent, Board, BoardKind, BoardRole, BoardVerb, Pin
from tests.factories import make_board, make_case, make_pin, make_user
from tests.html import checked, fragment, page
from tests.people import make_scene


def pins(session, board):
    session.expire_all()
    return session.scalars(select(Pin.case_id).where(Pin.board_id == board.id).order_by(Pin.position.desc())).all()


def verbs(session):
    return session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()


def test_a_clinician_makes_a_board_of_her_own(client, session, sign_in):
    ada = sign_in("clinician", name="Ada Owens")
    answer = client.post("/boards", {"title": "  Tricky chests ", "description": "For Tuesday"})
    board = session.scalar(select(Board).where(Board.owner_id == ada.id))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/b/{board.slug}")
    assert (board.title, board.kind) == ("Tricky chests", BoardKind.PERSONAL)
    assert board.slug.startswith("tricky-chests-")
    assert page(client, f"/b/{board.slug}").h1.get_text() == "Tricky chests"
    assert "board-create" in verbs(session)


@pytest.mark.parametrize("title", ["", "   ", "x" * 121])
def test_a_board_needs_a_name_of_bearable_length(client, session, sign_in, title):
    sign_in("clinician")
    answer = client.post("/boards", {"title": title})
    assert answer.status_code == 422
    assert checked(answer).select_one("#f-title-error")
    assert session.scalar(select(Board.id).where(Board.kind == BoardKind.PERSONAL)) is None


def test_a_trainee_makes_no_board(client, session, sign_in):
    sign_in("trainee")
    assert client.post("/boards", {"title": "Mine"}).status_code == 404
    assert session.scalar(select(Board.id).where(Board.kind == BoardKind.PERSONAL)) is None


def test_pinning_puts_a_case_on_top_and_twice_is_once(client, session, sign_in):
    ada = sign_in("clinician")
    board = make_board(session, ada, title="Chests")
    first, second = make_case(session), make_case(session)
    make_pin(session, first, board)
    session.commit()
    for _ in range(2):
        assert client.post(f"/c/{second.public_id}/pin", {"board": board.slug}).status_code == 303
    assert pins(session, board) == [second.id, first.id]
    dialog = fragment(client, f"/c/{second.public_id}/pin")
    assert "Already there" in dialog.get_text()


def test_pinning_from_the_dialog_answers_with_the_dialog_and_a_toast(client, session, sign_in):
    ada = sign_in("clinician")
    board, case = make_board(session, ada, title="Chests"), make_case(session)
    session.commit()
    answer = client.fragment(
        f"/c/{case.public_id}/pin", "POST", data={"board": board.slug}, headers={"X-CSRFToken": client.csrf()}
    )
    assert answer.status_code == 200
    assert "Chests" in answer.headers["HX-Trigger"]


def test_a_new_board_in_the_dialog_takes_the_case_at_once(client, session, sign_in):
    ada = sign_in("clinician")
    case = make_case(session)
    session.commit()
    assert client.post(f"/c/{case.public_id}/pin", {"title": "Fresh"}).status_code == 303
    board = session.scalar(select(Board).where(Board.owner_id == ada.id))
    assert pins(session, board) == [case.id]
    assert client.post(f"/c/{case.public_id}/pin", {"title": " "}).status_code == 422


def test_one_cannot_pin_to_a_board_that_one_only_reads(client, session, sign_in):
    scene = make_scene(session)
    sign_in(scene.people.ben)
    case = make_case(session)
    session.commit()
    assert client.post(f"/c/{case.public_id}/pin", {"board": "ada-chest"}).status_code == 404
    assert case.id not in pins(session, scene.board)


def test_one_cannot_pin_a_case_that_one_does_not_see(client, session, sign_in):
    ada = sign_in("clinician")
    board = make_board(session, ada)
    hidden = make_case(session, choice="nobody")
    session.commit()
    assert client.post(f"/c/{hidden.public_id}/pin", {"board": board.slug}).status_code == 404
    assert pins(session, board) == []


def test_nothing_is_pinned_to_an_archived_board(client, session, sign_in):
    ada = sign_in("clinician")
    board, case = make_board(session, ada), make_case(session)
    session.commit()
    assert client.post(f"/b/{board.slug}/archive", {"archived": "1"}).status_code == 303
    assert client.post(f"/c/{case.public_id}/pin", {"board": board.slug}).status_code == 404
    client.post(f"/b/{board.slug}/archive", {"archived": "0"})
    assert client.post(f"/c/{case.public_id}/pin", {"board": board.slug}).status_code == 303


def test_a_second_press_of_archive_does_not_open_the_board_again(client, session, sign_in):
    board = make_board(session, sign_in("clinician"))
    session.commit()

    def offered():
        form = page(client, f"/b/{board.slug}/settings").select_one('form[action$="/archive"]')
        return {"archived": form.select_one("[name=archived]")["value"]}

    for verb in ("board-archive", "board-reopen"):
        form = offered()
        for _again in range(2):
            assert client.post(f"/b/{board.slug}/archive", form).status_code == 303
        assert verbs(session).count(verb) == 1
    assert (offered(), verbs(session).count("board-archive")) == ({"archived": "1"}, 1)


def test_on_a_specialty_board_only_who_pinned_or_wrote_takes_off(client, browser, session, sign_in):
    ada, ben, cleo = (make_user(session, name) for name in ("Ada Owens", "Ben Shah", "Cleo Marsh"))
    board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
    mine = make_pin(session, make_case(session, ada), board, by=ben)
    other = make_pin(session, make_case(session, ada), board, by=ben)
    sign_in(cleo)
    assert not page(client, "/b/chests").select('form[action$="/remove"]')
    assert client.post(f"/b/chests/pins/{mine.public_id}/remove").status_code == 404
    for user, pin in ((ada, mine), (ben, other)):
        sign_in(user, theirs := browser())
        assert theirs.post(f"/b/chests/pins/{pin.public_id}/remove").status_code == 303
    assert pins(session, board) == []
    assert verbs(session).count("unpin") == 2


def test_a_pin_of_another_board_is_not_taken_off_this_one(client, session, sign_in):
    ada = sign_in("clinician")
    here, there = make_board(session, ada), make_board(session)
    pin = make_pin(session, make_case(session), there)
    session.commit()
    assert client.post(f"/b/{here.slug}/pins/{pin.public_id}/remove").status_code == 404
    assert len(pins(session, there)) == 1


def test_the_owner_changes_words_and_people(client, session, sign_in):
    ada = sign_in("clinician")
    board, ben = make_board(session, ada, title="Old"), make_user(session, "Ben Shah")
    session.commit()
    here = f"/b/{board.slug}"
    page(client, f"{here}/settings")
    assert client.post(f"{here}/settings", {"title": "New", "description": "x"}).status_code == 303
    assert client.post(f"{here}/people", {"member": ben.public_id, "role": "editor"}).status_code == 303
    session.expire_all()
    assert session.get(Board, board.id).title == "New"
    assert session.get(BoardRole, (board.id, ben.id)).role is BoardVerb.EDITOR
    assert "Ben Shah" in page(client, f"{here}/settings").select_one("#board-people").get_text()
    assert client.post(f"{here}/people/{ben.public_id}/remove").status_code == 303
    session.expire_all()
    assert session.get(BoardRole, (board.id, ben.id)) is None


@pytest.mark.parametrize("kind", ["patient", "desk", "pending", "owner", "nobody"])
def test_only_verified_members_come_onto_a_board(client, session, sign_in, kind):
    ada = sign_in("clinician")
    board = make_board(session, ada)
    made = {
        "patient": make_user(session, "Pat", "patient").public_id,
        "desk": make_user(session, "Dee", "desk").public_id,
        "pending": make_user(session, "Pia", verified=False).public_id,
        "owner": ada.public_id,
        "nobody": "x",
    }
    session.commit()
    answer = client.post(f"/b/{board.slug}/people", {"member": made[kind], "role": "reader"})
    assert answer.status_code == 422
    assert session.scalars(select(BoardRole.user_id).where(BoardRole.board_id == board.id)).all() == []


def test_a_reader_changes_nothing(client, session, sign_in):
    scene = make_scene(session)
    sign_in(scene.people.ben)
    for path, data in (
        ("settings", {"title": "Ben’s"}),
        ("people", {"member": scene.people.cleo.public_id, "role": "reader"}),
        (f"people/{scene.people.ben.public_id}/remove", {}),
        ("archive", {}),
    ):
        assert client.post(f"/b/ada-chest/{path}", data).status_code == 404
    assert client.get("/b/ada-chest/settings").status_code == 404
    session.expire_all()
    assert session.get(Board, scene.board.id).title == "Chest"


def test_a_change_needs_the_token_of_a_page(client, session, sign_in):
    sign_in("clinician")
    assert client.post("/boards", {"title": "Forged"}, token=False).status_code == 403
    assert session.scalar(select(Board.id).where(Board.title == "Forged")) is None
