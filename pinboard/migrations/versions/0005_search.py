"""Index cases by tokens of our own, with facets among them, so that both databases find the same."""

from __future__ import annotations

from alembic import op

from pinboard.migrations.search_tokens import postgresql_statements, sqlite_statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in sqlite_statements() if on_sqlite else postgresql_statements():
        op.get_bind().exec_driver_sql(statement)
