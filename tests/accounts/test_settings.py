import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard import vocabulary
from pinboard.models import Session, User
from tests.factories import make_user
from tests.fixtures.web import PASSWORD
from tests.html import fragment, page

PAGES = ["/settings/profile", "/settings/sessions", "/settings/appearance"]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("role", ["clinician", "trainee", "desk", "patient"])
def test_everybody_has_settings(client, sign_in, url, role):
    sign_in(role)
    page(client, url)


def test_a_profile_is_changed(client, sign_in, session):
    user = sign_in()
    code = vocabulary.specialties()[0].code
    data = {"name": " Ada  Rao ", "email": "Ada@Clinic.Example", "specialty": code, "about": "Hands"}
    assert client.post("/settings/profile", data).status_code == 303
    session.refresh(user)
    assert (user.email, user.specialty, user.about) == ("ada@clinic.example", code, "Hands")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": "no address"},
        {"specialty": "made up"},
        {"about": "x" * 401},
        {"email": "olga@clinic.example"},
    ],
)
def test_a_wrong_profile_is_refused_beside_its_field(client, sign_in, session, clinic, wrong):
    user = sign_in()
    clinic.email = "olga@clinic.example"
    session.commit()
    name = user.name
    answer = fragment(client, "/settings/profile", 422, method="POST", data={"name": "New", **wrong})
    assert answer.find(attrs={"name": next(iter(wrong)), "aria-invalid": "true"})
    session.refresh(user)
    assert user.name == name


def test_the_theme_is_on_every_page(client, sign_in):
    sign_in()
    assert page(client, "/people").html["data-theme"] == "system"
    assert client.post("/settings/appearance", {"theme": "light"}).status_code == 303
    assert page(client, "/people").html["data-theme"] == "light"
    assert client.post("/settings/appearance", {"theme": "pink"}).status_code == 422


def appearance_of(soup):
    return {name: soup.html.get(f"data-{name}") for name in ("contrast", "text", "motion")}


def is_dressed(soup):
    """Tell whether the page loads the style sheet of what was chosen."""
    return soup.find("link", href=re.compile("appearance.css")) is not None


def test_contrast_size_and_motion_are_on_every_page_of_who_chose_them_alone(client, sign_in, browser):
    sign_in()
    sign_in("clinician", other := browser())
    chosen = {"contrast": "more", "text": "150", "motion": "less"}
    assert client.post("/settings/appearance", {"theme": "system", **chosen}).status_code == 303
    assert appearance_of(page(client, "/people")) == chosen
    assert is_dressed(page(client, "/people"))
    assert appearance_of(page(other, "/people")) == dict.fromkeys(chosen)
    assert not is_dressed(page(other, "/people"))
    assert client.post("/settings/appearance", {"theme": "dark", "contrast": "more"}).status_code == 303
    assert appearance_of(page(client, "/people")) == {"contrast": "more", "text": None, "motion": None}
    assert client.post("/settings/appearance", {}).status_code == 422


@pytest.mark.parametrize("wrong", [{"contrast": "less"}, {"text": "400"}, {"motion": ""}])
def test_what_is_not_offered_is_refused_beside_its_choice(client, sign_in, wrong):
    sign_in()
    part = fragment(client, "/settings/appearance", 422, method="POST", data={"theme": "dark", **wrong})
    assert "Choose one of the list." in part.find(attrs={"name": next(iter(wrong))}).find_parent("fieldset").get_text()
    assert appearance_of(page(client, "/people")) == dict.fromkeys(("contrast", "text", "motion"))


def test_a_word_that_a_later_version_does_not_know_is_the_usual(client, sign_in, session):
    sign_in().preferences = {"theme": "sepia", "text": 400}
    session.commit()
    soup = page(client, "/settings/appearance")
    assert (soup.html["data-theme"], soup.html.get("data-text")) == ("system", None)
    assert soup.find("input", attrs={"name": "text", "checked": True})["value"] == "100"


def test_the_preview_shows_what_is_saved_without_a_script(client, sign_in):
    sign_in()
    shown = page(client, "/settings/appearance").find(attrs={"data-preview": True})
    assert (shown["data-theme"], shown["data-text"], shown.has_attr("data-keys")) == ("system", "100", True)
    client.post("/settings/appearance", {"theme": "dark", "text": "125", "covers": "1"})
    shown = page(client, "/settings/appearance").find(attrs={"data-preview": True})
    assert (shown["data-theme"], shown["data-text"], shown.has_attr("data-keys")) == ("dark", "125", False)
    assert shown.has_attr("data-covers")


def test_the_page_that_a_phone_keeps_says_nothing_of_who_fetched_it(client, sign_in):
    sign_in()
    client.post("/settings/appearance", {"theme": "dark", "text": "150"})
    kept = page(client, "/offline")
    assert (kept.html["data-theme"], kept.html.get("data-text")) == ("system", None)
    assert not is_dressed(kept)


