from datetime import timedelta

import pytest

from pinboard import clock
from pinboard.identity import throttle


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("2001:db8:12:34::1", "2001:db8:12::"),
        ("fe80::1%eth0", "fe80::"),
        ("", "unknown"),
        (None, "unknown"),
        ("x" * 500, "unknown"),
    ],
)
def test_an_address_counts_as_its_network(address, part):
    assert throttle.network(address) == part


def test_what_was_typed_is_not_in_the_key():
    assert "secret" not in "".join(throttle.keys("login", who="my secret typed as a name", address="192.0.2.1"))


def test_the_wait_doubles_and_ends_at_a_quarter_of_an_hour(session):
    names = throttle.keys("login", who="ada", address=None)[:1]
    waits = [throttle.failed(session, names) for _ in range(20)]
    assert waits[:8] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert waits[-1] == 900
    assert 0 < throttle.wait(session, names) <= 900


def test_one_account_does_not_slow_another_of_the_same_clinic(session):
    for _ in range(8):
        throttle.failed(session, throttle.keys("login", who="ada", address="192.0.2.1"))
    assert throttle.wait(session, throttle.keys("login", who="ada", address="192.0.2.1")) > 0
    assert throttle.wait(session, throttle.keys("login", who="ben", address="192.0.2.2")) == 0


def test_many_accounts_from_one_network_are_slowed(session):
    for number in range(30):
        throttle.failed(session, throttle.keys("login", who=f"u{number}", address="192.0.2.1"))
    assert throttle.wait(session, throttle.keys("login", who="fresh", address="192.0.2.200")) > 0
    assert throttle.wait(session, throttle.keys("login", who="fresh", address="198.51.100.1")) == 0


def test_success_clears_the_account_but_not_the_network(session):
    names = throttle.keys("login", who="ada", address="192.0.2.1")
    for number in range(25):
        throttle.failed(session, throttle.keys("login", who=f"u{number}", address="192.0.2.1"))
    throttle.failed(session, names)
    throttle.succeeded(session, names)
    for _ in range(2):
        waited = throttle.failed(session, names)
    assert waited > 0


def test_a_day_later_all_is_forgotten(session, monkeypatch):
    names = throttle.keys("login", who="ada", address=None)[:1]
    for _ in range(12):
        throttle.failed(session, names)
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(throttle, "now", lambda: later)
    assert throttle.wait(session, names) == 0
    assert throttle.failed(session, names) == 0
