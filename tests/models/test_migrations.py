from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from pinboard.models import Base, Board, Counter
from pinboard.models.fulltext import is_ours


def _differences(connection):
    options = {"include_name": lambda name, kind, _parents: kind != "table" or not is_ours(name)}
    return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)


def test_the_migrations_make_what_the_models_describe(connection):
    assert _differences(connection) == []


def test_a_missing_column_would_be_noticed(connection):
    connection.exec_driver_sql(
        "ALTER TABLE inbox_item DROP COLUMN read_at CASCADE"
        if connection.dialect.name == "postgresql"
        else "ALTER TABLE comment DROP COLUMN edited_at"
    )
    assert _differences(connection)


def test_a_new_database_has_its_counter_and_a_board_for_each_specialty(session):
    assert session.get(Counter, "case_seq").value == 0
    titles = set(session.scalars(select(Board.title)))
    assert {"Cardiology", "Radiology", "Dermatology", "Gastroenterology"} <= titles
