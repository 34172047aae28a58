from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard import clock
from pinboard.identity import links
from pinboard.models import LinkPurpose, Role, SingleUseLink
from pinboard.models.engine import make_sessions, writing
from tests.factories import make_user


def secret_of(path):
    return path.replace("=", "/").rpartition("/")[2]


def test_only_the_hash_is_stored(session):
    link, path = links.issue(session, LinkPurpose.INVITATION, role=Role.TRAINEE)
    secret = secret_of(path)
    assert len(secret) >= 43
    assert secret not in repr([getattr(link, column.name) for column in SingleUseLink.__table__.columns])
    assert links.find(session, LinkPurpose.INVITATION, secret) is link


@pytest.mark.parametrize("other", [LinkPurpose.SETUP, LinkPurpose.RESET])
def test_a_link_of_one_purpose_opens_nothing_else(session, other):
    _link, path = links.issue(session, LinkPurpose.INVITATION, role=Role.TRAINEE)
    assert links.find(session, other, secret_of(path)) is None


@pytest.mark.parametrize("secret", [None, "", "x", "x" * 5000, "ünï", "' OR 1=1 --"])
def test_nonsense_opens_nothing(session, secret):
    assert links.find(session, LinkPurpose.INVITATION, secret) is None


def test_a_used_or_revoked_link_is_dead(session):
    link, path = links.issue(session, LinkPurpose.RESET, user_id=make_user(session).id)
    assert links.redeem(session, link)
    assert not links.redeem(session, link)
    session.expire_all()
    assert links.find(session, LinkPurpose.RESET, secret_of(path)) is None
    _link, path = links.issue(session, LinkPurpose.INVITATION, role=Role.DESK)
    links.revoke(session, LinkPurpose.INVITATION)
    session.expire_all()
    assert links.find(session, LinkPurpose.INVITATION, secret_of(path)) is None


@pytest.mark.parametrize(
    ("purpose", "life"), [(LinkPurpose.RESET, timedelta(hours=1)), (LinkPurpose.INVITATION, timedelta(days=7))]
)
def test_links_end_by_themselves(session, monkeypatch, purpose, life):
    link, path = links.issue(session, purpose)
    start = clock.now()
    monkeypatch.setattr(links, "now", lambda: start + life - timedelta(minutes=1))
    assert links.find(session, purpose, secret_of(path)) is link
    monkeypatch.setattr(links, "now", lambda: start + life + timedelta(minutes=1))
    assert links.find(session, purpose, secret_of(path)) is None
    assert not links.redeem(session, link)


def test_a_new_reset_link_kills_the_one_before(session):
    user, other = make_user(session), make_user(session)
    first, kept = links.reset_password(session, user, by_id=None), links.reset_password(session, other, by_id=None)
    second = links.reset_password(session, user, by_id=None)
    session.expire_all()
    assert links.find(session, LinkPurpose.RESET, secret_of(first)) is None
    assert links.find(session, LinkPurpose.RESET, secret_of(second)) is not None
    assert links.find(session, LinkPurpose.RESET, secret_of(kept)) is not None


def test_of_twenty_at_once_exactly_one_wins(fresh_database):
    sessions = make_sessions(fresh_database)
    with sessions() as session:
        writing(session)
        _link, path = links.issue(session, LinkPurpose.INVITATION, role=Role.TRAINEE)
        session.commit()

    def use(_number):
        with sessions() as session:
            writing(session)
            link = session.scalar(
                select(SingleUseLink).where(SingleUseLink.token_hash == links.hash_of(secret_of(path)))
            )
            won = links.redeem(session, link)
            session.commit()
            return won

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(use, range(20))) == 1
