"""The rules under which many writers lose nothing and nobody is told “locked”."""

import sqlite3
import threading
import warnings
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from pinboard.models import Counter, GroupMember
from pinboard.models.engine import make_engine, make_sessions, writing
from tests.factories import make_group, make_user
from tests.fixtures.database import SERVER, prepared

on_sqlite = pytest.mark.skipif(bool(SERVER), reason="SQLite's own rules")


@pytest.fixture
def many(fresh_database):
    return make_sessions(fresh_database)


@pytest.fixture
def file_engine(tmp_path):
    """Give SQLite in a file, whatever database the other tests use."""
    with prepared(f"sqlite:///{tmp_path / 'file.sqlite'}") as engine:
        yield engine


def _in_threads(count, act):
    """Run something in many threads at once and give what went wrong."""
    wrong, gate = [], threading.Barrier(count)

    def run():
        try:
            gate.wait(30)
            act()
        except Exception as error:  # noqa: BLE001 - the errors are what is counted
            wrong.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_32_threads_that_read_then_write_lose_nothing_and_are_never_locked_out(many):
    def act():
        for _ in range(10):
            with many() as session:
                writing(session)
                counter = session.scalars(select(Counter).where(Counter.name == "case_seq").with_for_update()).one()
                counter.value += 1
                session.commit()

    assert _in_threads(32, act) == []
    with many() as session:
        assert session.get(Counter, "case_seq").value == 320


def test_readers_go_on_while_somebody_writes(many):
    with many() as writer, many() as reader:
        writing(writer)
        writer.execute(update(Counter).values(value=7))
        assert reader.scalar(select(Counter.value)) == 0
        writer.commit()


def _commit(session):
    session.commit()


def _rollback(session):
    session.rollback()


def _close(session):
    session.close()


def _invalidate(session):
    session.invalidate()


def _fail(session):
    make_user(session, login="twice")
    with pytest.raises(IntegrityError):
        make_user(session, login="twice")
    session.rollback()


def _savepoint(session):
    with session.begin_nested():
        make_user(session)
    session.begin_nested().rollback()
    session.commit()


@pytest.mark.parametrize("end", [_commit, _rollback, _close, _invalidate, _fail, _savepoint])
def test_the_next_one_may_write_however_the_last_one_ended(many, end):
    for _ in range(2):
        with many() as session:
            writing(session)
            session.execute(update(Counter).values(value=Counter.value + 1))
            end(session)


def test_writing_goes_into_a_transaction_that_was_begun_and_not_used(many):
    with many() as session, session.begin():
        writing(session)
        make_user(session)


def test_writing_twice_is_writing_once(many):
    with many() as session:
        writing(session)
        make_user(session)
        writing(session)
        session.commit()
        writing(session)
        session.commit()


@on_sqlite
def test_what_was_read_before_is_read_anew(many):
    with many() as session, many() as other:
        counter = session.get(Counter, "case_seq")
        writing(other)
        other.execute(update(Counter).values(value=5))
        other.commit()
        writing(session)
        assert counter.value == 5
        counter.value += 1
        session.commit()


@on_sqlite
def test_writing_after_a_change_is_a_mistake_and_said_so(many):
    with many() as session:
        session.get(Counter, "case_seq").value = 3
        with pytest.raises(RuntimeError, match="before the first change"):
            writing(session)


def test_a_change_outside_writing_is_told_and_still_takes_its_turn(file_engine):
    with make_sessions(file_engine)() as session:
        with pytest.warns(RuntimeWarning, match="outside writing"):
            session.execute(update(Counter).values(value=1))
        session.commit()
    with make_sessions(file_engine)() as session:
        writing(session)
        session.commit()


def test_forgotten_writing_is_still_never_locked_out(file_engine):
    sessions = make_sessions(file_engine)

    def act():
        with sessions() as session:
            session.execute(update(Counter).values(value=Counter.value + 1))
            session.commit()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert _in_threads(16, act) == []
    with sessions() as session:
        assert session.scalar(select(Counter.value)) == 16


def test_a_thread_that_would_wait_for_itself_is_told(file_engine):
    sessions = make_sessions(file_engine)
    with sessions() as first, sessions() as second:
        writing(first)
        with pytest.raises(RuntimeError, match="already writes"):
            writing(second)
        first.commit()
        writing(second)
        second.commit()


def test_sqlite_keeps_what_it_confirmed(file_engine):
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "temp_store": 2,
        "busy_timeout": 30_000,
    }
    with file_engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted


def test_one_connection_stays_open_so_that_a_full_disk_can_be_read(file_engine):
    with file_engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM user_"))
    assert file_engine.pool.checkedin() >= 1


def test_a_deleted_rows_number_is_never_given_again(file_engine):
    with make_sessions(file_engine)() as session:
        writing(session)
        group = make_group(session)
        number = group.id
        session.delete(group)
        session.flush()
        assert make_group(session).id > number


def test_references_are_kept(session):
    session.add(GroupMember(group_id=10**6, user_id=10**6, added_at=make_user(session).created_at))
    with pytest.raises(IntegrityError):
        session.flush()


def test_making_an_engine_creates_no_file(tmp_path):
    make_engine(f"sqlite:///{tmp_path / 'later.sqlite'}").dispose()
    assert list(tmp_path.iterdir()) == []


def test_deleted_words_are_overwritten_in_the_file(file_engine):
    with make_sessions(file_engine)() as session:
        writing(session)
        user = make_user(session, login="zanzibar-marker")
        session.commit()
        writing(session)
        session.delete(user)
        session.commit()
    path = file_engine.url.database
    file_engine.dispose()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert b"zanzibar-marker" not in Path(path).read_bytes()


@pytest.mark.postgres
@pytest.mark.skipif(not SERVER, reason="needs PINBOARD_TEST_DATABASE_URL")
def test_postgresql_knows_us_and_does_not_wait_for_ever(engine):
    with engine.connect() as connection:
        shown = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("application_name", "TimeZone")}
        assert shown == {"application_name": "pinboard", "TimeZone": "UTC"}
        connection.exec_driver_sql("SET LOCAL statement_timeout = '10ms'")
        with pytest.raises(DBAPIError, match="statement timeout"):
            connection.exec_driver_sql("SELECT pg_sleep(5)")
