"""Runs the migrations on the connection that `ready` opened, inside its transaction."""

from __future__ import annotations

from alembic import context

from pinboard.models import Base
from pinboard.models.fulltext import is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=lambda name, kind, _parents: kind != "table" or not is_ours(name),
    render_as_batch=True,
)
context.run_migrations()
