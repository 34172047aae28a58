"""Two who change what readers outside hang on at the same time leave the table as the rules say."""

import threading

import pytest

from pinboard import policy
from pinboard.models import Case, ConsentLevel, User
from pinboard.models.engine import make_sessions, writing
from tests.factories import make_case, make_picture, make_share, make_user


@pytest.mark.parametrize("is_link_first", [True, False])
def test_a_link_beside_a_change_of_the_gate_is_derived_by_one_of_both(fresh_database, is_link_first):
    sessions = make_sessions(fresh_database)
    with sessions() as session:
        writing(session)
        boss, case = make_user(session, is_admin=True), make_case(session, level=ConsentLevel.OUTSIDE)
        make_picture(session, case, needs_attest=True)
        policy.set_release_gate(session, is_on=False, reason="One doctor", by=boss)
        session.commit()
        case_id, boss_id = case.id, boss.id

    def link(session):
        return make_share(session, case=session.get_one(Case, case_id)).id

    def close(session):
        policy.set_release_gate(session, is_on=True, reason="", by=session.get_one(User, boss_id))

    def act(change):
        with sessions() as session:
            writing(session)
            change(session)
            session.commit()

    first, second = (link, close) if is_link_first else (close, link)
    with sessions() as session:
        writing(session)
        first(session)
        other = threading.Thread(target=act, args=(second,))
        other.start()
        session.commit()
        other.join(30)
    with sessions() as session:
        assert not policy.may_leave(session, session.get_one(Case, case_id))
        assert policy.drifted(session, [case_id]) == []
