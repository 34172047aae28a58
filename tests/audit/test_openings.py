"""Openings are written in batches, each batch a link of the chain, and nothing that was noted is lost."""

import threading

import pytest
from sqlalchemy import func, select, text

from pinboard import audit
from pinboard.models import Opening, OpeningBatch, Share
from pinboard.models.engine import make_sessions, writing
from tests.factories import make_case, make_share


@pytest.fixture
def case(session):
    made = make_case(session, pictures=0)
    session.commit()
    return made


@pytest.fixture
def openings(sessions):
    return audit.Openings(sessions, in_background=False)


def test_a_batch_is_one_link(session, case, openings):
    for what in ("page", "picture", "picture"):
        openings.note(audit.Opened(case.id, "clinic", what, user_id=case.author_id))
    openings.flush()
    openings.flush()
    assert session.scalars(select(OpeningBatch.count)).all() == [3]
    assert session.scalars(select(Opening.what).order_by(Opening.id)).all() == ["page", "picture", "picture"]
    assert audit.verify_openings(session) is None


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE opening SET user_id = NULL",
        "UPDATE opening SET what = 'download'",
        "DELETE FROM opening WHERE what = 'picture'",
        (
            "INSERT INTO opening (batch_id, case_id, register, what, device, at)"
            " SELECT batch_id, case_id, register, what, device, at FROM opening WHERE what = 'page'"
        ),
    ],
)
def test_a_changed_opening_is_found(session, case, openings, tampering):
    for what in ("page", "picture"):
        openings.note(audit.Opened(case.id, "clinic", what, user_id=case.author_id))
    openings.flush()
    session.execute(text(tampering))
    assert audit.verify_openings(session) == session.scalar(select(OpeningBatch.id))


def test_a_share_counts_its_pages(session, case, openings):
    share = make_share(session, case=case)
    session.commit()
    for what in ("page", "picture", "page"):
        openings.note(audit.Opened(case.id, "guest", what, share_id=share.id))
    openings.flush()
    assert session.execute(select(Share.open_count, Share.opened_at.is_not(None))).one() == (2, True)


def test_what_could_not_be_written_waits(session, case, sessions):
    broken = [True]

    def sometimes():
        if broken:
            raise OSError("the disk is full")
        return sessions()

    openings = audit.Openings(sometimes, in_background=False)
    openings.note(audit.Opened(case.id, "clinic"))
    with pytest.raises(OSError, match="full"):
        openings.flush()
    broken.clear()
    openings.close()
    assert session.scalar(select(func.count(Opening.id))) == 1


def test_many_threads_lose_nothing(fresh_database):
    sessions = make_sessions(fresh_database)
    with sessions() as session:
        writing(session)
        case_id = make_case(session, pictures=0).id
        session.commit()
    openings = audit.Openings(sessions, every=0.01)
    people = [
        threading.Thread(target=lambda: [openings.note(audit.Opened(case_id, "clinic")) for _ in range(50)])
        for _ in range(8)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    openings.close()
    with sessions() as session:
        assert session.scalar(select(func.count(Opening.id))) == 400
        assert audit.verify_openings(session) is None


def test_a_changed_batch_is_found(session, case, openings):
    openings.note(audit.Opened(case.id, "clinic", user_id=case.author_id))
    openings.flush()
    drop = {
        "sqlite": "DROP TRIGGER opening_batch_no_update",
        "postgresql": "ALTER TABLE opening_batch DISABLE TRIGGER opening_batch_no_change",
    }
    session.execute(text(drop[session.get_bind().dialect.name]))
    session.execute(text("UPDATE opening_batch SET count = 2"))
    assert audit.verify_openings(session) == session.scalar(select(OpeningBatch.id))
