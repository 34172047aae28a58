from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from pinboard.models import Base, Board, Counter
from pinboard.models.fulltext import is_ours


def _differences(connection):
    options = {"include_name": lambda name, kind, _parents: kind != "table" or not is_ours(name)}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    return [one for one in found if not _only_inline(connection, one)]


def _only_inline(connection, difference):
    """Tell whether a reference differs only in standing inline, where SQLAlchemy reads no rule on SQLite."""
    if connection.dialect.name != "sqlite" or difference[0] not in {"add_fk", "remove_fk"}:
        return False
    key = difference[1].elements[0]
    rules = {
        row["from"]: (row["table"], row["on_delete"])
        for row in connection.exec_driver_sql(f"PRAGMA foreign_key_list({key.parent.table.name})").mappings()
    }
    wanted = Base.metadata.tables[key.parent.table.name].c[key.parent.name].foreign_keys
    return [rules[key.parent.name]] == [(one.column.table.name, one.ondelete) for one in wanted]


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
