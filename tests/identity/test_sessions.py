from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard import clock
from pinboard.identity import sessions
from pinboard.models import AccountState
from pinboard.models import Session as SignIn
from pinboard.models.clinic_settings import decide
from tests.factories import make_user


@pytest.fixture
def at(monkeypatch):
    """Set the clock of sessions."""
    start = clock.now()

    def act(**later):
        monkeypatch.setattr(sessions, "now", lambda: start + timedelta(**later))

    return act


def test_the_cookie_is_not_in_the_row(session):
    secret = sessions.start(session, make_user(session))
    row = session.scalars(select(SignIn)).one()
    assert sessions.find(session, secret).id == row.id
    assert len(secret) >= 43
    assert secret not in {row.token_hash, row.public_id}


@pytest.mark.parametrize("secret", ["", "x", "ünï", "x" * 99])
def test_any_other_cookie_finds_nobody(session, secret):
    sessions.start(session, make_user(session))
    assert sessions.find(session, secret) is None


def test_the_row_keeps_the_family_of_the_browser_and_the_network_alone(session):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"
    sessions.start(session, make_user(session), agent=agent, address="192.0.2.77")
    row = session.scalars(select(SignIn)).one()
    assert (row.device, row.address) == ("Edge/Windows", "192.0.2.0")


@pytest.mark.parametrize(
    ("agent", "stored"),
    [
        ("", "unknown"),
        ("x", "unknown"),
        ("curl/8.0", "curl"),
        ("(X11; Linux)", "Linux"),
        ("Firefox/1 Linux", "Firefox/Linux"),
    ],
)
def test_a_device_is_kept_in_no_language(agent, stored):
    assert sessions.device(agent) == stored


def test_a_session_ends_when_nobody_uses_it(session, at):
    secret = sessions.start(session, make_user(session))
    at(minutes=59)
    assert sessions.find(session, secret)
    at(minutes=61)
    assert sessions.find(session, secret) is None


def test_use_keeps_a_session_alive_until_its_absolute_end(session, at):
    user = make_user(session)
    secret = sessions.start(session, user)
    for minute in range(50, 720, 50):
        at(minutes=minute)
        row = sessions.find(session, secret)
        assert row, minute
        sessions.seen(session, row.id, user.id)
        session.expire_all()
    at(minutes=721)
    assert sessions.find(session, secret) is None


def test_the_clinic_decides_the_times(session, at):
    decide(session, "session_idle_minutes", 5, by_id=None)
    secret = sessions.start(session, make_user(session))
    at(minutes=6)
    assert sessions.find(session, secret) is None


def test_a_disabled_account_has_no_session(session):
    user = make_user(session)
    secret = sessions.start(session, user)
    user.state = AccountState.DISABLED
    session.flush()
    assert sessions.find(session, secret) is None


def test_ending_all_spares_others_and_the_one_to_keep(session):
    user, other = make_user(session), make_user(session)
    here, there = sessions.start(session, user), sessions.start(session, user)
    elsewhere = sessions.start(session, other)
    sessions.end_all(session, user, but=sessions.find(session, here))
    assert sessions.find(session, here)
    assert sessions.find(session, there) is None
    assert sessions.find(session, elsewhere)
    assert [row.user_id for row in sessions.list_of(session, other)] == [other.id]


def test_last_seen_is_written_once_a_minute(session, at):
    user = make_user(session)
    sessions.start(session, user)
    row = session.scalars(select(SignIn)).one()
    before = row.seen_at
    at(seconds=30)
    assert not sessions.is_due(row)
    sessions.seen(session, row.id, user.id)
    session.expire_all()
    assert row.seen_at == before
    at(seconds=61)
    assert sessions.is_due(row)
    sessions.seen(session, row.id, user.id)
    session.expire_all()
    assert row.seen_at > before
    assert user.last_seen_at == row.seen_at
