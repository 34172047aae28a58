"""Search in the words of cases, behind one clause: FTS5 on SQLite, tsvector on PostgreSQL.

The index is kept by triggers (`pinboard.migrations.search_index`), so no writer can forget it. It knows nothing of
who may see what: every query joins it with the audience.
"""

# ruff: noqa: S608 - the only text that is joined in is a name of ours
from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, false, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pinboard.models.case import Case

TABLE = "case_fts"
_MAX_TERMS = 12
_MAX_LENGTH = 60
_TERM = re.compile(r"[^\W_]+")


class _Matches(FunctionElement[bool]):
    """Cases whose words hold every term; arguments are the case's id and the query in each dialect's syntax."""

    type = Boolean()
    name = "matches"
    inherit_cache = True


def is_ours(table: str | None) -> bool:
    """Say whether a table belongs to the index and so to no model."""
    return bool(table) and str(table).startswith(TABLE)


def terms(text: str) -> list[str]:
    """Take the words out of what somebody typed; nothing of a query language survives."""
    return [term[:_MAX_LENGTH].lower() for term in _TERM.findall(text)[:_MAX_TERMS]]


def match(text: str) -> ColumnElement[bool]:
    """Give the clause for cases that hold every word of a text, each as the beginning of a word."""
    words = terms(text)
    if not words:
        return false()
    sqlite = " ".join(f'"{word}"*' for word in words)
    postgresql = " & ".join(f"{word}:*" for word in words)
    return _Matches(Case.id, literal(sqlite), literal(postgresql))


@compiles(_Matches, "sqlite")
def _fts5(element: _Matches, compiler: SQLCompiler, **kw: Any) -> str:
    case_id, query, _other = element.clauses
    return (
        f"{compiler.process(case_id, **kw)} IN"
        f" (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH {compiler.process(query, **kw)})"
    )


@compiles(_Matches, "postgresql")
def _tsvector(element: _Matches, compiler: SQLCompiler, **kw: Any) -> str:
    case_id, _other, query = element.clauses
    return (
        f"{compiler.process(case_id, **kw)} IN"
        f" (SELECT case_id FROM {TABLE} WHERE words @@ to_tsquery('simple', {compiler.process(query, **kw)}))"
    )


def forget(connection: Connection) -> None:
    """Rewrite the index, so that words of erased cases leave the file too; SQLite keeps them until a merge."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}) VALUES ('optimize')")
