"""Every cell of the consent table: what each level lets in, and what it does not."""

from datetime import timedelta

import pytest

from pinboard import clock, policy
from pinboard.models import (
    CaseRole,
    CaseState,
    CaseVerb,
    Consent,
    ConsentLevel,
    Grant,
    Release,
    Role,
    ShareKind,
    Source,
    Subject,
    User,
)
from tests.factories import (
    add,
    make_board,
    make_case,
    make_consent,
    make_group,
    make_patient_board,
    make_release,
    make_share,
    make_subject,
    make_user,
)

FIRST_ALLOWED = {
    Source.AUTHOR: None,
    Source.DELEGATE: "care",
    Source.NAMED: "care",
    Source.CONNECTION: "clinic",
    Source.GROUP: "clinic",
    Source.BOARD: "clinic",
    Source.CLINIC: "clinic",
    Source.TRAINEES: "clinic",
    Source.COLLEAGUE_SHARE: "outside",
    Source.PUBLIC: "public",
    Source.RELEASE: None,
    Source.SUBJECT_SHARE: None,
}
LEVELS = (None, *ConsentLevel)


def _reader(session, case, source):
    """Make somebody who may see the case for this reason alone."""
    if source is Source.AUTHOR:
        return policy.reader_for(session, session.get_one(User, case.author_id))
    if source is Source.COLLEAGUE_SHARE:
        return policy.reader_for_share(session, make_share(session, case=case))
    if source in {Source.RELEASE, Source.SUBJECT_SHARE}:
        board = make_patient_board(session, session.get_one(Subject, case.subject_id))
        make_release(session, case, board)
        if source is Source.RELEASE:
            return policy.reader_for(session, make_user(session, role=Role.PATIENT, subject_id=case.subject_id))
        return policy.reader_for_share(session, make_share(session, case=case, kind=ShareKind.SUBJECT))
    return _member(session, case, source)


def _member(session, case, source):
    if source is Source.PUBLIC:
        policy.grant(session, case, policy.PUBLIC, source, by=None)
        return policy.NOBODY
    user = make_user(session, role=Role.TRAINEE if source is Source.TRAINEES else Role.CLINICIAN)
    if source is Source.DELEGATE:
        add(session, CaseRole(case_id=case.id, user_id=user.id, role=CaseVerb.DELEGATE, given_at=clock.now()))
        policy.rebuild(session, [case.id])
        return policy.reader_for(session, user)
    principals = {
        Source.NAMED: policy.member(user.id),
        Source.CONNECTION: policy.member(user.id),
        Source.GROUP: policy.in_group(make_group(session, user).id),
        Source.BOARD: policy.on_board(make_board(session, readers=[user]).id),
        Source.CLINIC: policy.CLINICIANS,
        Source.TRAINEES: policy.TRAINEES,
    }
    policy.grant(session, case, principals[source], source, by=None)
    return policy.reader_for(session, user)


def _sees(session, reader, case):
    return case.id in {place.case_id for place in policy.feed(session, reader)}


@pytest.fixture
def bare(session):
    def make(level):
        return make_case(session, subject_id=make_subject(session).id, level=level, choice="nobody", pictures=0)

    return make


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("level", LEVELS)
def test_a_level_lets_in_what_the_table_says(session, bare, level, source):
    case = bare(level)
    first = FIRST_ALLOWED[source]
    allowed = first is None or (level is not None and LEVELS.index(level) >= LEVELS.index(ConsentLevel(first)))
    assert _sees(session, _reader(session, case, source), case) is allowed


def test_the_table_names_every_source_once():
    printed = [source for _level, sources in policy.describe_levels() for source in sources]
    assert sorted(printed) == sorted(Source)
    assert {source: level and ConsentLevel(level) for source, level in FIRST_ALLOWED.items()} == policy.LEVEL_NEEDED


@pytest.mark.parametrize("source", sorted(set(Source) - {Source.AUTHOR, Source.RELEASE, Source.SUBJECT_SHARE}))
def test_withdrawn_consent_ends_every_access_that_needed_it(session, bare, source):
    case = bare(ConsentLevel.PUBLIC)
    reader = _reader(session, case, source)
    assert _sees(session, reader, case)
    session.query(Consent).filter_by(case_id=case.id).one().withdrawn_at = clock.now()
    policy.rebuild(session, [case.id])
    assert not _sees(session, reader, case)


