import pytest
from sqlalchemy import select

from pinboard.models import AccountState, AuditEvent, Role, Session, User
from tests.factories import make_user
from tests.html import fragment, page


@pytest.fixture
def boss(sign_in):
    return sign_in(Role.DESK, is_admin=True, name="Oz Admin")


@pytest.fixture
def ada(session):
    user = make_user(session, "Ada Owens", login="ada", email="ada@clinic.example")
    session.commit()
    return user


def at(user, act=""):
    return f"/admin/people/{user.public_id}" + (f"/{act}" if act else "")


def last_verb(session):
    return session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id.desc())).first()


def test_the_list_finds_by_name_login_and_address(client, boss, ada):
    for words in ("owens", "ADA", "clinic.exam"):
        assert "Ada Owens" in page(client, f"/admin/people?q={words}").get_text()
    for words in ("nobody", "%", "_"):
        assert "Nobody found." in page(client, f"/admin/people?q={words}").get_text()


def test_the_list_goes_on(client, boss, session):
    for number in range(60):
        make_user(session, f"Person {number:02}")
    session.commit()
    first = page(client, "/admin/people")
    more = first.find("a", attrs={"hx-get": True})
    assert len(first.find_all("li", class_="row")) == 50
    rest = fragment(client, more["hx-get"])
    assert len(rest.find_all("li", class_="row")) == 11
    assert rest.find("a", attrs={"hx-get": True}) is None
    names = [row.strong.get_text() for row in [*first.find_all("li", class_="row"), *rest.find_all("li", class_="row")]]
    assert len(set(names)) == 61


def test_the_demo_author_is_nobodys_account(client, boss, session):
    demo = make_user(session, "Pinboard demo", is_demo=True)
    session.commit()
    assert "Pinboard demo" not in page(client, "/admin/people").get_text()
    assert client.get(at(demo)).status_code == 404
    assert client.post(at(demo, "reset")).status_code == 404


def test_disabling_is_at_once_and_can_be_undone(client, boss, ada, sign_in, browser, session):
    sign_in(ada, other := browser())
    assert other.get("/people").status_code == 200
    part = fragment(client, at(ada, "disable"), method="POST")
    assert "disabled" in part.get_text()
    assert other.get("/people").status_code == 303
    assert last_verb(session) == "member-disabled"
    assert client.post(at(ada, "enable")).headers["Location"] == at(ada)
    session.refresh(ada)
    assert ada.state == AccountState.ACTIVE


def test_logging_out_everywhere(client, boss, ada, sign_in, browser, session):
    others = [browser(), browser()]
    for other in others:
        sign_in(ada, other)
    client.post(at(ada, "logout"))
    assert [other.get("/people").status_code for other in others] == [303, 303]
    assert client.get("/admin/people").status_code == 200
    assert last_verb(session) == "member-logged-out"


def test_a_flag_is_given_and_taken_but_never_the_last(client, boss, ada, session):
    client.post(at(ada, "give-admin"))
    session.refresh(ada)
    assert ada.is_admin
    assert client.fragment(at(boss, "take-admin"), method="POST").headers["HX-Redirect"] == "/"
    assert client.get("/admin/people").status_code == 404
    session.refresh(boss)
    assert not boss.is_admin


@pytest.mark.parametrize("act", ["take-admin", "disable"])
def test_the_last_administrator_cannot_shut_the_door(client, boss, session, act):
    part = fragment(client, at(boss, act), 422, method="POST")
    assert "last administrator" in part.get_text()
    session.refresh(boss)
    assert (boss.is_admin, boss.state) == (True, AccountState.ACTIVE)


def test_checking_needs_what_was_seen(client, boss, session):
    pia = make_user(session, "Pia Lund", verified=False)
    session.commit()
    assert client.post(at(pia, "verify"), {"verification": " "}).status_code == 422
    assert client.post(at(pia, "verify"), {"verification": "Badge 12"}).status_code == 303
    session.refresh(pia)
    assert (pia.verification, pia.verified_by_id) == ("Badge 12", boss.id)
    assert pia.recheck_at > pia.verified_at


def test_a_patient_is_neither_checked_nor_made_an_administrator(client, boss, session):
    pat = make_user(session, "Pat", Role.PATIENT)
    session.commit()
    assert client.post(at(pat, "verify"), {"verification": "x"}).status_code == 422
    assert client.post(at(pat, "give-admin")).status_code == 422
    session.refresh(pat)
    assert (pat.is_admin, pat.verified_at) == (False, None)


def test_a_reset_link_is_shown_once_and_works(client, boss, ada, browser, session):
    answer = client.post(at(ada, "reset"))
    url = page_of(answer).find("input", attrs={"name": "link"})["value"]
    assert url.startswith("http://127.0.0.1:8000/password/")
    assert url.rpartition("/")[2] not in client.get(at(ada)).text + client.get("/admin/audit").text
    path = url.removeprefix("http://127.0.0.1:8000")
    assert browser().post(path, {"password": "blue lamp 77 window"}).status_code == 303


def page_of(answer):
    from tests.html import checked

    assert answer.status_code == 200
    return checked(answer)


def test_an_act_that_is_none_is_nothing(client, boss, ada):
    assert client.post(at(ada, "delete")).status_code == 404
    assert client.get(at(ada, "disable")).status_code == 405
    assert client.post("/admin/people/nobody/disable").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_without_the_flag_there_is_no_administration(client, sign_in, clinic, ada, session, role):
    sign_in(role)
    for act in ("disable", "give-admin", "reset", "verify", "logout"):
        assert client.post(at(ada, act), {"verification": "x"}).status_code == 404
    session.refresh(ada)
    assert (ada.state, ada.is_admin) == (AccountState.ACTIVE, False)
    assert session.scalars(select(Session)).all() != []
    assert session.scalars(select(User).where(User.is_admin)).all() == [clinic]


def test_a_clinician_is_named_as_a_reviewer_and_no_longer(client, boss, ada, session):
    assert page(client, at(ada)).select_one("form[action$='/give-review']")
    assert client.post(at(ada, "give-review")).status_code == 303
    session.expire_all()
    assert ada.is_reviewer
    assert last_verb(session) == "reviewer-given"
    assert "decides about reported cases" in page(client, at(ada)).get_text()
    assert "reviewer" in page(client, "/admin/people?q=owens").get_text()
    assert client.post(at(ada, "take-review")).status_code == 303
    session.expire_all()
    assert not ada.is_reviewer
    assert last_verb(session) == "reviewer-taken"


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.DESK, Role.PATIENT])
def test_nobody_but_a_clinician_reviews(client, boss, session, role):
    user = make_user(session, role=role)
    session.commit()
    assert not page(client, at(user)).select("form[action$='/give-review']")
    assert client.post(at(user, "give-review")).status_code == 422
    session.expire_all()
    assert not user.is_reviewer