class TestSessions:
    def test_one_sees_and_ends_ones_own(self, client, sign_in, browser):
        ada = sign_in()
        sign_in(ada, other := browser())
        listed = page(client, "/settings/sessions")
        assert "this browser" in listed.get_text()
        forms = [form["action"] for form in listed.find_all("form") if form["action"].endswith("/end")]
        assert len(forms) == 1
        part = fragment(client, forms[0], method="POST")
        assert len(part.find_all("li")) == 1
        assert other.get("/settings/profile").status_code == 303
        assert client.get("/settings/profile").status_code == 200

    @pytest.mark.parametrize(
        ("stored", "english", "spanish"),
        [
            ("Firefox/Linux", "Firefox on Linux", "Firefox en Linux"),
            ("unknown", "Unknown device", "Dispositivo desconocido"),
            ("Safari", "Safari", "Safari"),
            # As rows were written before.
            ("Edge on Windows", "Edge on Windows", "Edge en Windows"),
            ("Unknown device", "Unknown device", "Dispositivo desconocido"),
        ],
    )
    def test_the_device_is_said_in_the_readers_language(self, client, sign_in, session, stored, english, spanish):
        for language, said in (("en", english), ("es", spanish)):
            sign_in(preferences={"language": language})
            row = session.scalars(select(Session).order_by(Session.id.desc())).first()
            row.device = stored
            session.commit()
            assert page(client, "/settings/sessions").select_one("#sessions strong").get_text() == said

    def test_never_anothers(self, client, sign_in, browser, session):
        sign_in()
        sign_in("clinician", other := browser())
        row = session.scalars(select(Session).order_by(Session.id.desc())).first()
        assert client.post(f"/settings/sessions/{row.public_id}/end").status_code == 404
        assert other.get("/settings/profile").status_code == 200
        assert "192.0.2.0" in page(client, "/settings/sessions").get_text()
        assert len(page(client, "/settings/sessions").find("div", id="sessions").find_all("li")) == 1

    def test_ending_all_others(self, client, sign_in, browser):
        ada = sign_in()
        others = [browser() for _ in range(3)]
        for other in others:
            sign_in(ada, other)
        assert client.post("/settings/sessions/end-others").status_code == 303
        assert [other.get("/settings/profile").status_code for other in others] == [303] * 3
        assert client.get("/settings/profile").status_code == 200


class TestPassword:
    NEW = "blue lamp 77 window"

    def test_it_is_changed_and_others_are_out(self, client, sign_in, browser):
        ada = sign_in()
        sign_in(ada, other := browser())
        assert client.post("/settings/password", {"current": PASSWORD, "password": self.NEW}).status_code == 303
        assert client.get("/settings/profile").status_code == 200
        assert other.get("/settings/profile").status_code == 303
        assert client.post("/settings/password", {"current": PASSWORD, "password": self.NEW}).status_code == 422

    @pytest.mark.parametrize(
        ("current", "password", "field"),
        [("wrong", NEW, "current"), ("", NEW, "current"), (PASSWORD, "short", "password")],
    )
    def test_not_without_the_old_one_nor_for_a_weak_one(self, client, sign_in, session, current, password, field):
        ada = sign_in()
        before = ada.password_hash
        data = {"current": current, "password": password}
        part = fragment(client, "/settings/password", 422, method="POST", data=data)
        assert part.find(attrs={"name": field, "aria-invalid": "true"})
        session.refresh(ada)
        assert ada.password_hash == before

    def test_guessing_the_old_one_is_slowed(self, client, sign_in):
        sign_in()
        for _ in range(5):
            client.post("/settings/password", {"current": "wrong", "password": self.NEW})
        answer = client.post("/settings/password", {"current": PASSWORD, "password": self.NEW})
        assert answer.status_code == 422
        assert "Try again in" in answer.text


def test_being_seen_is_written_after_the_answer_and_once_a_minute(client, sign_in, session):
    ada = sign_in()
    row = session.scalars(select(Session)).one()
    row.seen_at -= timedelta(minutes=2)
    session.commit()
    before = row.seen_at
    answer = client.get("/people")
    session.expire_all()
    assert row.seen_at == before
    answer.close()
    session.expire_all()
    assert row.seen_at > before
    assert ada.last_seen_at == row.seen_at
    after = row.seen_at
    client.get("/people").close()
    session.expire_all()
    assert row.seen_at == after


def test_polling_does_not_write_for_somebody_else(client, sign_in, session):
    sign_in()
    other = make_user(session, login="other")
    session.commit()
    client.get("/people").close()
    assert session.get(User, other.id).last_seen_at is None
