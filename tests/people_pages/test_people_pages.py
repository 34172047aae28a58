import pytest

from pinboard import vocabulary
from pinboard.models import AccountState, Role
from tests.factories import make_user
from tests.html import fragment, page


@pytest.fixture
def cast(session):
    code = vocabulary.specialties()[0].code
    people = {
        "Ada Owens": make_user(session, "Ada Owens", specialty=code, about="Hands and feet"),
        "Tom Young": make_user(session, "Tom Young", Role.TRAINEE),
        "Dee Frost": make_user(session, "Dee Frost", Role.DESK),
        "Pia Lund": make_user(session, "Pia Lund", verified=False),
        "Pat Secret": make_user(session, "Pat Secret", Role.PATIENT),
        "Rex Gone": make_user(session, "Rex Gone", state=AccountState.DISABLED),
    }
    session.commit()
    return people


@pytest.mark.parametrize("role", ["clinician", "trainee"])
def test_colleagues_are_listed_and_patients_never(client, sign_in, cast, role):
    sign_in(role)
    text = page(client, "/people").get_text()
    assert all(name in text for name in ("Ada Owens", "Tom Young", "Dee Frost", "Pia Lund"))
    assert not any(name in text for name in ("Pat Secret", "Rex Gone"))
    assert "not checked yet" in text


def test_by_specialty(client, sign_in, cast):
    sign_in()
    code = cast["Ada Owens"].specialty
    found = page(client, f"/people?specialty={code}").find_all("li", class_="row")
    assert [row.strong.get_text() for row in found] == ["Ada Owens"]


def test_the_list_goes_on_by_name(client, sign_in, session):
    sign_in(name="Aa First")
    for number in range(70):
        make_user(session, f"Same Name {number // 2:02}")
    session.commit()
    first = page(client, "/people")
    rest = fragment(client, first.find("div", class_="stretch").find("a", attrs={"hx-get": True})["hx-get"])
    links = [row.a["href"] for part in (first, rest) for row in part.find_all("li", class_="row")]
    assert len(links) == len(set(links)) == 71


def test_a_page_by_public_id_and_by_login(client, sign_in, cast):
    sign_in()
    ada = cast["Ada Owens"]
    for name in (ada.public_id, ada.login, ada.login.upper()):
        shown = page(client, f"/u/{name}")
        assert shown.h1.get_text() == "Ada Owens"
        assert "Hands and feet" in shown.get_text()


@pytest.mark.parametrize("name", ["Pat Secret", "Rex Gone"])
def test_no_page_for_patients_and_the_disabled(client, sign_in, cast, name):
    sign_in()
    person = cast[name]
    assert client.get(f"/u/{person.public_id}").status_code == 404
    assert client.get(f"/u/{person.login}").status_code == 404


@pytest.mark.parametrize("role", ["patient", "desk"])
def test_others_do_not_see_people(client, sign_in, cast, role):
    sign_in(role)
    assert client.get("/people").status_code == 404
    assert client.get(f"/u/{cast['Ada Owens'].public_id}").status_code == 404
