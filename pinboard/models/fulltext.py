"""The search index behind two clauses: FTS5 on SQLite, tsvector on PostgreSQL, both over tokens that we made.

It knows nothing of who may see what: every query joins it with the audience.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    Text,
    cast,
    column,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pinboard.models.expression import Expression, fts5, packed, tsquery

# Beside the models, because no row of these is anybody's: they are made from the cases, and can be made anew.
_TABLES = MetaData()
DOCUMENT = Table(
    "search_case",
    _TABLES,
    Column("seq", BigInteger, primary_key=True),
    Column("case_id", BigInteger, nullable=False),
    Column("words", Text, nullable=False),
)
"""The tokens of each published case under the number that orders lists; on PostgreSQL they are a tsvector."""
LEXICON = Table("search_word", _TABLES, Column("word", String(80), primary_key=True), Column("cases", BigInteger))
"""Every token with the number of cases that have it; the plan of a search rests on it, and nobody is shown it."""
STALE = Table("search_stale", _TABLES, Column("case_id", BigInteger, primary_key=True))
"""Cases that changed since they were indexed; triggers write it, so that no writer can forget it."""
_FTS = table("search_fts", column("rowid", BigInteger), column("search_fts", Text))


class _Holds(FunctionElement[bool]):
    """Looks at one row that was found by other means."""

    name = "holds"
    type = Boolean()
    inherit_cache = True


def is_ours(table: str | None) -> bool:
    """Say whether a table belongs to the index and so to no model."""
    return bool(table) and str(table).startswith("search_")


def found_by(expression: Expression, dialect: str) -> Select[int, int]:
    """Give the query for (seq, case_id) of what the index finds.

    On SQLite it stands on the virtual table, which hands the newest out first; asked whether a case is among the
    found, the planner reads every case.
    """
    if dialect == "sqlite":
        asked = _FTS.c.search_fts.op("MATCH")(literal(fts5(expression)))
        return (
            select(_FTS.c.rowid.label("seq"), DOCUMENT.c.case_id)
            .join_from(_FTS, DOCUMENT, _FTS.c.rowid == DOCUMENT.c.seq)
            .where(asked)
        )
    asked = DOCUMENT.c.words.op("@@")(cast(literal(tsquery(expression)), TSQUERY))
    return select(DOCUMENT.c.seq, DOCUMENT.c.case_id).where(asked)


def holds(expression: Expression) -> ColumnElement[bool]:
    """Give the clause that looks at the words of a case which something else has found."""
    return _Holds(DOCUMENT.c.words, literal(packed(expression)), literal(tsquery(expression)))


@compiles(_Holds, "sqlite")
def _in_python(element: _Holds, compiler: SQLCompiler, **kw: Any) -> str:
    words, question, _other = element.clauses
    return f"holds({compiler.process(words, **kw)}, {compiler.process(question, **kw)})"


@compiles(_Holds, "postgresql")
def _by_row(element: _Holds, compiler: SQLCompiler, **kw: Any) -> str:
    # The function behind @@, by its name: the planner cannot turn to the index and read every hit of a common word.
    words, _other, query = element.clauses
    return f"ts_match_vq({compiler.process(words, **kw)}, CAST({compiler.process(query, **kw)} AS tsquery))"


def forget(connection: Connection) -> None:
    """Rewrite the index, so that words of erased cases leave the file too; SQLite keeps them until a merge."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_fts(search_fts) VALUES ('optimize')")
