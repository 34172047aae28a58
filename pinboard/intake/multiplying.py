"""Copies a block of synthetic cases many times inside the database, because a million made one by one takes hours."""

# ruff: noqa: S608 - the text that is joined in are names of our own tables and columns
from __future__ import annotations

from collections import Counter

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from pinboard.models import Audience, Case, CaseRole, Comment, Consent, Grant, Pin
from pinboard.models.indexing import count

_HANGING: tuple[Table, ...] = tuple(model.__table__ for model in (Consent, CaseRole, Grant, Audience, Comment, Pin))  # type: ignore[misc]
_RANDOM = {
    "sqlite": "lower(hex(randomblob(13)))",
    "postgresql": "substr(md5(random()::text || clock_timestamp()), 1, 26)",
}
_FROM = "JOIN case_ o ON o.id = t.case_id JOIN case_ n ON n.seq = o.seq + :shift WHERE o.seq BETWEEN :low AND :high"


def words_of_block(session: Session, block: range) -> Counter[str]:
    """Count in how many cases of a block each token is."""
    pieces = "tsvector_to_array(words)" if session.get_bind().dialect.name == "postgresql" else "words"
    counts: Counter[str] = Counter()
    rows = session.execute(text(f"SELECT {pieces} FROM search_case WHERE seq BETWEEN :low AND :high"), _span(block))
    for (found,) in rows:
        counts.update(set(found.split() if isinstance(found, str) else found))
    return counts


def copy_block(session: Session, block: range, shift: int, words: Counter[str]) -> None:
    """Copy the cases of a block with everything that hangs on them, so much later in the order of publishing.

    The copies have the same reasons and consents, so the rows of their audience are those that `rebuild` would derive.
    """
    span = {**_span(block), "shift": shift}
    random = _RANDOM[session.get_bind().dialect.name]
    own = {"public_id": random, "seq": "t.seq + :shift"}
    fields = [column.name for column in Case.__table__.columns if column.name != "id"]
    copied = ", ".join(own.get(name, f't."{name}"') for name in fields)
    session.execute(
        text(f"INSERT INTO case_ ({_names(fields)}) SELECT {copied} FROM case_ t WHERE t.seq BETWEEN :low AND :high"),
        span,
    )
    for table in _HANGING:
        own = {"case_id": "n.id", "public_id": random, "seq": "t.seq + :shift", "position": "t.position + :shift"}
        fields = [column.name for column in table.columns if column.name != "id"]
        copied = ", ".join(own.get(name, f't."{name}"') for name in fields)
        session.execute(
            text(f"INSERT INTO {table.name} ({_names(fields)}) SELECT {copied} FROM {table.name} t {_FROM}"), span
        )
    session.execute(
        text(f"INSERT INTO search_case (seq, case_id, words) SELECT n.seq, n.id, t.words FROM search_case t {_FROM}"),
        span,
    )
    if session.get_bind().dialect.name == "sqlite":
        made = "SELECT seq, words FROM search_case WHERE seq BETWEEN :low + :shift AND :high + :shift"
        session.execute(text(f"INSERT INTO search_fts (rowid, words) {made}"), span)
    count(session.connection(), words)
    session.execute(text("DELETE FROM search_stale"))


def _span(block: range) -> dict[str, int]:
    return {"low": block.start, "high": block.stop - 1}


def _names(fields: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in fields)
