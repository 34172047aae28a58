"""The audience table is what reasons and consents make of it, and a row that came another way is noticed."""

import pytest
from sqlalchemy import text

from pinboard import policy
from tests.factories import make_case, make_release, make_share

TAMPERED = {
    "a row too many": (
        "insert into audience (principal, seq, case_id, not_before, not_after)"
        " select 'public', seq, case_id, not_before, not_after from audience where case_id = :case"
        " and principal like 'u:%'"
    ),
    "a row too few": "delete from audience where case_id = :case and principal like 'u:%'",
    "a longer window": (
        "update audience set not_after = '9000-01-01 00:00:00.000000+00:00' where case_id = :case"
        " and principal like 's:%'"
    ),
}


def test_what_rebuild_made_has_not_drifted(session):
    cases = [make_case(session), make_case(session, choice=None), make_case(session, level=None)]
    make_release(session, cases[0])
    make_share(session, case=cases[0])
    assert policy.drifted(session, [case.id for case in cases]) == []


@pytest.mark.parametrize("how", TAMPERED)
def test_a_change_by_hand_is_noticed(session, how):
    case, other = make_case(session, level="outside"), make_case(session)
    make_share(session, case=case)
    assert session.execute(text(TAMPERED[how]), {"case": case.id}).rowcount == 1
    assert policy.drifted(session, [case.id, other.id]) == [case.id]
