"""Makes the search index over tokens, and the triggers that note which cases it no longer describes."""

# ruff: noqa: ISC004 - statements of ours, each in its own line or two
from __future__ import annotations

FIELDS = (
    *("title", "question", "history", "findings", "differential", "outcome", "tags", "age_band", "sex", "body_part"),
    *("modality", "state", "resolution", "seq", "author_id"),
)
_CHANGED = ", ".join(FIELDS)
_NOTE = "INSERT INTO search_stale(case_id) {rows} ON CONFLICT DO NOTHING"
_OF_CASE, _OF_PIN = "SELECT {row}.id WHERE true", "SELECT {row}.case_id WHERE true"
_OF_AUTHOR = "SELECT id FROM case_ WHERE author_id = new.id AND state = 'published'"
_FILL = "INSERT INTO search_stale(case_id) SELECT id FROM case_ WHERE state = 'published'"


def sqlite_statements() -> list[str]:
    """Give the statements that put the new index in the place of the old one on SQLite."""
    old = ("case_fts_insert", "case_fts_delete", "case_fts_update", "case_fts_author")
    return [
        *(f"DROP TRIGGER {name}" for name in old),
        "DROP TABLE case_fts",
        "DROP VIEW case_fts_content_of",
        "CREATE TABLE search_case (seq INTEGER PRIMARY KEY, case_id INTEGER NOT NULL UNIQUE, words TEXT NOT NULL)",
        "CREATE TABLE search_word (word TEXT PRIMARY KEY, cases INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE search_stale (case_id INTEGER PRIMARY KEY)",
        "CREATE VIRTUAL TABLE search_fts USING fts5(words, content='search_case', content_rowid='seq',"
        " tokenize=\"unicode61 tokenchars '_'\")",
        _sqlite("case_insert", "AFTER INSERT ON case_", _OF_CASE.format(row="new")),
        _sqlite("case_update", f"AFTER UPDATE OF {_CHANGED} ON case_", _OF_CASE.format(row="new")),
        _sqlite("case_delete", "AFTER DELETE ON case_", _OF_CASE.format(row="old")),
        _sqlite("pin_insert", "AFTER INSERT ON pin", _OF_PIN.format(row="new")),
        _sqlite("pin_delete", "AFTER DELETE ON pin", _OF_PIN.format(row="old")),
        _sqlite("pin_update", "AFTER UPDATE OF board_id, case_id ON pin", _OF_PIN.format(row="new")),
        _sqlite("author", "AFTER UPDATE OF name ON user_ WHEN old.name <> new.name", _OF_AUTHOR),
        _FILL,
    ]


def postgresql_statements() -> list[str]:
    """Give the statements that put the new index in the place of the old one on PostgreSQL."""
    return [
        "DROP TRIGGER case_fts_case ON case_",
        "DROP TRIGGER case_fts_author ON user_",
        "DROP FUNCTION case_fts_of_case()",
        "DROP FUNCTION case_fts_of_author()",
        "DROP TABLE case_fts",
        "CREATE TABLE search_case (seq bigint PRIMARY KEY, case_id bigint NOT NULL UNIQUE, words tsvector NOT NULL)",
        # Without the waiting list that a search would have to read through after many new cases.
        "CREATE INDEX search_case_words ON search_case USING gin (words) WITH (fastupdate = off)",
        'CREATE TABLE search_word (word varchar(80) COLLATE "C" PRIMARY KEY, cases bigint NOT NULL)',
        "CREATE TABLE search_stale (case_id bigint PRIMARY KEY)",
        *_postgresql("case", f"INSERT OR UPDATE OF {_CHANGED}", "case_", _OF_CASE.format(row="new")),
        *_postgresql("case_gone", "DELETE", "case_", _OF_CASE.format(row="old")),
        *_postgresql("pin", "INSERT OR UPDATE OF board_id, case_id", "pin", _OF_PIN.format(row="new")),
        *_postgresql("pin_gone", "DELETE", "pin", _OF_PIN.format(row="old")),
        *_postgresql("author", "UPDATE OF name", "user_", _OF_AUTHOR),
        _FILL,
    ]


def _sqlite(name: str, when: str, rows: str) -> str:
    return f"CREATE TRIGGER search_{name} {when} BEGIN {_NOTE.format(rows=rows)}; END"


def _postgresql(name: str, when: str, table: str, rows: str) -> tuple[str, str]:
    body = f"BEGIN {_NOTE.format(rows=rows)}; RETURN NULL; END"
    return (
        f"CREATE FUNCTION search_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER search_{name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION search_{name}()",
    )
