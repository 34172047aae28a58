"""Only the author's choice widens who may see a case, and everybody can be told why they can."""

import pytest

from pinboard import clock, policy
from pinboard.models import AccountState, Board, BoardKind, Case, CaseRole, CaseVerb, ConsentLevel, Grant, Role, Source
from tests.factories import (
    add,
    connect,
    make_board,
    make_case,
    make_draft,
    make_group,
    make_patient_board,
    make_pin,
    make_release,
    make_share,
    make_subject,
    make_user,
)


@pytest.fixture
def ada(session):
    return make_user(session, "Ada Owens")


@pytest.fixture
def case(session, ada):
    return make_case(session, ada, level=ConsentLevel.PUBLIC, choice="nobody", pictures=0)


def _sees(session, user, case):
    reader = policy.reader_for(session, user)
    return session.query(Case.id).filter(Case.id == case.id, policy.visible(reader)).count() == 1


def _board(session, slug):
    return session.query(Board).filter_by(slug=slug).one()


def test_each_tick_reaches_whom_it_names(session, ada, case):
    friend, named = make_user(session), make_user(session)
    member, on_board = make_user(session), make_user(session)
    connect(session, friend, ada)
    mine = make_board(session, ada, readers=[on_board])
    group = make_group(session, member)
    clinician, trainee = make_user(session), make_user(session, role=Role.TRAINEE)
    people = {"friend": friend, "named": named, "member": member, "on_board": on_board, "clinician": clinician}
    people["trainee"] = trainee
    ticks = {
        "only_me": (True, set()),
        "named": ([named.public_id], {"named"}),
        "connections": (True, {"friend"}),
        "groups": ([group.public_id], {"member"}),
        "boards": ([mine.public_id], {"on_board"}),
        "clinic": (True, set(people) - {"trainee"}),
        "trainees": (True, {"trainee"}),
        "public": (True, set()),
    }
    for name, (value, expected) in ticks.items():
        policy.apply_choice(session, case, {name: value}, ada)
        assert {who for who, user in people.items() if _sees(session, user, case)} == expected, name
        assert _sees(session, ada, case)


def test_a_specialty_board_reaches_the_clinic_for_its_sake(session, ada, case):
    board = _board(session, "cardiology")
    policy.apply_choice(session, case, {"boards": [board.public_id]}, ada)
    reasons = session.query(Grant.principal, Grant.source, Grant.source_id).filter_by(case_id=case.id).all()
    assert {tuple(one) for one in reasons} == {
        (policy.CLINICIANS, Source.BOARD, board.id),
        (policy.TRAINEES, Source.BOARD, board.id),
    }
    assert _sees(session, make_user(session, role=Role.TRAINEE), case)


def test_boards_that_the_author_does_not_see_cannot_be_chosen(session, ada, case):
    other = make_user(session)
    foreign = make_board(session, other)
    patients = make_patient_board(session, make_subject(session))
    policy.apply_choice(session, case, {"boards": [foreign.public_id, patients.public_id, "nonsense"]}, ada)
    assert session.query(Grant).filter_by(case_id=case.id).count() == 0
    assert not _sees(session, other, case)


def test_who_cannot_read_cannot_be_named(session, ada, case):
    people = [
        make_user(session, verified=False),
        make_user(session, state=AccountState.DISABLED),
        make_user(session, role=Role.PATIENT),
        make_user(session, role=Role.DESK),
    ]
    policy.apply_choice(session, case, {"named": [user.public_id for user in people]}, ada)
    assert session.query(Grant).filter_by(case_id=case.id).count() == 0


def test_an_asked_connection_is_none_yet(session, ada, case):
    asked = make_user(session)
    connect(session, ada, asked, accepted=False)
    policy.apply_choice(session, case, {"connections": True}, ada)
    assert not _sees(session, asked, case)


def test_only_author_and_delegate_may_choose(session, ada, case):
    ben, dan, rex = make_user(session), make_user(session), make_user(session, state=AccountState.DISABLED)
    for user in (dan, rex):
        add(session, CaseRole(case_id=case.id, user_id=user.id, role=CaseVerb.DELEGATE, given_at=clock.now()))
    policy.apply_choice(session, case, {"clinic": True}, dan)
    for user in (ben, rex, make_user(session, is_admin=True)):
        with pytest.raises(policy.NotFound):
            policy.apply_choice(session, case, {"only_me": True}, user)
    assert _sees(session, ben, case)


def test_a_reason_that_stays_keeps_who_gave_it(session, ada, case):
    dan = make_user(session)
    add(session, CaseRole(case_id=case.id, user_id=dan.id, role=CaseVerb.DELEGATE, given_at=clock.now()))
    policy.apply_choice(session, case, {"clinic": True}, ada)
    policy.apply_choice(session, case, {"clinic": True, "trainees": True}, dan)
    given = dict(session.query(Grant.source, Grant.by_id).filter_by(case_id=case.id).all())
    assert given == {Source.CLINIC: ada.id, Source.TRAINEES: dan.id}


