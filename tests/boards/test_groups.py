"""Groups: who is in them, who decides it, and what their boards show to whom."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import AccountState, Board, BoardKind, Group, GroupMember, Role, Source
from tests.factories import make_board, make_case, make_group, make_pin, make_user
from tests.html import page


def members(session, group):
    session.expire_all()
    return set(session.scalars(select(GroupMember.user_id).where(GroupMember.group_id == group.id)))


def test_a_group_is_made_with_its_maker_and_a_board(client, session, sign_in):
    ada = sign_in("clinician", name="Ada Owens")
    answer = client.post("/groups", {"name": "Chest readers"})
    group = session.scalars(select(Group).where(Group.name == "Chest readers")).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/groups/{group.public_id}")
    assert members(session, group) == {ada.id}
    assert client.post("/groups", {"name": "Chest readers"}).status_code == 422
    assert client.post("/boards", {"title": "Ours", "group": group.public_id}).status_code == 303
    board = session.scalars(select(Board).where(Board.title == "Ours")).one()
    assert (board.kind, board.group_id) == (BoardKind.GROUP, group.id)
    assert "Ours" in page(client, f"/groups/{group.public_id}").get_text()


def test_only_who_made_it_decides_who_is_in(client, browser, session, sign_in):
    ada, ben, cleo = (make_user(session, name) for name in ("Ada Owens", "Ben Shah", "Cleo Marsh"))
    group = make_group(session, ada, ben, made_by=ada)
    here = f"/groups/{group.public_id}"
    sign_in(ben)
    sign_in(cleo, stranger := browser())
    sign_in(ada, maker := browser())
    assert stranger.get(here).status_code == 404
    assert client.post(f"{here}/people", {"member": cleo.public_id}).status_code == 404
    assert client.post(f"{here}/people/{ada.public_id}/remove").status_code == 404
    assert maker.post(f"{here}/people", {"member": "x"}).status_code == 422
    assert maker.post(f"{here}/people", {"member": cleo.public_id}).status_code == 303
    assert members(session, group) == {ada.id, ben.id, cleo.id}
    assert maker.post(f"{here}/people/{ada.public_id}/remove").status_code == 404
    assert client.post(f"{here}/people/{ben.public_id}/remove").status_code == 303
    assert maker.post(f"{here}/people/{cleo.public_id}/remove").status_code == 303
    assert members(session, group) == {ada.id}
    assert client.get(here).status_code == 404


def test_nobody_makes_a_board_of_a_group_that_he_is_not_in(client, session, sign_in):
    group = make_group(session, make_user(session, "Ada Owens"))
    sign_in("clinician")
    assert client.post("/boards", {"title": "Theirs", "group": group.public_id}).status_code == 422
    assert session.scalar(select(Board.id).where(Board.title == "Theirs")) is None


def test_members_arrange_its_board_and_see_no_case_more(client, browser, session, sign_in):
    ada, ben, cleo = (make_user(session, name) for name in ("Ada Owens", "Ben Shah", "Cleo Marsh"))
    group = make_group(session, ada, ben, made_by=ada)
    board = make_board(session, ada, BoardKind.GROUP, group_id=group.id, slug="ours", title="Ours")
    seen = make_pin(session, make_case(session, ada, title="Seen", pictures=0), board)
    make_pin(session, make_case(session, ada, title="Hidden", choice="nobody", pictures=0), board)
    opened = make_case(session, ada, title="For the group", choice="nobody", pictures=0)
    policy.grant(session, opened, policy.in_group(group.id), Source.GROUP, by=ada.id)
    make_pin(session, opened, board)
    sign_in(ben)
    sign_in(cleo, stranger := browser())
    assert [node.get_text() for node in page(client, "/b/ours").select(".card-title")] == ["For the group", "Seen"]
    assert client.post("/b/ours/order", {"pin": seen.public_id, "section": ""}).status_code == 303
    assert [node.get_text() for node in page(client, "/b/ours").select(".card-title")] == ["Seen", "For the group"]
    assert client.post("/b/ours/archive").status_code == 404
    assert stranger.get("/b/ours").status_code == 404
    item = page(client, "/boards?group=1").select_one(".boardcard")
    assert "2 cases" in item.get_text()
    session.delete(session.get(GroupMember, (group.id, ben.id)))
    session.commit()
    assert client.get("/b/ours").status_code == 404
    assert client.get(f"/c/{opened.public_id}").status_code == 404


class TestWhoseMakerIsGone:
    """A group whose maker's account was closed is looked after by the clinician who is in it longest."""

    @pytest.fixture
    def group(self, session):
        ada, tom, ben, cleo = (
            make_user(session, name, role)
            for name, role in (
                ("Ada Owens", Role.CLINICIAN),
                ("Tom Reed", Role.TRAINEE),
                ("Ben Shah", Role.CLINICIAN),
                ("Cleo Marsh", Role.CLINICIAN),
            )
        )
        group = make_group(session, ada, tom, ben, cleo, made_by=ada)
        rows = session.scalars(select(GroupMember).where(GroupMember.group_id == group.id)).all()
        for place, user in enumerate((ada, tom, ben, cleo)):
            next(row for row in rows if row.user_id == user.id).added_at -= timedelta(days=9 - place)
        session.commit()
        return SimpleNamespace(here=f"/groups/{group.public_id}", row=group, ada=ada, tom=tom, ben=ben, cleo=cleo)

    def test_the_clinician_who_is_in_it_longest_looks_after_it(self, browser, session, sign_in, group):
        dora = make_user(session, "Dora Hill")
        group.ada.state = AccountState.DISABLED
        session.commit()
        ben, cleo, tom = (browser() for _ in range(3))
        for who, where in ((group.ben, ben), (group.cleo, cleo), (group.tom, tom)):
            sign_in(who, where)
        for other in (cleo, tom):
            assert other.post(f"{group.here}/people", {"member": dora.public_id}).status_code == 404
            assert other.post(f"{group.here}/people/{group.ben.public_id}/remove").status_code == 404
        assert ben.post(f"{group.here}/people", {"member": dora.public_id}).status_code == 303
        assert dora.id in members(session, group.row)
        row = next(item for item in page(ben, group.here).select("#group-people li") if "Ben Shah" in item.get_text())
        assert "looks after the group" in row.get_text()
        assert ben.post(f"{group.here}/people/{group.ben.public_id}/remove").status_code == 404
        assert ben.post(f"{group.here}/people/{group.ada.public_id}/remove").status_code == 303
        assert group.ada.id not in members(session, group.row)

    def test_as_long_as_the_maker_is_here_nobody_else_does(self, browser, sign_in, group):
        sign_in(group.ben, ben := browser())
        assert ben.post(f"{group.here}/people/{group.cleo.public_id}/remove").status_code == 404

    def test_a_maker_who_comes_back_looks_after_it_again(self, browser, session, sign_in, group):
        for state, answer in ((AccountState.DISABLED, 422), (AccountState.ACTIVE, 404)):
            group.ada.state = state
            session.commit()
            sign_in(group.ben, ben := browser())
            assert ben.post(f"{group.here}/people", {"member": "x"}).status_code == answer

    def test_without_a_clinician_nobody_does(self, browser, session, sign_in, group):
        for user in (group.ada, group.ben, group.cleo):
            user.state = AccountState.DISABLED
        session.commit()
        sign_in(group.tom, tom := browser())
        assert tom.get(group.here).status_code == 200
        assert tom.post(f"{group.here}/people", {"member": group.ben.public_id}).status_code == 404
