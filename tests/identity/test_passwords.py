from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest
from argon2 import PasswordHasher

from pinboard.identity import passwords


def test_the_cost_is_what_the_design_says():
    real = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
    source = passwords.__spec__.loader.get_source("pinboard.identity.passwords")
    assert "PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)" in source
    assert real.hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_right_password_passes_and_a_wrong_one_does_not():
    made = passwords.make_hash("correct horse battery")
    assert passwords.is_right(made, "correct horse battery")
    assert not passwords.is_right(made, "correct horse batterY")
    assert not passwords.is_right("not a hash", "correct horse battery")


def test_nobody_has_the_password_of_nobody():
    assert not passwords.is_right(None, "nobody has this password")


def test_an_account_without_a_password_costs_a_hash_too(monkeypatch):
    verified = []
    monkeypatch.setattr(passwords, "_verify", lambda made, typed: verified.append(made) or False)
    passwords.is_right(None, "anything at all")
    passwords.is_right("a hash", "anything at all")
    assert len(verified) == 2


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "password1234",
        "PassWord 1234",
        "aaaaaaaaaaaa",
        "abababababab",
        "adarao123456",
        "x" * 257,
    ],
)
def test_weak_passwords_are_refused_in_words(password):
    assert passwords.objection(password, ["adarao", "Riverside Clinic"])


@pytest.mark.parametrize(
    "password", ["correct horse battery", "blue lamp 77 window", "ünïcödé wörks tøø", "x1y2z3w4v5u6"]
)
def test_good_passwords_pass_without_rules_about_letters(password):
    assert passwords.objection(password, ["adarao", "Riverside Clinic", None, ""]) is None


def test_the_name_of_the_clinic_is_no_password():
    assert passwords.objection("riverside clinic", ["Riverside Clinic"])
    assert passwords.objection("riverside clinic 1", ["Riverside Clinic"])


def test_hashes_at_once_are_capped(monkeypatch):
    entered, leave = Semaphore(0), Event()

    class Waiting:
        def hash(self, _password):
            entered.release()
            assert leave.wait(10)
            return "made"

    monkeypatch.setattr(passwords, "hasher", Waiting())
    with ThreadPoolExecutor(8) as threads:
        made = [threads.submit(passwords.make_hash, "x") for _ in range(8)]
        for _ in range(4):
            assert entered.acquire(timeout=10)
        assert not passwords._seats.acquire(blocking=False)
        leave.set()
        assert [one.result(10) for one in made] == ["made"] * 8
