"""Whatever happened in whatever order, the audience table says what the plain rules say."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinboard import clock, policy
from pinboard.models import (
    AccountState,
    AttestState,
    BoardKind,
    BoardRole,
    BoardVerb,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    Consent,
    ConsentKind,
    ConsentLevel,
    Grant,
    GroupMember,
    Instance,
    InstanceState,
    Pin,
    Release,
    Role,
    Share,
    ShareKind,
    Source,
    User,
)
from tests.factories import (
    make_attestation,
    make_board,
    make_draft,
    make_group,
    make_patient_board,
    make_picture,
    make_pin,
    make_share,
    make_subject,
    make_user,
)
from tests.policy.reference import Reference

CASES, PEOPLE = 3, 6
case_numbers = st.integers(0, CASES - 1)
people_numbers = st.integers(0, PEOPLE - 1)
starts = st.sampled_from([-60, 0, 30])
lengths = st.sampled_from([1, 45, 10_000])


class World:
    """Three cases, six people, a group, two boards, a patient with a board; everything else comes to happen."""

    def __init__(self, session, time):
        self.session, self.time = session, time
        self.subject = make_subject(session)
        roles = [Role.CLINICIAN, Role.CLINICIAN, Role.TRAINEE, Role.PATIENT, Role.DESK, Role.CLINICIAN]
        self.people = [make_user(session, role=role) for role in roles]
        self.people[3].subject_id = self.people[1].subject_id = self.subject.id
        self.people[5].verified_at = None
        self.group = make_group(session)
        self.boards = [make_board(session, self.people[1]), make_board(session, kind=BoardKind.GROUP)]
        self.boards[1].group_id = self.group.id
        self.patient_boards = [make_patient_board(session, self.subject), make_patient_board(session, self.subject)]
        self.cases = [make_draft(session, self.people[0], subject_id=self.subject.id) for _ in range(CASES)]

    def window(self, start, length):
        begin = self.time() + timedelta(minutes=start)
        return begin, begin + timedelta(minutes=length)

    # Each of the following is one thing that can happen; `case` comes first where there is one.
    def publish(self, case):
        if case.state is CaseState.DRAFT:
            case.go(CaseState.PUBLISHING)
            case.go(CaseState.PUBLISHED)
            case.seq = policy.publish_order(self.session)

    def move(self, case, state):
        if state in {CaseState.HIDDEN, CaseState.PUBLISHED, CaseState.WITHDRAWN} and case.seq:
            case.state = state

    def reason(self, case, principal, start, length):
        source, name = principal
        names = {"group": f"g:{self.group.id}", "own": f"b:{self.boards[0].id}", "shared": f"b:{self.boards[1].id}"}
        person = f"u:{self.people[int(name)].id}" if name.isdigit() else name
        begin, end = self.window(start, length)
        policy.grant(self.session, case, names.get(name, person), source, by=None, window=policy.Window(begin, end))

    def take(self, case, source):
        policy.revoke(self.session, case, source=source)

    def consent(self, case, level, start, length):
        begin, end = self.window(start, length)
        self.session.add(
            Consent(
                case_id=case.id, level=level, kind=ConsentKind.PAPER, taken_by_id=case.author_id, taken_at=begin,
                valid_until=end, created_at=self.time(),
            )
        )  # fmt: skip

    def withdraw_consent(self, case):
        for consent in self.session.query(Consent).filter_by(case_id=case.id, withdrawn_at=None).limit(1):
            consent.withdrawn_at = self.time()

    def release(self, case, board, start):
        self.session.add(
            Release(
                public_id=f"r{self.session.query(Release).count():025d}", case_id=case.id, subject_id=self.subject.id,
                board_id=self.patient_boards[board].id, caption="", author_name="", instances=[],
                not_before=self.window(start, 0)[0], by_id=case.author_id, at=self.time(),
            )
        )  # fmt: skip

    def take_back(self, case):
        for release in self.session.query(Release).filter_by(case_id=case.id, revoked_at=None).limit(1):
            release.revoked_at = self.time()

    def share(self, case, kind, person, length):
        maker = self.people[person]
        parent = self.session.query(Share).order_by(Share.id.desc()).first() if length == 45 else None
        board = self.patient_boards[0] if kind is ShareKind.SUBJECT and length == 1 else None
        make_share(
            self.session, case=None if board else case, board=board, kind=kind, by=maker,
            expires_at=self.window(0, length)[1], parent_id=parent.id if parent else None,
        )  # fmt: skip

    def end_share(self, case):
        for share in self.session.query(Share).filter_by(case_id=case.id, revoked_at=None).limit(1):
            share.revoked_at = self.time()

    def delegate(self, case, person):
        key = {"case_id": case.id, "user_id": self.people[person].id}
        if not self.session.get(CaseRole, key):
            self.session.add(CaseRole(**key, role=CaseVerb.DELEGATE, given_at=self.time()))

    def pin(self, case, board):
        if not self.session.query(Pin).filter_by(case_id=case.id, board_id=self.boards[board].id).count():
            make_pin(self.session, case, self.boards[board])

    def join(self, _case, person):
        key = {"group_id": self.group.id, "user_id": self.people[person].id}
        if not self.session.get(GroupMember, key):
            self.session.add(GroupMember(**key, added_at=self.time()))

    def invite(self, _case, person):
        key = {"board_id": self.boards[0].id, "user_id": self.people[person].id}
        if not self.session.get(BoardRole, key):
            self.session.add(BoardRole(**key, role=BoardVerb.READER, given_at=self.time()))

    def disable(self, _case, person):
        self.people[person].state = AccountState.DISABLED

    def verify(self, _case, person, length):
        self.people[person].verified_at = self.time()
        self.people[person].recheck_at = self.window(0, length)[1]

    def close(self, _case, board):
        self.patient_boards[board].archived_at = self.time()

    def picture(self, case, needs_attest):
        make_picture(self.session, case, needs_attest=needs_attest)

    def take_picture(self, case, state):
        for one in self.session.query(Instance).filter_by(case_id=case.id).order_by(Instance.id).limit(1):
            one.state = state

    def mend(self, case):
        for one in self.session.query(Instance).filter_by(case_id=case.id).limit(1):
            name = f"{one.id:026d}"
            one.media_name = None if one.media_name == name else name

    def look(self, case, person, state):
        make_attestation(self.session, case, self.people[person], state=state)

    def gate(self, case, is_on):
        policy.rebuild(self.session, [case.id])
        policy.set_release_gate(self.session, is_on=is_on, reason="One doctor", by=self.people[0])

    def wait(self, _case, minutes):
        self.time.pass_by(minutes=minutes)


boards = st.integers(0, 1)
principals = st.sampled_from(
    [
        (Source.CLINIC, policy.CLINICIANS),
        (Source.TRAINEES, policy.TRAINEES),
        (Source.PUBLIC, policy.PUBLIC),
        (Source.GROUP, "group"),
        (Source.BOARD, "own"),
        (Source.BOARD, "shared"),
        *((Source.NAMED, str(number)) for number in range(PEOPLE)),
    ]
)
HAPPENINGS = {
    "publish": (),
    "move": (st.sampled_from(CaseState),),
    "reason": (principals, starts, lengths),
    "take": (st.sampled_from([Source.CLINIC, Source.NAMED, Source.GROUP]),),
    "consent": (st.sampled_from(ConsentLevel), starts, lengths),
    "withdraw_consent": (),
    "release": (boards, starts),
    "take_back": (),
    "share": (st.sampled_from(ShareKind), people_numbers, lengths),
    "end_share": (),
    "delegate": (people_numbers,),
    "pin": (boards,),
    "join": (people_numbers,),
    "invite": (people_numbers,),
    "disable": (people_numbers,),
    "verify": (people_numbers, lengths),
    "close": (boards,),
    "picture": (st.booleans(),),
    "take_picture": (st.sampled_from([InstanceState.REMOVED, InstanceState.HIDDEN, InstanceState.PUBLISHED]),),
    "mend": (),
    "look": (people_numbers, st.sampled_from(AttestState)),
    "gate": (st.booleans(),),
    "wait": (st.sampled_from([1, 31, 50]),),
}
happenings = st.sampled_from(sorted(HAPPENINGS)).flatmap(
    lambda name: st.tuples(st.just(name), case_numbers, st.tuples(*HAPPENINGS[name]))
)
started = [("publish", number, ()) for number in range(CASES)] + [
    ("consent", number, (ConsentLevel.OUTSIDE, -60, 10_000)) for number in range(CASES)
]
leaving = [
    *started,
    *(("picture", number, (True,)) for number in range(CASES)),
    *(("share", number, (ShareKind.COLLEAGUE, 0, 10_000)) for number in range(CASES)),
    *(("reason", number, ((Source.PUBLIC, policy.PUBLIC), 0, 10_000)) for number in range(CASES)),
]
GATE = ["picture", "take_picture", "mend", "look", "gate", "move", "consent", "share"]
about_the_gate = st.sampled_from(GATE).flatmap(
    lambda name: st.tuples(st.just(name), case_numbers, st.tuples(*HAPPENINGS[name]))
)


def _seen(session, reader):
    """Ask the table in every way it is asked, and find the same answer each time."""
    listed = {place.case_id for place in policy.feed(session, reader)}
    clause = {number for (number,) in session.query(Case.id).filter(policy.visible(reader))}
    assert listed == clause
    assert policy.count_visible(session, reader) == len(clause)
    return clause


def _check(world):
    session = world.session
    reference = Reference(session, world.time())
    for user in session.query(User).all():
        clinic = {case.id for case in world.cases if user.role is not Role.PATIENT and reference.in_clinic(user, case)}
        subject = {case.id for case in world.cases if reference.as_subject(user, case)}
        expected = subject if user.role is Role.PATIENT else clinic
        assert _seen(session, policy.reader_for(session, user)) == expected
        assert _seen(session, policy.reader_for(session, user, "subject")) == subject
    for share in session.query(Share).all():
        expected = {case.id for case in world.cases if reference.by_link(share, case)}
        assert _seen(session, policy.reader_for_share(session, share)) == expected


def _play(connection_sessions, monkeypatch, history, after_each):
    from tests.fixtures.database import Clock

    time = Clock()
    monkeypatch.setattr(clock, "now", time)
    with connection_sessions() as session, session.begin_nested() as savepoint:
        world = World(session, time)
        policy.rebuild(session, [case.id for case in world.cases])
        for name, number, arguments in history:
            case = world.cases[number]
            getattr(world, name)(case, *arguments)
            session.flush()
            after_each(world, name, case)
            policy.rebuild(session, [case.id])
            session.expire_all()
        _check(world)
        savepoint.rollback()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(happenings, max_size=25))
def test_any_history_gives_the_readers_of_the_rules(sessions, monkeypatch, history):
    _play(sessions, monkeypatch, [*started, *history], lambda *_: None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(about_the_gate, max_size=25))
def test_any_history_of_looks_lets_out_what_the_rules_let_out(sessions, monkeypatch, history):
    _play(sessions, monkeypatch, [*leaving, *history], lambda *_: None)


WIDENS_NOTHING = {"pin", "release", "take", "take_back", "withdraw_consent", "end_share", "close", "disable"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(happenings, max_size=25))
def test_no_pin_or_release_adds_a_reader_of_the_clinic(sessions, monkeypatch, history):
    def clinic_readers(world):
        session = world.session
        readers = [policy.reader_for(session, user) for user in world.people]
        return {
            (reader.user_id, number)
            for reader in readers
            if reader.register == "clinic"
            for (number,) in session.query(Case.id).filter(policy.visible(reader))
        }

    before = {}

    def after_each(world, name, case):
        before_now = before.get("readers", set())
        policy.rebuild(world.session, [case.id])
        before["readers"] = clinic_readers(world)
        if name in WIDENS_NOTHING:
            assert before["readers"] <= before_now

    _play(sessions, monkeypatch, [*started, *history], after_each)


def test_the_reference_can_disagree(session, stopped_clock):
    world = World(session, stopped_clock)
    world.publish(world.cases[0])
    world.consent(world.cases[0], ConsentLevel.CLINIC, -60, 10_000)
    world.reason(world.cases[0], (Source.CLINIC, policy.CLINICIANS), 0, 100)
    _check(world)
    session.add(Grant(case_id=world.cases[0].id, principal="clinic:trainee", source=Source.TRAINEES, at=clock.now()))
    session.flush()
    try:
        _check(world)
    except AssertionError:
        return
    raise AssertionError("the reference did not notice a reason that was never derived")
