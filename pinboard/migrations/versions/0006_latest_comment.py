"""Keep the last comment beside every pin, so that a board goes by it as quickly as by any other order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pinboard.migrations.latest_comment import FILL, postgresql_statements, sqlite_statements

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        # A million pins take longer than any page may.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    op.add_column('pin', sa.Column('latest_comment_id', BigId, nullable=False, server_default='0'))
    connection.exec_driver_sql(FILL)
    op.create_index(op.f('ix_pin_board_id_latest_comment_id_id'), 'pin', ['board_id', 'latest_comment_id', 'id'], unique=False)
    for statement in sqlite_statements() if on_sqlite else postgresql_statements():
        connection.exec_driver_sql(statement)
