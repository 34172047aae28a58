"""Our own engine: the rules under which SQLite loses nothing and locks nobody out, and the like for PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
import threading
import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, create_engine, event, make_url
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import StaticPool

from pinboard.models.expression import holds

POOL = 32
BUSY_SECONDS = 30.0
WRITE = "write"
"""Execution option of a connection whose next transaction will change something."""
_MODE = "pinboard.mode"
"""Whether the open transaction of a session is a writing one; absent while it has touched no database."""

_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
_PRAGMAS = (
    "foreign_keys=ON",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    f"busy_timeout={int(BUSY_SECONDS * 1000)}",
    "cache_size=-8000",
    "mmap_size=268435456",
)


class WriterLock:
    """Lets one connection of this process write at a time, so that SQLite never has to say “locked”."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def acquire(self) -> None:
        """Wait for the turn; a thread that already writes elsewhere would wait for itself and is told so."""
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread already writes in another session; end that one first")
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise sqlite3.OperationalError("another change took too long")
        self._owner = threading.get_ident()

    def release(self) -> None:
        """Let the next one write; any thread may end a transaction, so this is no matter of the owner."""
        self._owner = None
        self._lock.release()


class SqliteConnection(sqlite3.Connection):
    """A connection that holds the writer lock from its first change to the end of its transaction."""

    lock: WriterLock | None = None
    holds = False

    def begin(self, *, write: bool) -> None:
        """Begin a transaction; a writing one takes its place before it reads anything."""
        if write:
            self.take_turn()
        try:
            self.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        except BaseException:
            self._end_turn()
            raise

    def take_turn(self) -> None:
        """Take the writer lock unless this connection has it."""
        if self.lock is not None and not self.holds:
            self.lock.acquire()
            self.holds = True

    def commit(self) -> None:
        """Commit, then let the next one write."""
        try:
            super().commit()
        finally:
            if not self.in_transaction:
                self._end_turn()

    def rollback(self) -> None:
        """Roll back, then let the next one write."""
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        """Close, which rolls back, then let the next one write."""
        try:
            super().close()
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self.lock is not None and self.holds:
            self.holds = False
            self.lock.release()


def make_engine(url: str) -> Engine:
    """Make the engine for a database URL; nothing is opened or created before its first use."""
    parsed = make_url(url)
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)


def make_sessions(engine: Engine | Connection) -> sessionmaker[Session]:
    """Make a maker of sessions; their objects stay readable after a commit, as services hand them on."""
    return sessionmaker(bind=engine, expire_on_commit=False, join_transaction_mode="create_savepoint")


def writing(session: Session) -> None:
    """Begin the session's transaction as one that changes something; call it before the first read.

    A transaction that has only read so far is ended first, and what it read is forgotten, because a change based on
    it could be based on the past.
    """
    bind = session.get_bind()
    if session.info.get(_MODE) is True or (isinstance(bind, Connection) and bind.get_execution_options().get(WRITE)):
        return
    if _MODE in session.info:
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("call writing(session) before the first change")
        session.rollback()
    session.connection(execution_options={WRITE: True})


def read(session: Session, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Read plain columns in the session's transaction, past what it does for objects, which costs more than the rest.

    For the few statements that every page needs.
    """
    session.flush()
    return session.connection().execute(statement, values)


@event.listens_for(Session, "after_begin")
def _note_mode(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[_MODE] = bool(connection.get_execution_options().get(WRITE))


@event.listens_for(Session, "after_transaction_end")
def _forget_mode(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_MODE, None)


def _sqlite(url: URL) -> Engine:
    in_memory = url.database in {None, "", ":memory:"}
    # The connection that was used last has the pages and statements of the next request at hand.
    pool: dict[str, Any] = {"pool_size": POOL, "max_overflow": 0, "pool_timeout": BUSY_SECONDS, "pool_use_lifo": True}
    engine = create_engine(
        url,
        connect_args={"factory": SqliteConnection, "check_same_thread": False},
        json_serializer=_dumps,
        **({"poolclass": StaticPool} if in_memory else pool),
    )
    lock = WriterLock()

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.lock = lock
        for pragma in ("journal_mode=WAL", *_PRAGMAS):
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("holds", 2, holds, deterministic=True)

    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _notice_change)
    return engine


def _begin(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    raw.begin(write=bool(connection.get_execution_options().get(WRITE)))


def _notice_change(connection: Connection, *happening: Any) -> None:
    """Give a change its turn even where `writing` was forgotten, and say so."""
    context = happening[3]
    if context is None or not (context.isinsert or context.isupdate or context.isdelete):
        return
    raw: Any = connection.connection.dbapi_connection
    if not raw.holds:
        warnings.warn("a change outside writing(session)", RuntimeWarning, stacklevel=2)
        raw.take_turn()


def _postgresql(url: URL) -> Engine:
    limits = {"statement_timeout": 30_000, "lock_timeout": 15_000, "idle_in_transaction_session_timeout": 60_000}
    # To compile a statement or to start helpers for it takes longer than any of ours runs.
    limits |= {"jit": 0, "max_parallel_workers_per_gather": 0}
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return create_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        json_serializer=_dumps,
        connect_args={"application_name": "pinboard", "options": f"-c timezone=UTC {options}"},
    )
