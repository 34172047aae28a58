"""The public sample: who offers, who picks, what it needs, and how it ends."""

from datetime import timedelta

import pytest

from pinboard import clock, policy
from pinboard.models import CaseState, ConsentLevel, Source, User
from pinboard.models.clinic_settings import decide
from tests.factories import make_case, make_consent, make_sample, make_user


@pytest.fixture
def oz(session):
    return make_user(session, "Oz Admin", is_admin=True)


@pytest.fixture
def offered(session):
    """Give a case that its author offered, with a consent that reaches everybody."""
    return make_sample(session, make_case(session, level=ConsentLevel.PUBLIC, choice="nobody"))


def sees(session, reader, case, verb="see"):
    try:
        return policy.case_for(session, reader, verb, case.public_id) is case
    except policy.NotFound:
        return False


def test_an_offer_alone_shows_nothing_and_a_pick_alone_is_refused(session, offered, oz):
    assert not sees(session, policy.NOBODY, offered)
    with pytest.raises(policy.NotFound):
        policy.pick_public(session, make_case(session, level=ConsentLevel.PUBLIC), oz)
    with pytest.raises(policy.NotFound):
        policy.pick_public(session, offered, session.get(User, offered.author_id))
    policy.pick_public(session, offered, oz)
    assert sees(session, policy.NOBODY, offered)


@pytest.mark.parametrize("level", [None, *ConsentLevel])
def test_only_a_public_consent_lets_an_outsider_in(session, oz, level):
    case = make_sample(session, make_case(session, level=level, choice="nobody"))
    policy.pick_public(session, case, oz)
    assert sees(session, policy.NOBODY, case) == (level is ConsentLevel.PUBLIC)


def test_either_of_both_ends_it_alone(session, offered, oz):
    policy.pick_public(session, offered, oz)
    policy.unpick_public(session, offered)
    assert not sees(session, policy.NOBODY, offered)
    policy.pick_public(session, offered, oz)
    policy.offer_public(session, offered, is_offered=False)
    assert not sees(session, policy.NOBODY, offered)


def test_an_offer_changes_no_other_reader(session, oz):
    cleo, case = make_user(session), make_case(session, level=ConsentLevel.PUBLIC)
    make_sample(session, case)
    policy.pick_public(session, case, oz)
    policy.offer_public(session, case, is_offered=False)
    assert sees(session, policy.reader_for(session, cleo), case)


def test_the_end_of_a_consent_ends_it(session, offered, oz, monkeypatch):
    policy.pick_public(session, offered, oz)
    short = make_case(session, level=None, choice="nobody")
    make_consent(session, short, ConsentLevel.PUBLIC, valid_until=clock.now() + timedelta(hours=1))
    policy.pick_public(session, make_sample(session, short), oz)
    assert sees(session, policy.NOBODY, short)
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not sees(session, policy.NOBODY, short)
    assert sees(session, policy.NOBODY, offered)


def test_an_administrator_looks_at_what_is_offered_and_at_nothing_else(session, offered, oz):
    admin, author = policy.reader_for(session, oz), policy.reader_for(session, session.get(User, offered.author_id))
    assert sees(session, admin, offered, "sample")
    assert not sees(session, admin, make_case(session, level=ConsentLevel.PUBLIC, choice="nobody"), "sample")
    assert not sees(session, admin, make_sample(session, make_case(session)), "sample")
    for reader in (author, policy.NOBODY):
        assert not sees(session, reader, offered, "sample")
    offered.state = CaseState.WITHDRAWN
    policy.rebuild(session, [offered.id])
    assert not sees(session, admin, offered, "sample")


def test_a_visitor_is_nobody_while_the_clinic_shows_nothing(session):
    assert policy.outsider(session) == policy.SHUT_OUT
    decide(session, "discover", True, by_id=None)
    assert policy.outsider(session) == policy.NOBODY
    decide(session, "discover", False, by_id=None)
    assert policy.outsider(session) == policy.SHUT_OUT


def test_what_is_new_is_counted_from_where_one_left(session):
    cases = [make_case(session) for _ in range(3)]
    reader = policy.reader_for(session, make_user(session))
    newer = [row.case_id for row in session.execute(policy.newest(reader, since=cases[0].seq))]
    assert newer == [cases[2].id, cases[1].id]
    assert session.execute(policy.newest(reader, since=cases[2].seq)).all() == []


def test_a_grant_to_everybody_needs_no_row_of_readers(session, offered, oz):
    policy.pick_public(session, offered, oz)
    assert [why.source for why in policy.audience_of(session, offered)] == [Source.AUTHOR, Source.PUBLIC]
