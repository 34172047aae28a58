"""The chain shows every change of a row, and the database refuses to make one."""

# ruff: noqa: S608 - the statements are the tampering
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from pinboard import audit
from pinboard.models import AuditEvent
from tests.factories import make_case, make_user


@pytest.fixture
def rows(session):
    ada = make_user(session)
    case = make_case(session, ada)
    for number in range(5):
        audit.record(session, actor=ada, verb="edit", case=case, detail={"number": number, "fields": ["título"]})
    return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def _unguarded(session, *statements):
    """Do what only somebody with the database file in hands can do."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    for verb in ("update", "delete") if on_sqlite else ():
        session.execute(text(f"DROP TRIGGER audit_event_no_{verb}"))
    if not on_sqlite:
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change"))
    for statement in statements:
        session.connection().exec_driver_sql(statement)


def test_an_untouched_chain_is_whole(session, rows):
    assert audit.verify_chain(session) is None
    assert len(rows) == 5


def test_an_empty_chain_is_whole(session):
    assert audit.verify_chain(session) is None
    assert audit.verify_openings(session) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2020-01-01 00:00:00.000000'"),
        ("actor_id", "NULL"),
        ("verb", "'pin'"),
        ("thing", "'case:another'"),
        ("case_id", "NULL"),
        ("detail", "'{\"number\":9}'"),
        ("previous_hash", "'" + "1" * 64 + "'"),
        ("hash", "'" + "2" * 64 + "'"),
    ],
)
def test_a_changed_column_is_found(session, rows, column, value):
    _unguarded(session, f"UPDATE audit_event SET {column} = {value} WHERE id = {rows[2]}")
    assert audit.verify_chain(session) == rows[2]


def test_a_deleted_row_is_found_at_the_next(session, rows):
    _unguarded(session, f"DELETE FROM audit_event WHERE id = {rows[1]}")
    assert audit.verify_chain(session) == rows[2]


def test_the_first_row_cannot_go_unseen(session, rows):
    _unguarded(session, f"DELETE FROM audit_event WHERE id = {rows[0]}")
    assert audit.verify_chain(session) == rows[1]


def test_rows_that_changed_places_are_found(session, rows):
    _unguarded(
        session,
        f"UPDATE audit_event SET id = 9000 WHERE id = {rows[1]}",
        f"UPDATE audit_event SET id = {rows[1]} WHERE id = {rows[2]}",
        f"UPDATE audit_event SET id = {rows[2]} WHERE id = 9000",
    )
    assert audit.verify_chain(session) == rows[1]


def test_a_row_put_in_is_found(session, rows):
    _unguarded(
        session,
        "INSERT INTO audit_event (id, at, verb, detail, previous_hash, hash)"
        f" SELECT 9000, at, 'pin', detail, hash, '{'3' * 64}' FROM audit_event WHERE id = {rows[-1]}",
    )
    assert audit.verify_chain(session) == 9000


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = NULL", "DELETE FROM {}"])
@pytest.mark.parametrize(("table", "column"), [("audit_event", "actor_id"), ("opening_batch", "at")])
@pytest.mark.usefixtures("rows")
def test_the_database_refuses_to_change_a_chain(session, statement, table, column):
    audit.append_openings(session, [])
    with pytest.raises(DatabaseError, match="never changed"):
        session.execute(text(statement.format(table, column)))


def test_a_verb_has_a_code_of_dicom():
    assert audit.event_code("signed-in") == ("110114", "User Authentication")
    assert audit.event_code("share-made")[0] == "110106"
