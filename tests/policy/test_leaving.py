"""A case leaves the clinic when no image needs a second look, or when a second clinician looked at just these."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import (
    Attestation,
    AttestState,
    AuditEvent,
    CaseRole,
    CaseState,
    CaseVerb,
    ConsentLevel,
    InboxItem,
    Instance,
    InstanceState,
    Role,
    ShareKind,
    Source,
)
from pinboard.models.clinic_settings import clinic
from tests.factories import (
    add,
    make_attestation,
    make_case,
    make_picture,
    make_release,
    make_share,
    make_subject,
    make_user,
)


@pytest.fixture
def case(session):
    made = make_case(session, level=ConsentLevel.PUBLIC, subject_id=make_subject(session).id)
    make_picture(session, made, modality="US", needs_attest=True)
    policy.grant(session, made, policy.PUBLIC, Source.PUBLIC, by=None)
    return made


@pytest.fixture
def link(session, case):
    return make_share(session, case=case)


def outside(session, case, link):
    """Tell which of the readers outside see the case: by a link, as part of the public sample."""
    readers = (policy.reader_for_share(session, link), policy.NOBODY)
    seen = [case.id in {place.case_id for place in policy.feed(session, reader)} for reader in readers]
    assert policy.may_leave(session, case) is all(seen)
    return seen


def inside(session, case):
    return bool(policy.feed(session, policy.reader_for(session, make_user(session))))


def first(session, case):
    return session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id.desc())).first()


def test_it_waits_for_a_second_look_and_the_clinic_sees_it_meanwhile(session, case, link):
    assert outside(session, case, link) == [False, False]
    assert inside(session, case)
    make_attestation(session, case, state=AttestState.WAITING)
    assert outside(session, case, link) == [False, False]


def test_attested_it_leaves(session, case, link):
    make_attestation(session, case)
    assert outside(session, case, link) == [True, True]


@pytest.mark.parametrize("state", [AttestState.RETURNED, AttestState.VOID])
def test_what_was_returned_or_ended_lets_nothing_out(session, case, link, state):
    make_attestation(session, case, state=state)
    assert outside(session, case, link) == [False, False]


def test_images_that_need_no_look_leave_at_once(session):
    harmless = make_case(session, level=ConsentLevel.PUBLIC)
    policy.grant(session, harmless, policy.PUBLIC, Source.PUBLIC, by=None)
    assert outside(session, harmless, make_share(session, case=harmless)) == [True, True]


def test_an_attestation_of_another_case_counts_for_that_one(session, case, link):
    other = make_case(session)
    make_picture(session, other, needs_attest=True)
    make_attestation(session, other)
    assert outside(session, case, link) == [False, False]


def _another(session, case):
    make_picture(session, case)


def _removed(session, case):
    first(session, case).state = InstanceState.REMOVED


def _hidden(session, case):
    first(session, case).state = InstanceState.HIDDEN


def _mended(session, case):
    first(session, case).media_name = "n" * 26


@pytest.mark.parametrize("change", [_another, _removed, _hidden, _mended])
def test_other_images_need_another_look(session, case, link, change):
    make_picture(session, case, needs_attest=True)
    given = make_attestation(session, case)
    change(session, case)
    policy.void_attestations(session, case)
    assert given.state is AttestState.VOID
    assert outside(session, case, link) == [False, False]
    (line,) = session.scalars(select(InboxItem).where(InboxItem.case_id == case.id))
    assert (line.user_id, line.kind) == (case.author_id, "attest-void")
    assert session.scalars(select(AuditEvent.verb)).all()[-1] == "attest-void"
    make_attestation(session, case)
    assert outside(session, case, link) == [True, True]


def test_the_same_images_keep_what_was_attested(session, case, link):
    make_attestation(session, case)
    case.title = "Another question"
    policy.void_attestations(session, case)
    assert outside(session, case, link) == [True, True]
    assert session.scalars(select(InboxItem)).all() == []


def test_a_wish_that_waits_is_about_the_images_of_now(session, case):
    wish = make_attestation(session, case, state=AttestState.WAITING)
    before = wish.images_sha256
    make_picture(session, case)
    assert wish.state is AttestState.WAITING
    assert wish.images_sha256 == policy.images_sha256(session, case) != before


def test_the_subject_is_not_held_up(session, case):
    patient = make_user(session, role=Role.PATIENT, subject_id=case.subject_id)
    make_release(session, case)
    slip = make_share(session, case=case, kind=ShareKind.SUBJECT)
    assert policy.feed(session, policy.reader_for(session, patient))
    assert policy.feed(session, policy.reader_for_share(session, slip))


class TestTheClinicsDecision:
    def test_without_the_gate_everything_leaves_and_with_it_nothing_does(self, session, case, link):
        boss = make_user(session, is_admin=True)
        assert policy.is_gate_on(session)
        assert policy.set_release_gate(session, is_on=False, reason=" One doctor works here ", by=boss)
        session.commit()
        assert outside(session, case, link) == [True, True]
        assert policy.set_release_gate(session, is_on=True, reason="", by=boss)
        session.commit()
        assert outside(session, case, link) == [False, False]

    def test_going_without_needs_a_reason_which_is_kept_and_recorded(self, session, case):
        boss = make_user(session, is_admin=True)
        with pytest.raises(ValueError, match="says why"):
            policy.set_release_gate(session, is_on=False, reason="  ", by=boss)
        policy.set_release_gate(session, is_on=False, reason="One doctor works here", by=boss)
        assert clinic(session)["release_gate_reason"] == "One doctor works here"
        event = session.scalars(select(AuditEvent)).all()[-1]
        assert (event.verb, event.actor_id) == ("release-gate-changed", boss.id)
        assert event.detail == {"is_on": False, "reason": "One doctor works here"}
        policy.set_release_gate(session, is_on=True, reason="", by=boss)
        assert clinic(session)["release_gate_reason"] == ""

    def test_deciding_what_is_decided_changes_nothing(self, session, case):
        boss = make_user(session, is_admin=True)
        before = session.scalars(select(AuditEvent)).all()
        assert not policy.set_release_gate(session, is_on=True, reason="", by=boss)
        assert session.scalars(select(AuditEvent)).all() == before

    def test_a_case_of_which_no_reader_is_outside_is_left_alone(self, session, case, link):
        asleep = make_case(session)
        make_picture(session, asleep, needs_attest=True)
        policy.set_release_gate(session, is_on=False, reason="One doctor", by=make_user(session, is_admin=True))
        assert policy.drifted(session, [case.id, asleep.id]) == []


class TestWhoMayLook:
    @pytest.fixture
    def wish(self, session, case):
        return make_attestation(session, case, state=AttestState.WAITING)

    def may(self, session, user, case):
        try:
            return policy.case_for(session, policy.reader_for(session, user), "attest", case.public_id) is case
        except policy.NotFound:
            return False

    def test_a_clinician_who_does_not_keep_the_case(self, session, case, wish):
        assert self.may(session, make_user(session), case)

    def test_whoever_sees_it_or_not(self, session, wish):
        closed = make_case(session, level=ConsentLevel.OUTSIDE, choice="nobody")
        make_picture(session, closed, needs_attest=True)
        colleague = make_user(session)
        assert not self.may(session, colleague, closed)
        make_attestation(session, closed, state=AttestState.WAITING)
        assert self.may(session, colleague, closed)
        assert policy.feed(session, policy.reader_for(session, colleague))[0].case_id != closed.id

    def test_not_its_author_nor_a_delegate(self, session, case, wish):
        delegate = make_user(session)
        key = {"case_id": case.id, "user_id": delegate.id}
        add(session, CaseRole(**key, role=CaseVerb.DELEGATE, given_at=wish.asked_at))
        policy.rebuild(session, [case.id])
        assert not self.may(session, delegate, case)
        assert not self.may(session, session.get_one(type(delegate), case.author_id), case)

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.CLINICIAN}))
    def test_no_other_role(self, session, case, wish, role):
        assert not self.may(session, make_user(session, role=role, is_admin=True), case)

    def test_nobody_who_waits_to_be_checked(self, session, case, wish):
        assert not self.may(session, make_user(session, verified=False), case)

    @pytest.mark.parametrize("state", sorted(set(CaseState) - {CaseState.PUBLISHED}))
    def test_only_while_it_is_published(self, session, case, wish, state):
        case.state = state
        policy.rebuild(session, [case.id])
        assert not self.may(session, make_user(session), case)

    @pytest.mark.parametrize("state", [AttestState.ATTESTED, AttestState.RETURNED, AttestState.VOID])
    def test_only_while_somebody_waits(self, session, case, wish, state):
        wish.state = state
        policy.rebuild(session, [case.id])
        assert not self.may(session, make_user(session), case)

    @pytest.mark.parametrize("level", [ConsentLevel.CARE, ConsentLevel.CLINIC, None])
    def test_only_with_the_consent_that_reaches_outside(self, session, level):
        case = make_case(session, level=level)
        make_picture(session, case, needs_attest=True)
        make_attestation(session, case, state=AttestState.WAITING)
        assert not self.may(session, make_user(session), case)


def test_an_attestation_of_other_images_counts_as_drift(session, case, link):
    make_attestation(session, case)
    assert policy.drifted(session, [case.id]) == []
    session.query(Attestation).filter_by(case_id=case.id).one().images_sha256 = "0" * 64
    session.flush()
    assert policy.drifted(session, [case.id]) == [case.id]
