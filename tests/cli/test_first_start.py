from __future__ import annotations

import re
import stat
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from pinboard.cli.first_start import prepare
from pinboard.config import load
from pinboard.identity import links, members
from pinboard.models import LinkPurpose, Role, User
from pinboard.models.engine import make_engine, make_sessions, writing

ADMIN = {"PINBOARD_ADMIN_EMAIL": "ada@clinic.example", "PINBOARD_ADMIN_PASSWORD": "a long quiet afternoon"}


@pytest.fixture
def environ(tmp_path):
    return {"PINBOARD_DATA": str(tmp_path / "instance")}


@pytest.fixture
def config(environ):
    return load(environ)


@contextmanager
def database(config):
    """Open a session on the prepared database, whose changes stay."""
    engine = make_engine(config.database_url)
    with make_sessions(engine)() as session:
        writing(session)
        yield session
        session.commit()
    engine.dispose()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def opens(config, link):
    with database(config) as session:
        return links.find(session, LinkPurpose.SETUP, link.partition("token=")[2]) is not None


def administrators(config):
    with database(config) as session:
        return session.scalars(select(User).where(User.is_admin.is_(True))).all()


def test_a_new_installation_gets_one_link_that_only_its_owner_can_read(config):
    link = prepare(config)
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/setup\?token=[\w-]{40,}", link)
    assert config.setup_path.read_text() == link + "\n"
    assert mode(config.setup_path) == 0o600
    assert mode(config.data) == 0o700


def test_a_restart_keeps_the_link(config):
    first = prepare(config)
    assert prepare(config) == first
    assert opens(config, first)


def test_a_link_that_was_lost_is_dead(config):
    first = prepare(config)
    config.setup_path.unlink()
    second = prepare(config)
    assert second != first
    assert opens(config, second)
    assert not opens(config, first)


def test_the_link_follows_the_address(environ):
    assert prepare(load(environ)).startswith("http://127.0.0.1:8000/setup?token=")
    moved = load(environ | {"PINBOARD_BASE_URL": "https://pinboard.clinic.example"})
    assert prepare(moved).startswith("https://pinboard.clinic.example/setup?token=")


def test_there_is_no_link_once_there_is_an_administrator(config):
    prepare(config)
    with database(config) as session:
        members.add(session, members.NewMember(login="ada", name="Ada", role=Role.CLINICIAN, is_admin=True))
    assert prepare(config) is None
    assert not config.setup_path.exists()


def test_the_settings_make_the_first_administrator(environ):
    assert prepare(load(environ | ADMIN)) is None
    [made] = administrators(load(environ))
    assert (made.login, made.role) == ("ada@clinic.example", Role.CLINICIAN)
    assert made.verified_at is not None


def test_the_settings_make_no_second_one(environ):
    prepare(load(environ | ADMIN))
    prepare(load(environ | ADMIN | {"PINBOARD_ADMIN_EMAIL": "eve@clinic.example"}))
    assert [made.login for made in administrators(load(environ))] == ["ada@clinic.example"]


def test_a_weak_password_is_refused_in_a_sentence(environ):
    with pytest.raises(members.MemberError, match="PINBOARD_ADMIN_PASSWORD cannot be taken"):
        prepare(load(environ | ADMIN | {"PINBOARD_ADMIN_PASSWORD": "x"}))
