"""Makes the search index over the words of cases, and the triggers that keep it."""

# ruff: noqa: S608, ISC004 - statements of ours, each in its own line or two
from __future__ import annotations

TABLE = "case_fts"
WORDS = ("title", "question", "history", "findings", "tags")


def _sqlite_values(row: str, author: str) -> str:
    return ", ".join([f"{row}.id", *(f"{row}.{word}" for word in WORDS), author])


def sqlite_statements() -> list[str]:
    """Give the statements that make the index and its triggers on SQLite."""
    columns = ", ".join([*WORDS, "author"])
    name = "(SELECT name FROM user_ WHERE id = {row}.author_id)"
    new, old = _sqlite_values("new", name.format(row="new")), _sqlite_values("old", name.format(row="old"))
    put = f"INSERT INTO {TABLE}(rowid, {columns}) "
    drop = f"INSERT INTO {TABLE}({TABLE}, rowid, {columns}) "
    selected = ", ".join(f"case_.{word}" for word in WORDS)
    changed = ", ".join([*WORDS, "author_id"])
    return [
        f"CREATE VIEW {TABLE}_content_of AS SELECT case_.id AS id, {selected}, user_.name AS author"
        " FROM case_ JOIN user_ ON user_.id = case_.author_id",
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5({columns}, content='{TABLE}_content_of', content_rowid='id',"
        " tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')",
        f"CREATE TRIGGER {TABLE}_insert AFTER INSERT ON case_ BEGIN {put} VALUES ({new}); END",
        f"CREATE TRIGGER {TABLE}_delete BEFORE DELETE ON case_ BEGIN {drop} VALUES ('delete', {old}); END",
        f"CREATE TRIGGER {TABLE}_update AFTER UPDATE OF {changed} ON case_ BEGIN"
        f" {drop} VALUES ('delete', {old}); {put} VALUES ({new}); END",
        f"CREATE TRIGGER {TABLE}_author AFTER UPDATE OF name ON user_ WHEN old.name <> new.name BEGIN"
        f" {drop} SELECT 'delete', id, {', '.join(WORDS)}, old.name FROM case_ WHERE author_id = new.id;"
        f" {put} SELECT id, {', '.join(WORDS)}, new.name FROM case_ WHERE author_id = new.id; END",
    ]


def postgresql_statements() -> list[str]:
    """Give the statements that make the index and its triggers on PostgreSQL."""
    words = " || ' ' || ".join(f"coalesce(c.{word}::text, '')" for word in WORDS)
    fill = (
        f"INSERT INTO {TABLE}(case_id, words) SELECT c.id, to_tsvector('simple', {words} || ' ' || u.name)"
        " FROM case_ c JOIN user_ u ON u.id = c.author_id WHERE {where}"
        " ON CONFLICT (case_id) DO UPDATE SET words = excluded.words"
    )
    changed = ", ".join([*WORDS, "author_id"])
    function = "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
    return [
        f"CREATE TABLE {TABLE} (case_id bigint PRIMARY KEY REFERENCES case_(id) ON DELETE CASCADE,"
        " words tsvector NOT NULL)",
        f"CREATE INDEX {TABLE}_words ON {TABLE} USING gin (words)",
        function.format(name=f"{TABLE}_of_case", body=fill.format(where="c.id = new.id")),
        function.format(name=f"{TABLE}_of_author", body=fill.format(where="c.author_id = new.id")),
        f"CREATE TRIGGER {TABLE}_case AFTER INSERT OR UPDATE OF {changed} ON case_"
        f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_of_case()",
        f"CREATE TRIGGER {TABLE}_author AFTER UPDATE OF name ON user_"
        f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_of_author()",
    ]
