"""A removed board goes thirty days later with what it held; the cases stay, and so does everything of other boards."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pinboard import audit, clock, policy
from pinboard.intake.sweep import sweep
from pinboard.models import (
    AuditEvent,
    Board,
    BoardRole,
    BoardSection,
    BoardVisit,
    Case,
    CaseState,
    Grant,
    Pin,
    Source,
)
from tests.factories import add, make_board, make_case, make_pin, make_section, make_user

HELD = (Pin, BoardSection, BoardRole, BoardVisit)


@pytest.fixture
def boards(stores):
    """Give a board and another one that hold the same two cases; one of those is open to readers of both boards."""
    with stores.writing() as session:
        ada, ben = make_user(session), make_user(session)
        shown, opened = make_case(session, ada), make_case(session, ada, choice="nobody")
        made = []
        for title in ("Old board", "Other board"):
            board = make_board(session, ada, readers=[ben], title=title, description="About chests")
            section = make_section(session, board)
            for case in (shown, opened):
                make_pin(session, case, board).section_id = section.id
            board.cover_case_id = shown.id
            add(session, BoardVisit(user_id=ben.id, board_id=board.id, followed_at=clock.now()))
            policy.grant(session, opened, policy.on_board(board.id), Source.BOARD, by=ada.id)
            made.append(board)
        policy.rebuild(session, [shown.id, opened.id])
        made[0].removed_at = clock.now()
        session.flush()
        return made


def held(stores, board):
    with stores.reading() as session:
        return [session.scalar(select(func.count()).where(kind.board_id == board.id)) for kind in HELD]


def opened_to(stores, board):
    with stores.reading() as session:
        return session.scalar(select(func.count(Grant.id)).where(Grant.principal == policy.on_board(board.id)))


def purges(stores, board):
    with stores.reading() as session:
        mine = (AuditEvent.verb == "board-purge", AuditEvent.thing == f"board:{board.public_id}")
        return session.scalar(select(func.count(AuditEvent.id)).where(*mine))


def test_until_its_time_is_over_nothing_of_it_goes(stores, boards):
    sweep(stores, boards[0].removed_at + timedelta(days=30) - timedelta(minutes=1))
    assert held(stores, boards[0]) == held(stores, boards[1]) == [2, 1, 1, 1]
    assert purges(stores, boards[0]) == 0


def test_then_what_it_held_goes_and_the_cases_stay(stores, boards):
    old, other = boards
    for _again in range(2):
        sweep(stores, old.removed_at + timedelta(days=30, minutes=1))
    assert (held(stores, old), opened_to(stores, old)) == ([0, 0, 0, 0], 0)
    assert (held(stores, other), opened_to(stores, other)) == ([2, 1, 1, 1], 1)
    with stores.reading() as session:
        empty = session.get(Board, old.id)
        assert (empty.title, empty.description, empty.cover_case_id) == ("", "", None)
        assert empty.slug != old.slug
        cases = session.scalars(select(Case).join(Pin, Pin.case_id == Case.id).where(Pin.board_id == other.id)).all()
        assert [case.state for case in cases] == [CaseState.PUBLISHED] * 2
        assert policy.drifted(session, [case.id for case in cases]) == []
        assert audit.verify_chain(session) is None
    assert (purges(stores, old), purges(stores, other)) == (1, 0)


def test_its_address_is_free_and_nobody_of_it_reads_by_a_new_one(stores, boards):
    old = boards[0]
    sweep(stores, old.removed_at + timedelta(days=31))
    with stores.writing() as session:
        fresh = make_board(session, make_user(session), slug=old.slug, title="New board")
        assert fresh.id != old.id
        assert session.scalar(select(Grant.id).where(Grant.principal == policy.on_board(fresh.id))) is None
