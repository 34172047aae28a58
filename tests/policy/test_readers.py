"""Who a reader is: computed from live rows, never more than 64 principals, and one register at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from pinboard import clock, policy
from pinboard.models import (
    AccountState,
    Board,
    BoardKind,
    CaseRole,
    ConsentLevel,
    GroupMember,
    Role,
    ShareKind,
    Source,
    Subject,
    User,
)
from tests.factories import (
    make_board,
    make_case,
    make_draft,
    make_group,
    make_patient_board,
    make_release,
    make_share,
    make_subject,
    make_user,
)


def _sees(session, reader, case):
    return session.query(type(case).id).filter(type(case).id == case.id, policy.visible(reader)).count() == 1


def _statements(session, act):
    said = []

    def note(*happening):
        said.append(happening[2])

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(said)


@pytest.mark.parametrize(
    ("role", "verified", "principals"),
    [
        (Role.CLINICIAN, True, ("clinic:clinician", "u:")),
        (Role.TRAINEE, True, ("clinic:trainee", "u:")),
        (Role.CLINICIAN, False, ()),
        (Role.TRAINEE, False, ()),
        (Role.DESK, True, ()),
        (Role.PATIENT, True, ("p:",)),
    ],
)
def test_what_a_role_stands_for(session, role, verified, principals):
    user = make_user(session, role=role, verified=verified)
    own = tuple(f"{one}{user.id}" if one.endswith(":") else one for one in principals)
    assert policy.reader_for(session, user).principals == own


def test_the_admin_flag_adds_nothing(session):
    plain = policy.reader_for(session, make_user(session, role=Role.DESK))
    admin = policy.reader_for(session, make_user(session, role=Role.DESK, is_admin=True))
    assert admin.principals == plain.principals == ()
    assert admin.is_admin


def test_a_disabled_account_is_nobody_and_less(session):
    gone = policy.reader_for(session, make_user(session, state=AccountState.DISABLED, is_admin=True))
    assert gone == policy.SHUT_OUT
    assert policy.reader_for(session, None) == policy.NOBODY


def test_an_overdue_check_counts_as_unverified(session, stopped_clock):
    user = make_user(session, recheck_at=stopped_clock() + timedelta(days=1))
    assert policy.reader_for(session, user).verified
    stopped_clock.pass_by(days=2)
    assert policy.reader_for(session, user).principals == ()


def test_a_pending_clinician_reaches_own_drafts_and_nothing_published(session):
    pia = make_user(session, verified=False)
    reader = policy.reader_for(session, pia)
    draft, case = make_draft(session, pia), make_case(session, pia)
    assert policy.case_for(session, reader, "edit", draft.public_id) is draft
    for verb, wanted in [("publish", draft), ("see", case), ("edit", case), ("comment", case)]:
        with pytest.raises(policy.NotFound):
            policy.case_for(session, reader, verb, wanted.public_id)


def test_membership_is_live(session):
    user, group = make_user(session), make_group(session)
    case = make_case(session, choice="nobody")
    policy.grant(session, case, policy.in_group(group.id), Source.GROUP, by=None)
    assert not _sees(session, policy.reader_for(session, user), case)
    membership = GroupMember(group_id=group.id, user_id=user.id, added_at=clock.now())
    session.add(membership)
    session.flush()
    assert _sees(session, policy.reader_for(session, user), case)
    session.delete(membership)
    session.flush()
    assert not _sees(session, policy.reader_for(session, user), case)


def test_never_more_than_64_principals_in_one_statement(session):
    user = make_user(session)
    case = make_case(session, choice="nobody", pictures=0)
    for _ in range(80):
        policy.grant(session, case, policy.in_group(make_group(session, user).id), Source.GROUP, by=None)
    reader = policy.reader_for(session, user)
    assert len(reader.principals) == policy.MAX_PRINCIPALS == len(set(reader.principals))
    assert f"u:{user.id}" in reader.principals
    assert _statements(session, lambda: policy.reader_for(session, user)) == 1
    assert policy.feed(session, reader)[0].case_id == case.id


def test_boards_that_nobody_chose_take_no_place(session):
    user = make_user(session)
    for _ in range(80):
        make_board(session, user)
    chosen = make_board(session, readers=[user])
    case = make_case(session, choice="nobody", pictures=0)
    policy.grant(session, case, policy.on_board(chosen.id), Source.BOARD, by=None)
    assert policy.on_board(chosen.id) in policy.reader_for(session, user).principals
    assert len(policy.reader_for(session, user).principals) == 3


def test_a_patient_has_at_most_64_boards_open(session):
    subject = make_subject(session)
    for _ in range(70):
        make_patient_board(session, subject)
    pat = make_user(session, role=Role.PATIENT, subject_id=subject.id)
    assert len(policy.reader_for(session, pat).principals) == policy.MAX_PRINCIPALS


def test_a_doctor_who_is_the_patient_reads_her_case_in_two_registers(session):
    subject = make_subject(session)
    doctor = make_user(session, subject_id=subject.id)
    case = make_case(session, subject_id=subject.id, choice="nobody")
    make_release(session, case, make_patient_board(session, subject))
    assert not _sees(session, policy.reader_for(session, doctor), case)
    as_subject = policy.reader_for(session, doctor, "subject")
    assert as_subject.register == "subject"
    assert _sees(session, as_subject, case)
    assert not {one for one in as_subject.principals if one.startswith(("u:", "clinic:", "public"))}
    for verb in set(policy.RULES) - {"see", "flag"}:
        with pytest.raises(policy.NotFound):
            policy.case_for(session, as_subject, verb, case.public_id)


def test_a_patient_cannot_ask_for_the_clinics_register(session):
    pat = make_user(session, role=Role.PATIENT, subject_id=make_subject(session).id)
    assert policy.reader_for(session, pat, "clinic").register == "subject"


def test_an_archived_board_of_a_patient_shows_nothing(session):
    subject = make_subject(session)
    board = make_patient_board(session, subject)
    case = make_case(session, subject_id=subject.id)
    make_release(session, case, board)
    pat = make_user(session, role=Role.PATIENT, subject_id=subject.id)
    assert _sees(session, policy.reader_for(session, pat), case)
    board.archived_at = clock.now()
    session.flush()
    assert not _sees(session, policy.reader_for(session, pat), case)


def test_a_patients_board_is_for_its_subject_alone(session):
    subject = make_subject(session)
    ada = make_user(session, is_admin=True)
    board = make_patient_board(session, subject)
    pat = make_user(session, role=Role.PATIENT, subject_id=subject.id)
    other = make_user(session, role=Role.PATIENT, subject_id=make_subject(session).id)
    link = policy.reader_for_share(session, make_share(session, board=board, kind=ShareKind.SUBJECT, by=pat))
    for reader in (policy.reader_for(session, pat), link):
        assert policy.board_for(session, reader, "see", board.slug) is board
    for user in (ada, other):
        for verb in ("see", "pin", "settings"):
            with pytest.raises(policy.NotFound):
                policy.board_for(session, policy.reader_for(session, user), verb, board.slug)


def test_specialty_boards_are_seen_by_the_clinic_and_pinned_to_by_clinicians(session):
    board = session.query(Board).filter_by(slug="cardiology").one()
    clinician, trainee = make_user(session), make_user(session, role=Role.TRAINEE)
    assert policy.board_for(session, policy.reader_for(session, clinician), "pin", "cardiology") is board
    assert policy.board_for(session, policy.reader_for(session, trainee), "see", "cardiology") is board
    refused = [(trainee, "pin"), (clinician, "settings"), (make_user(session, role=Role.DESK), "see")]
    for user, verb in refused:
        with pytest.raises(policy.NotFound):
            policy.board_for(session, policy.reader_for(session, user), verb, "cardiology")


def test_a_group_board_is_its_members(session):
    member, stranger = make_user(session), make_user(session)
    board = make_board(session, kind=BoardKind.GROUP, group_id=make_group(session, member).id)
    assert policy.board_for(session, policy.reader_for(session, member), "pin", board.slug) is board
    with pytest.raises(policy.NotFound):
        policy.board_for(session, policy.reader_for(session, stranger), "see", board.slug)


def test_an_unknown_verb_is_a_mistake_of_ours(session):
    reader = policy.reader_for(session, make_user(session))
    with pytest.raises(KeyError):
        policy.case_for(session, reader, "look", "x")
    with pytest.raises(KeyError):
        policy.board_for(session, reader, "look", "x")


@pytest.fixture
def case(session):
    return make_case(session, subject_id=make_subject(session).id, level=ConsentLevel.OUTSIDE, choice="nobody")


ENDS = {
    "revoked": lambda _session, share: setattr(share, "revoked_at", clock.now()),
    "expired": lambda _session, share: setattr(share, "expires_at", clock.now() - timedelta(seconds=1)),
}
LOSSES = {
    "disabled": lambda _session, ada: setattr(ada, "state", AccountState.DISABLED),
    "unverified": lambda _session, ada: setattr(ada, "verified_at", None),
    "no role": lambda session, ada: session.query(CaseRole).filter_by(user_id=ada.id).delete(),
}


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_link_ends_with_any_link_above_it(session, case, depth, end):
    line = [make_share(session, case=case)]
    for _ in range(depth):
        line.append(make_share(session, case=case, parent_id=line[-1].id))
    assert policy.reader_for_share(session, line[-1]).principals == (policy.holder(line[-1].id),)
    end(session, line[0])
    session.flush()
    assert policy.reader_for_share(session, line[-1]) == policy.SHUT_OUT


def test_a_link_does_not_end_with_a_link_below_it(session, case):
    parent = make_share(session, case=case)
    make_share(session, case=case, parent_id=parent.id, revoked_at=clock.now())
    assert policy.reader_for_share(session, parent).register == "guest"


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_colleagues_link_falls_with_its_makers_rights_and_the_subjects_does_not(session, case, loss):
    make_release(session, case)
    colleague = make_share(session, case=case)
    subject = make_share(session, case=case, kind=ShareKind.SUBJECT)
    loss(session, session.get_one(User, case.author_id))
    session.flush()
    assert policy.reader_for_share(session, colleague) == policy.SHUT_OUT
    assert _sees(session, policy.reader_for_share(session, subject), case)


def test_a_patients_own_link_falls_with_the_account(session, case):
    release = make_release(session, case)
    pat = make_user(session, role=Role.PATIENT, subject_id=case.subject_id)
    share = make_share(session, board=session.get(Board, release.board_id), kind=ShareKind.SUBJECT, by=pat)
    assert _sees(session, policy.reader_for_share(session, share), case)
    pat.state = AccountState.DISABLED
    session.flush()
    assert policy.reader_for_share(session, share) == policy.SHUT_OUT


def test_a_link_opens_its_case_and_no_other(session, case):
    other = make_case(session, level=ConsentLevel.PUBLIC)
    reader = policy.reader_for_share(session, make_share(session, case=case))
    assert _sees(session, reader, case)
    assert not _sees(session, reader, other)
    for verb in set(policy.RULES) - {"see", "flag"}:
        with pytest.raises(policy.NotFound):
            policy.case_for(session, reader, verb, case.public_id)


def test_a_board_link_shows_what_is_released_there_now(session, case):
    board = make_patient_board(session, session.get_one(Subject, case.subject_id))
    share = make_share(session, board=board, kind=ShareKind.SUBJECT, by=session.get_one(User, case.author_id))
    assert not _sees(session, policy.reader_for_share(session, share), case)
    make_release(session, case, board)
    assert _sees(session, policy.reader_for_share(session, share), case)


def test_the_public_sample_is_read_as_a_visitor_reads_it_by_members_too(session):
    case = make_case(session, level=ConsentLevel.PUBLIC, choice="nobody")
    policy.grant(session, case, policy.PUBLIC, Source.PUBLIC, by=None)
    assert policy.case_for(session, policy.NOBODY, "see", case.public_id) is case
    for user in (make_user(session, verified=False), make_user(session), make_user(session, role=Role.TRAINEE)):
        for verb in policy.RULES:
            with pytest.raises(policy.NotFound):
                policy.case_for(session, policy.reader_for(session, user), verb, case.public_id)


def test_making_a_patients_board_gives_no_sight_of_it(session):
    ada = make_user(session)
    board = make_board(session, ada, kind=BoardKind.PATIENT, subject_id=make_subject(session).id, readers=[ada])
    for verb in ("see", "pin", "settings"):
        with pytest.raises(policy.NotFound):
            policy.board_for(session, policy.reader_for(session, ada), verb, board.slug)