@pytest.mark.parametrize("source", [Source.RELEASE, Source.SUBJECT_SHARE])
@pytest.mark.parametrize(
    ("state", "seen"), [(CaseState.WITHDRAWN, True), (CaseState.HIDDEN, False), (CaseState.ERASED, False)]
)
def test_the_subject_keeps_access_but_for_hidden_and_erased(session, bare, source, state, seen):
    case = bare(None)
    reader = _reader(session, case, source)
    assert _sees(session, reader, case)
    case.state = state
    policy.rebuild(session, [case.id])
    assert _sees(session, reader, case) is seen


@pytest.mark.parametrize("source", sorted(set(Source) - {Source.RELEASE, Source.SUBJECT_SHARE}))
@pytest.mark.parametrize("state", [CaseState.WITHDRAWN, CaseState.HIDDEN, CaseState.ERASED])
def test_nobody_else_keeps_it(session, bare, source, state):
    case = bare(ConsentLevel.PUBLIC)
    reader = _reader(session, case, source)
    case.state = state
    policy.rebuild(session, [case.id])
    assert not _sees(session, reader, case)


def test_a_revoked_release_ends_the_subjects_access(session, bare):
    case = bare(ConsentLevel.CLINIC)
    readers = [_reader(session, case, source) for source in (Source.RELEASE, Source.SUBJECT_SHARE)]
    for release in session.query(Release).filter_by(case_id=case.id):
        release.revoked_at = clock.now()
    policy.rebuild(session, [case.id])
    assert not any(_sees(session, reader, case) for reader in readers)


def test_a_consent_counts_from_its_day_to_its_end(session, bare, stopped_clock):
    case = bare(None)
    start = stopped_clock() + timedelta(hours=1)
    make_consent(session, case, taken_at=start, valid_until=start + timedelta(hours=1))
    policy.grant(session, case, policy.CLINICIANS, Source.CLINIC, by=None)
    user = make_user(session)
    seen = []
    for _ in range(4):
        seen.append(_sees(session, policy.reader_for(session, user), case))
        stopped_clock.pass_by(minutes=45)
    assert seen == [False, False, True, False]


def test_two_windows_of_one_reader_stay_two(session, bare, stopped_clock):
    case = bare(ConsentLevel.CLINIC)
    user, day = make_user(session), timedelta(days=1)
    for begins in (0, 2):
        window = policy.Window(stopped_clock() + begins * day, stopped_clock() + (begins + 1) * day)
        policy.grant(session, case, policy.member(user.id), Source.NAMED, by=None, window=window)
    assert session.query(Grant).filter_by(case_id=case.id).count() == 2
    seen = []
    for _ in range(4):
        seen.append(_sees(session, policy.reader_for(session, user), case))
        stopped_clock.pass_by(days=1)
    assert seen == [True, False, True, False]


def test_the_same_reason_twice_is_one_and_goes_at_once(session, bare):
    case = bare(ConsentLevel.CLINIC)
    for _ in range(2):
        policy.grant(session, case, policy.CLINICIANS, Source.CLINIC, by=case.author_id)
    assert policy.revoke(session, case, source=Source.CLINIC) == 1
    assert not _sees(session, policy.reader_for(session, make_user(session)), case)


def test_revoking_needs_to_know_what(session, bare):
    with pytest.raises(ValueError, match="principal or the source"):
        policy.revoke(session, bare(None))


def test_publishing_gives_each_case_the_next_place(session):
    given = [policy.publish_order(session) for _ in range(3)]
    assert given == [given[0], given[0] + 1, given[0] + 2]


@pytest.mark.parametrize("order", [(1, 3), (3, 1)])
def test_of_two_reasons_that_begin_together_the_longer_counts(session, bare, stopped_clock, order):
    case, user, begin = bare(ConsentLevel.CLINIC), make_user(session), stopped_clock()
    for hours in order:
        window = policy.Window(begin, begin + timedelta(hours=hours))
        policy.grant(session, case, policy.member(user.id), Source.NAMED, by=None, window=window)
    stopped_clock.pass_by(hours=2)
    assert _sees(session, policy.reader_for(session, user), case)


@pytest.mark.parametrize("order", [(1, 3), (3, 1)])
def test_of_two_reasons_that_end_together_the_earlier_counts(session, bare, stopped_clock, order):
    case, user, end = bare(ConsentLevel.CLINIC), make_user(session), stopped_clock() + timedelta(hours=4)
    for hours in order:
        window = policy.Window(stopped_clock() + timedelta(hours=hours), end)
        policy.grant(session, case, policy.member(user.id), Source.NAMED, by=None, window=window)
    stopped_clock.pass_by(hours=2)
    assert _sees(session, policy.reader_for(session, user), case)
