"""Keeps the search index: what changed is noted by triggers, and indexed before the same transaction commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, event, insert, select, text
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from pinboard import vocabulary
from pinboard.models.board import Pin
from pinboard.models.case import Case, CaseState
from pinboard.models.expression import EVERY
from pinboard.models.fulltext import DOCUMENT, LEXICON, STALE
from pinboard.models.tokens import BREAK, slug, tokens
from pinboard.models.user import User

_KEY = "pinboard.search"
_BATCH = 500
_INPUTS = (Case, Pin, User)
_COLUMNS = (
    Case.id, Case.seq, Case.title, Case.question, Case.history, Case.findings, Case.differential, Case.outcome,
    Case.tags, Case.age_band, Case.sex, Case.body_part, Case.modality, Case.resolution, Case.author_id, User.name,
)  # fmt: skip


def facet(kind: str, value: str | int) -> str:
    """Name the token of a facet; nobody can type one, because words have no underscore."""
    return f"_{kind}_{slug(str(value)).replace('-', '_')}"


def document(row: Any, boards: Iterable[int] = ()) -> list[str]:
    """Give the tokens of a case: its fields with a break between each, then its facets."""
    answers = [str(item.get("diagnosis", "")) for item in row.differential or () if isinstance(item, dict)]
    tags = [str(tag) for tag in row.tags or ()]
    kinds = " ".join(vocabulary.MODALITIES.get(row.modality or "", ("", "")))
    fields = [row.title, row.question, row.history, row.findings, row.outcome, *answers, *tags]
    found: list[str] = []
    for words in (*fields, row.name, vocabulary.meaning(row.body_part), kinds):
        found += [*tokens(words or ""), BREAK]
    facets = [EVERY, facet("is", row.resolution), facet("by", row.author_id)]
    facets += [facet("tag", tag) for tag in tags] + [facet("board", board) for board in boards]
    for kind, value in (("mod", row.modality), ("age", row.age_band), ("sex", row.sex), ("body", row.body_part)):
        facets += [facet(kind, value)] if value else []
    facets += [facet("has", "outcome")] if row.outcome else []
    for token in dict.fromkeys(facets):
        found += [token, BREAK]
    return found


def vector(document_tokens: Sequence[str]) -> str:
    """Write the tokens as a tsvector with their places."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(document_tokens, start=1):
        if token != BREAK and place < 16_000:
            places.setdefault(token, []).append(place)
    return " ".join(f"'{token}':{','.join(map(str, found[:255]))}" for token, found in places.items())


def catch_up(session: Session) -> int:
    """Index every case that was noted, and give how many there were."""
    connection, done = session.connection(), 0
    while ids := list(connection.scalars(select(STALE.c.case_id).order_by(STALE.c.case_id).limit(_BATCH))):
        _reindex(connection, ids)
        done += len(ids)
    return done


def _reindex(connection: Connection, ids: list[int]) -> None:
    counts: Counter[str] = Counter()
    _remove(connection, ids, counts)
    rows = connection.execute(
        select(*_COLUMNS)
        .join(User, User.id == Case.author_id)
        .where(Case.id.in_(ids), Case.state == CaseState.PUBLISHED, Case.seq.is_not(None)),
    ).all()
    boards: dict[int, list[int]] = {}
    for board_id, case_id in connection.execute(select(Pin.board_id, Pin.case_id).where(Pin.case_id.in_(ids))):
        boards.setdefault(case_id, []).append(board_id)
    documents = [(row, document(row, sorted(boards.get(row.id, ())))) for row in rows]
    put(connection, [(row.seq, row.id, found) for row, found in documents])
    for _row, found in documents:
        counts.update(set(found))
    count(connection, counts)
    connection.execute(delete(STALE).where(STALE.c.case_id.in_(ids)))


def put(connection: Connection, documents: Sequence[tuple[int, int, list[str]]]) -> None:
    """Write documents that are not in the index."""
    if not documents:
        return
    if connection.dialect.name == "postgresql":
        write = text("INSERT INTO search_case(seq, case_id, words) VALUES (:seq, :case_id, CAST(:words AS tsvector))")
        rows = [{"seq": seq, "case_id": case_id, "words": vector(found)} for seq, case_id, found in documents]
        connection.execute(write, rows)
        return
    rows = [{"seq": seq, "case_id": case_id, "words": f" {' '.join(found)} "} for seq, case_id, found in documents]
    connection.execute(insert(DOCUMENT), rows)
    connection.execute(text("INSERT INTO search_fts(rowid, words) VALUES (:seq, :words)"), rows)


def count(connection: Connection, counts: Counter[str]) -> None:
    """Add to the numbers of the lexicon, always in the same order so that two writers never wait for each other."""
    changed = [{"word": word, "more": more} for word, more in sorted(counts.items()) if more and word != BREAK]
    if not changed:
        return
    add = text(
        "INSERT INTO search_word(word, cases) VALUES (:word, :more)"
        " ON CONFLICT (word) DO UPDATE SET cases = search_word.cases + excluded.cases"
    )
    connection.execute(add, changed)
    fewer = [one["word"] for one in changed if one["more"] < 0]  # type: ignore[operator]
    for start in range(0, len(fewer), _BATCH):
        some = LEXICON.c.word.in_(fewer[start : start + _BATCH])
        connection.execute(delete(LEXICON).where(some, LEXICON.c.cases <= 0))


def _remove(connection: Connection, ids: list[int], counts: Counter[str]) -> None:
    gone = DOCUMENT.c.case_id.in_(ids)
    if connection.dialect.name == "postgresql":
        lists = text("SELECT tsvector_to_array(words) FROM search_case WHERE case_id IN :ids")
        for (found,) in connection.execute(lists.bindparams(bindparam("ids", expanding=True)), {"ids": ids}):
            counts.subtract(found)
    else:
        rows: list[Row[Any]] = list(connection.execute(select(DOCUMENT.c.seq, DOCUMENT.c.words).where(gone)))
        for row in rows:
            counts.subtract(set(row.words.split()))
        drop = text("INSERT INTO search_fts(search_fts, rowid, words) VALUES ('delete', :seq, :words)")
        if rows:
            connection.execute(drop, [{"seq": row.seq, "words": row.words} for row in rows])
    connection.execute(delete(DOCUMENT).where(gone))


@event.listens_for(Session, "after_flush")
def _notice_rows(session: Session, _context: UOWTransaction) -> None:
    if any(isinstance(row, _INPUTS) for row in (*session.new, *session.dirty, *session.deleted)):
        session.info[_KEY] = True


@event.listens_for(Session, "do_orm_execute")
def _notice_bulk(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and state.bind_mapper is not None and state.bind_mapper.class_ in _INPUTS:
        state.session.info[_KEY] = True


@event.listens_for(Session, "before_commit")
def _index(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.pop(_KEY, False):
        catch_up(session)
