import statistics
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from pinboard import clock
from pinboard.accounts import service
from pinboard.identity import passwords, throttle
from pinboard.models import AccountState, AuditEvent, Session, Throttle
from pinboard.web.sessions import cookie_name
from tests.factories import make_user
from tests.fixtures.web import PASSWORD
from tests.html import checked, page


@pytest.fixture
def ada(session, clinic):
    user = make_user(session, "Ada Owens", login="ada", email="ada@clinic.example")
    user.password_hash = passwords.make_hash(PASSWORD)
    session.commit()
    return user


def try_to(client, login, password, **options):
    return client.post("/login", {"login": login, "password": password, **options.pop("data", {})}, **options)


@pytest.mark.parametrize("name", ["ada", " ADA ", "ada@clinic.example", "Ada@Clinic.Example"])
def test_signing_in_by_login_or_address(client, ada, name):
    answer = try_to(client, name, PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Ada Owens" in client.get("/settings/profile").text


def test_the_cookie_is_closed_to_scripts_and_other_sites(client, ada):
    made = [
        line for line in try_to(client, "ada", PASSWORD).headers.getlist("Set-Cookie") if line.startswith("pinboard=")
    ]
    assert len(made) == 1
    assert "HttpOnly" in made[0]
    assert "SameSite=Lax" in made[0]
    assert "Path=/" in made[0]
    assert "Secure" not in made[0]


def test_behind_https_the_cookie_is_of_this_host_only(config):
    from dataclasses import replace

    assert cookie_name(replace(config, secure_cookies=True)) == "__Host-pinboard"
    assert cookie_name(config) == "pinboard"


@pytest.mark.parametrize(
    ("login", "password"),
    [("ada", "wrong"), ("nobody", PASSWORD), ("", PASSWORD), ("ada", ""), ("ada", "x" * 5000), ("ad\x00", PASSWORD)],
)
def test_every_failure_has_the_same_words(client, ada, login, password):
    answer = try_to(client, login, password)
    assert answer.status_code == 422
    text = checked(answer).get_text(" ")
    assert "That name and password do not go together." in text
    assert client.get("/settings/profile").status_code == 303


def test_disabled_demo_and_passwordless_accounts_fail_alike(client, session, ada):
    kinds = {"rex": {"state": AccountState.DISABLED}, "demo": {"is_demo": True}, "none": {}}
    for login, given in kinds.items():
        user = make_user(session, login=login, **given)
        user.password_hash = None if login == "none" else ada.password_hash
    session.commit()
    pages = [try_to(client, login, PASSWORD) for login in ("rex", "demo", "none", "unheard-of")]
    assert {answer.status_code for answer in pages} == {422}
    assert session.scalar(select(func.count()).select_from(Session)) == 0


def test_next_leads_to_our_pages_only(client, ada):
    assert try_to(client, "ada", PASSWORD, data={"next": "/people"}).headers["Location"] == "/people"
    client.post("/logout")
    client.forget_token()
    assert try_to(client, "ada", PASSWORD, data={"next": "//evil.example"}).headers["Location"] == "/"


def test_a_session_that_was_there_before_is_worth_nothing(client, ada, session):
    try_to(client, "ada", PASSWORD)
    old = client.get_cookie("pinboard").value
    client.forget_token()
    client.post("/login", {"login": "ada", "password": PASSWORD})
    new = client.get_cookie("pinboard").value
    assert old != new
    assert session.scalar(select(func.count()).select_from(Session)) == 1
    client.set_cookie("pinboard", old)
    assert client.get("/settings/profile").status_code == 303


def test_logout_ends_the_session_and_empties_the_cache(client, ada, session):
    try_to(client, "ada", PASSWORD)
    secret = client.get_cookie("pinboard").value
    client.forget_token()
    answer = client.post("/logout")
    assert (answer.headers["Location"], answer.headers["Clear-Site-Data"]) == ("/login", '"cache"')
    assert client.get_cookie("pinboard") is None
    client.set_cookie("pinboard", secret)
    assert client.get("/settings/profile").status_code == 303
    assert session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all() == ["signed-in", "signed-out"]


def test_logout_is_no_get(client, ada):
    try_to(client, "ada", PASSWORD)
    assert client.get("/logout").status_code == 405
    assert client.get("/settings/profile").status_code == 200


class TestThrottle:
    def fail(self, client, times, **options):
        return [try_to(client, "ada", "wrong", **options).status_code for _ in range(times)]

    def test_five_quick_tries_then_a_wait(self, client, ada):
        assert self.fail(client, 5) == [422, 422, 422, 422, 429]
        answer = try_to(client, "ada", PASSWORD)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
        assert f"Try again in {answer.headers['Retry-After']} seconds." in answer.text

    def test_a_forwarded_address_changes_nothing(self, client, ada):
        for number in range(5):
            try_to(client, "ada", "wrong", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        answer = try_to(client, "ada", PASSWORD, headers={"X-Forwarded-For": "198.51.100.7"})
        assert answer.status_code == 429

    def test_a_failed_try_beyond_the_wait_makes_it_longer(self, client, ada, session, monkeypatch):
        self.fail(client, 5)
        later = clock.now() + timedelta(seconds=5)
        monkeypatch.setattr(throttle, "now", lambda: later)
        assert self.fail(client, 1) == [429]
        assert max(session.scalars(select(Throttle.failures))) == 6

    def test_others_are_not_locked_out(self, client, ada, session):
        ben = make_user(session, login="ben")
        ben.password_hash = ada.password_hash
        session.commit()
        self.fail(client, 7)
        assert try_to(client, "ben", PASSWORD).status_code == 303

    def test_login_and_address_are_one_account(self, client, ada):
        self.fail(client, 3)
        codes = [try_to(client, "ada@clinic.example", "wrong").status_code for _ in range(2)]
        assert codes == [422, 429]

    def test_a_try_counts_before_its_hash_is_computed(self, client, ada, session, monkeypatch):
        counted = []

        def look(_made, _typed):
            counted.append(max(session.scalars(select(Throttle.failures))))
            return False

        monkeypatch.setattr(passwords, "_verify", look)
        try_to(client, "ada", "wrong")
        assert counted == [1]

    def test_signing_in_forgets_the_failures(self, client, ada):
        self.fail(client, 4)
        assert try_to(client, "ada", PASSWORD).status_code == 303
        client.post("/logout")
        client.forget_token()
        assert self.fail(client, 4) == [422] * 4


def test_an_unknown_account_takes_as_long_as_a_known_one(session, ada, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(memory_cost=2048, time_cost=4, parallelism=1))
    ada.password_hash = passwords.make_hash(PASSWORD)
    session.commit()
    passwords.is_right(None, "the hash of nobody is made once")
    monkeypatch.setattr(throttle, "wait", lambda *_: 0)

    def took(login):
        start = time.perf_counter()
        service.check_password(session, login, "wrong", address=None)
        return time.perf_counter() - start

    known, unknown = ([took(login) for _ in range(40)] for login in ("ada", "unheard-of"))
    assert abs(statistics.median(known) - statistics.median(unknown)) < 0.015


def test_before_anybody_is_there_the_first_page_is_the_set_up(client):
    assert client.get("/login").headers["Location"] == "/setup"


def test_the_page_is_whole(client, ada):
    form = page(client, "/login").find("form", id="login")
    assert form.find("input", attrs={"name": "password"})["autocomplete"] == "current-password"


class TestLock:
    def test_unlocking_needs_the_password_and_goes_back(self, client, sign_in):
        sign_in()
        answer = client.post("/lock")
        assert (answer.headers["Location"], answer.headers["Clear-Site-Data"]) == ("/lock", '"cache"')
        client.forget_token()
        assert client.get("/people").headers["Location"] == "/lock?next=%2Fpeople"
        page(client, "/lock?next=%2Fpeople")
        assert client.post("/unlock", {"password": "wrong"}).status_code == 422
        assert client.get("/people").status_code == 303
        answer = client.post("/unlock", {"password": PASSWORD, "next": "/people"})
        assert answer.headers["Location"] == "/people"
        assert client.get("/people").status_code == 200

    def test_guessing_is_slowed(self, client, sign_in):
        sign_in()
        client.post("/lock")
        client.forget_token()
        codes = [client.post("/unlock", {"password": "wrong"}).status_code for _ in range(5)]
        assert codes == [422, 422, 422, 422, 429]
        assert client.post("/unlock", {"password": PASSWORD}).status_code == 429

    def test_somebody_else_signs_the_locked_one_out(self, client, sign_in):
        sign_in()
        client.post("/lock")
        client.forget_token()
        assert client.post("/logout").headers["Location"] == "/login"
        assert client.get_cookie("pinboard") is None

    def test_a_page_that_is_not_locked_has_no_lock_page(self, client, sign_in):
        sign_in()
        assert client.get("/lock").headers["Location"] == "/"
