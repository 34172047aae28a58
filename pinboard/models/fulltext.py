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
    bindparam,
    cast,
    column,
    intersect,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pinboard.models.expression import All, Expression, fts5, packed, tsquery

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


def holds_prepared() -> ColumnElement[bool]:
    """Give the clause of `holds` for a query that is built once; `holds_values` gives its parameters."""
    return _Holds(DOCUMENT.c.words, bindparam("packed", type_=String), bindparam("tsquery", type_=String))


def holds_values(expression: Expression) -> dict[str, str]:
    """Give the parameters of `holds_prepared` for one question."""
    return {"packed": packed(expression), "tsquery": tsquery(expression)}


def found_within(dialect: str, parts: int) -> Select[int, int]:
    """Give the query for (seq, case_id) of what answers from one place on down to another, built once.

    `within_values` gives its parameters. PostgreSQL looks at row after row, because its index knows no order. SQLite's
    does, but stops at the end only when it has found something, and would look through all cases for words that never
    meet: so what must come together is looked up one by one.
    """
    start, end = bindparam("start", type_=BigInteger), bindparam("end", type_=BigInteger)
    seq, case_id = DOCUMENT.c.seq, DOCUMENT.c.case_id
    if dialect == "postgresql":
        return select(seq, case_id).where(holds_prepared(), seq < start, seq >= end)
    place = _FTS.c.rowid
    asked = [_FTS.c.search_fts.op("MATCH")(bindparam(f"part_{number}", type_=Text)) for number in range(parts)]
    spans = [select(place.label("seq")).where(one, place < start, place >= end) for one in asked]
    met = (intersect(*spans) if parts > 1 else spans[0]).subquery()
    return select(met.c.seq, case_id).join_from(met, DOCUMENT, met.c.seq == seq)


def within_values(expression: Expression, dialect: str) -> dict[str, str]:
    """Give a question whole, or as its parts that must come together, the first with all that is excluded."""
    if dialect == "postgresql":
        return holds_values(expression)
    parts = list(expression.parts) if isinstance(expression, All) and len(expression.parts) > 1 else [expression]
    if isinstance(expression, All) and expression.but and len(parts) > 1:
        parts[0] = All((parts[0],), expression.but)
    return {f"part_{number}": fts5(part) for number, part in enumerate(parts)}


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