def test_the_public_sample_needs_the_author_and_an_admin(session, ada, case):
    oz = make_user(session, role=Role.DESK, is_admin=True)
    with pytest.raises(policy.NotFound):
        policy.pick_public(session, case, oz)
    policy.apply_choice(session, case, {"public": True}, ada)
    with pytest.raises(policy.NotFound):
        policy.pick_public(session, case, ada)
    assert not _sees(session, None, case)
    policy.pick_public(session, case, oz)
    assert _sees(session, None, case)
    policy.apply_choice(session, case, {"public": True, "clinic": True}, ada)
    assert _sees(session, None, case)
    policy.apply_choice(session, case, {"clinic": True}, ada)
    assert not _sees(session, None, case)


def test_a_choice_in_a_draft_lets_nobody_in_yet(session, ada):
    draft = make_draft(session, ada)
    policy.apply_choice(session, draft, {"clinic": True}, ada)
    assert not _sees(session, make_user(session), draft)
    assert not _sees(session, ada, draft)


def test_a_preview_counts_members_once_and_those_that_are_new(session, ada, case):
    before = policy.preview_readers(session, case, {"clinic": True}).total
    ben, cleo = make_user(session), make_user(session)
    make_user(session, verified=False)
    group = make_group(session, ben, cleo)
    choice = {"groups": [group.public_id], "named": [ben.public_id]}
    assert policy.preview_readers(session, case, choice) == policy.Preview(total=2, added=2)
    policy.apply_choice(session, case, {"named": [ben.public_id]}, ada)
    assert policy.preview_readers(session, case, choice) == policy.Preview(total=2, added=1)
    assert policy.preview_readers(session, case, {"clinic": True}).total == before + 2
    assert policy.preview_readers(session, case, {"only_me": True}) == policy.Preview(total=0, added=0)


@pytest.mark.parametrize(
    ("choice", "levels", "fit"),
    [
        ({"only_me": True}, [], True),
        ({"named": ["x"]}, [], False),
        ({"named": ["x"]}, [ConsentLevel.CARE], True),
        ({"clinic": True}, [ConsentLevel.CARE], False),
        ({"clinic": True}, [ConsentLevel.CARE, ConsentLevel.CLINIC], True),
        ({"clinic": True, "public": True}, [ConsentLevel.OUTSIDE], False),
        ({"clinic": True, "public": True}, [ConsentLevel.PUBLIC], True),
    ],
)
def test_a_choice_fits_the_consent_or_not(choice, levels, fit):
    assert policy.fits(choice, levels) is fit
    assert policy.is_made(choice)
    assert not policy.is_made({})


def test_pins_moves_and_releases_show_in_no_reason_of_the_clinic(session, ada, case):
    policy.apply_choice(session, case, {"only_me": True}, ada)
    ben = make_user(session)
    shared = make_board(session, ada, readers=[ben])
    pin = make_pin(session, case, shared)
    make_pin(session, case, _board(session, "cardiology"))
    pin.board_id = make_board(session, kind=BoardKind.GROUP, group_id=make_group(session, ben).id).id
    make_release(session, case, subject=make_subject(session))
    session.flush()
    policy.rebuild(session, [case.id])
    assert not _sees(session, ben, case)


def test_the_list_says_who_and_why(session, ada, case):
    dan, ben = make_user(session, "Dan Deputy"), make_user(session, "Ben Shah")
    add(session, CaseRole(case_id=case.id, user_id=dan.id, role=CaseVerb.DELEGATE, given_at=clock.now()))
    group = make_group(session, ben, name="Lung team")
    board = _board(session, "radiology")
    choice = {"named": [ben.public_id], "groups": [group.public_id], "boards": [board.public_id], "clinic": True}
    policy.apply_choice(session, case, choice, ada)
    make_share(session, case=case, label="Dr Elsewhere")
    make_release(session, case, subject=make_subject(session))
    told = {(why.source, why.name, why.by, why.holds) for why in policy.audience_of(session, case)}
    assert told == {
        (Source.AUTHOR, "Ada Owens", None, True),
        (Source.DELEGATE, "Dan Deputy", None, True),
        (Source.NAMED, "Ben Shah", "Ada Owens", True),
        (Source.GROUP, "Lung team", "Ada Owens", True),
        (Source.BOARD, "Radiology", "Ada Owens", True),
        (Source.CLINIC, "", "Ada Owens", True),
        (Source.COLLEAGUE_SHARE, "Dr Elsewhere", "Ada Owens", True),
        (Source.RELEASE, "", "Ada Owens", True),
    }


def test_a_reason_that_consent_does_not_cover_is_told_as_not_holding(session, ada):
    case = make_case(session, ada, level=ConsentLevel.CARE)
    holds = {why.source: why.holds for why in policy.audience_of(session, case)}
    assert holds == {Source.AUTHOR: True, Source.CLINIC: False, Source.TRAINEES: False}
