"""Lists come newest first, page by key, hold each case once, and are the same by every way of asking."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from pinboard import policy
from pinboard.models import Case, Pin, Source
from tests.factories import make_board, make_case, make_group, make_pin, make_user


@pytest.fixture
def reader(session):
    return policy.reader_for(session, make_user(session))


@pytest.fixture
def cases(session):
    author = make_user(session)
    return [make_case(session, author, pictures=0) for _ in range(9)]


def _ids(places):
    return [place.case_id for place in places]


def test_the_newest_stand_first(session, reader, cases):
    assert _ids(policy.feed(session, reader)) == [case.id for case in reversed(cases)]


def test_pages_meet_without_gap_or_double(session, reader, cases):
    seen, after = [], None
    while page := policy.feed(session, reader, after=after, limit=4):
        assert len(page) <= 4
        assert not set(_ids(page)) & set(seen)
        seen += _ids(page)
        after = page[-1].seq
    assert seen == [case.id for case in reversed(cases)]


def test_a_case_published_between_two_pages_moves_nothing(session, reader, cases):
    first = policy.feed(session, reader, limit=4)
    make_case(session, pictures=0)
    second = policy.feed(session, reader, limit=4, after=first[-1].seq)
    assert _ids(first) + _ids(second) == [case.id for case in reversed(cases)][:8]


def test_a_case_published_late_stands_first_though_its_draft_was_early(session, reader, cases):
    early = cases[0]
    early.seq = policy.publish_order(session)
    policy.rebuild(session, [early.id])
    assert policy.feed(session, reader)[0].case_id == early.id


def test_many_reasons_and_windows_give_one_line_each(session, cases, stopped_clock):
    user = make_user(session)
    group = make_group(session, user)
    for case in cases:
        policy.grant(session, case, policy.in_group(group.id), Source.GROUP, by=None)
        for hours in (1, 2, 3):
            window = policy.Window(stopped_clock() - timedelta(hours=hours))
            policy.grant(session, case, policy.member(user.id), Source.NAMED, by=None, window=window)
    reader = policy.reader_for(session, user)
    assert _ids(policy.feed(session, reader, limit=5)) == [case.id for case in reversed(cases)][:5]
    assert policy.count_visible(session, reader) == 9


def test_a_window_is_open_from_its_first_moment_to_before_its_last(session, stopped_clock):
    user, case = make_user(session), make_case(session, choice="nobody", pictures=0)
    window = policy.Window(stopped_clock() + timedelta(hours=1), stopped_clock() + timedelta(hours=2))
    policy.grant(session, case, policy.member(user.id), Source.NAMED, by=None, window=window)
    reader = policy.reader_for(session, user)
    seen = []
    for _ in range(4):
        listed, asked = (
            bool(policy.feed(session, reader)),
            session.scalar(select(Case.id).where(policy.visible(reader))),
        )
        assert listed is (asked is not None)
        seen.append(listed)
        stopped_clock.pass_by(hours=1)
    assert seen == [False, True, False, False]


def test_a_list_can_be_bounded_by_another(session, reader, cases):
    board = make_board(session, make_user(session))
    make_pin(session, cases[2], board)
    hidden = make_case(session, choice="nobody", pictures=0)
    make_pin(session, hidden, board)
    within = select(Pin.case_id).where(Pin.board_id == board.id)
    rows = session.execute(policy.newest(reader, within=within)).all()
    assert [case_id for _seq, case_id in rows] == [cases[2].id]


def test_counting_stops_at_its_cap(session, reader, cases):
    assert policy.count_visible(session, reader) == 9 == len(cases)
    assert policy.count_visible(session, reader, cap=4) == 4


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("nobody", [policy.NOBODY, policy.SHUT_OUT])
def test_nobody_sees_nothing(session, nobody):
    assert policy.feed(session, nobody) == []
    assert policy.count_visible(session, nobody) == 0
    assert session.scalar(select(Case.id).where(policy.visible(nobody))) is None


def test_one_statement_whatever_the_length(session, reader, cases):
    said = []

    def note(*happening):
        said.append(happening[2])

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        policy.feed(session, reader)
        policy.case_for(session, reader, "see", cases[0].public_id)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(said) == 2


def test_a_page_walks_the_key_and_never_the_whole_table(session, reader):
    """The plan is what keeps a million cases as quick as ten."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by statistics that a small table does not have")
    query = policy.newest(reader, after=1000).compile(session.connection(), compile_kwargs={"render_postcompile": True})
    explained = session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {query}", tuple(query.params[name] for name in query.positiontup)
    )
    steps = [row[3] for row in explained if "audience" in row[3]]
    assert len(steps) == len(reader.principals)
    assert all("SEARCH audience USING PRIMARY KEY (principal=? AND seq<?)" in step for step in steps)


def test_a_page_is_full_though_one_reader_has_many_windows(session, stopped_clock):
    user, author = make_user(session), make_user(session)
    for _ in range(4):
        case = make_case(session, author, choice="nobody", pictures=0)
        for hours in (1, 2, 3):
            window = policy.Window(stopped_clock() - timedelta(hours=hours))
            policy.grant(session, case, policy.member(user.id), Source.NAMED, by=None, window=window)
    assert len(policy.feed(session, policy.reader_for(session, user), limit=4)) == 4


def test_a_reader_of_few_cases_is_told_from_one_of_many(session, monkeypatch):
    monkeypatch.setattr("pinboard.policy.lists.FEW", 2)
    cases = [make_case(session) for _ in range(3)]
    many, few = policy.reader_for(session, make_user(session)), make_user(session)
    only = policy.Reader(
        user_id=few.id, role=few.role, verified=True, principals=(policy.member(few.id),), register="clinic"
    )
    for case in cases[:2]:
        policy.grant(session, case, policy.member(few.id), Source.NAMED, by=case.author_id)
    assert [session.scalar(select(policy.sees_few(reader))) for reader in (many, only)] == [False, True]
    mine = session.scalars(select(Case.id).where(policy.all_of_few(only, Case.id)).order_by(Case.id))
    assert list(mine) == [case.id for case in cases[:2]]
