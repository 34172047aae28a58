"""Finds the people, boards and specialties that filters name, as far as their reader may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, String, cast, literal, select, union_all
from sqlalchemy.orm import Session

from pinboard.models import Board, BoardKind, Role, User
from pinboard.models.indexing import facet
from pinboard.models.tokens import slug
from pinboard.policy import Reader, may_board
from pinboard.search.facets import Value
from pinboard.search.grammar import ASKED, Part, Query, refused
from pinboard.web.titles import said

MEMBERS = (Role.CLINICIAN, Role.TRAINEE)


def resolve(session: Session, reader: Reader, query: Query) -> Query:
    """Give the question with every value known; a board that may not be seen is like one that is not there."""
    return resolve_all(session, reader, [query])[0]


def resolve_all(session: Session, reader: Reader, queries: list[Query]) -> list[Query]:
    """Give several questions with every value known, in one statement."""
    waiting = [part for query in queries for part in query.parts if part.kind in ASKED]
    if not waiting:
        return queries
    kinds = {part.kind for part in waiting}
    rows = session.execute(union_all(*_known(reader, kinds, sorted({slug(part.wanted) for part in waiting})))).all()
    return [_resolved(reader, query, rows) for query in queries]


def _resolved(reader: Reader, query: Query, rows: Sequence[Any]) -> Query:
    found = Query(bad=list(query.bad))
    for part in query.parts:
        if part.kind not in ASKED:
            found.parts.append(part)
        elif value := _value(part, reader, [row for row in rows if row[0] == part.kind]):
            sign = "-" if part.is_excluded else ""
            found.parts.append(replace(part, value=value, written=f"{sign}{part.kind}:{value.written}"))
        else:
            found.bad.append(refused(part.kind, part.written))
    return found


def _known(reader: Reader, kinds: set[str], wanted: list[str]) -> list[Select[str, str, str, int]]:
    known: list[Select[str, str, str, int]] = []
    if "by" in kinds:
        # Names are compared as slugs, which the database cannot make; a clinic has some hundred members.
        everybody = select(literal("by", String), User.name, cast(User.login, String), User.id)
        known.append(everybody.where(User.role.in_(MEMBERS)))
    for kind in kinds & {"board", "specialty"}:
        boards = select(literal(kind, String), Board.title, Board.slug, Board.id).where(Board.slug.in_(wanted))
        special = [Board.kind == BoardKind.SPECIALTY] if kind == "specialty" else []
        known.append(boards.where(may_board(reader, "see"), *special))
    return known


def _value(part: Part, reader: Reader, rows: list[Any]) -> Value | None:
    wanted = slug(part.wanted)
    if part.kind != "by":
        fitting = [row for row in rows if row[2] == wanted]
        return Value(wanted, said(wanted, fitting[0][1]), (facet("board", fitting[0][3]),)) if fitting else None
    if wanted == "me":
        rows = [row for row in rows if row[3] == reader.user_id]
    else:
        rows = [row for row in rows if wanted and wanted in {slug(row[1]), row[2]}]
    return Value(slug(rows[0][1]), rows[0][1], tuple(facet("by", row[3]) for row in rows)) if rows else None
