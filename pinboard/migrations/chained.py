"""Forbids, in the database itself, to change or delete a row of a chain."""

from __future__ import annotations

CHAINED = ("audit_event", "opening_batch")
_SENTENCE = "rows of a chain are never changed"


def sqlite_guards() -> list[str]:
    """Give the triggers that refuse UPDATE and DELETE on SQLite."""
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        for table in CHAINED
        for verb in ("UPDATE", "DELETE")
    ]


def postgresql_guards() -> list[str]:
    """Give the triggers that refuse UPDATE, DELETE and TRUNCATE on PostgreSQL."""
    function = (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            for table in CHAINED
        ),
    ]
