"""Makes an installation ready to serve: folders, migrations under a lock and after a backup, and the seeds."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from pinboard import clock, vocabulary
from pinboard.ids import public_id
from pinboard.models import Board, BoardKind
from pinboard.models.engine import WRITE, make_engine
from pinboard.models.indexing import catch_up

try:
    import fcntl
except ImportError:  # Windows has no flock; one process serves there
    fcntl = None  # type: ignore[assignment]

_ADVISORY_LOCK = 0x50494E42
"""“PINB”: the key of the lock that processes on several machines share."""


class NotReady(Exception):  # noqa: N818 - a state of the installation, told in a sentence
    """Pinboard cannot start on this data; the message is a sentence for whoever started it."""

    code = "not-ready"


class Folders(Protocol):
    """What of the configuration is asked here."""

    @property
    def data(self) -> Path:
        """Give the data folder."""

    @property
    def database_url(self) -> str:
        """Give the address of the database."""


def ensure_ready(config: Folders) -> None:
    """Bring folders, tables and seeds to what this version needs, or raise `NotReady`. Running it twice is safe."""
    _make_folders(config)
    engine = make_engine(config.database_url)
    try:
        with _only_one(config, engine):
            upgrade(engine, config.data / "backups")
            seed(engine)
            index(engine)
    finally:
        engine.dispose()


def upgrade(engine: Engine, backups: Path | None = None) -> None:
    """Bring the tables to the newest revision; a non-empty database is copied to `backups` first."""
    scripts = _alembic(None)
    target = ScriptDirectory.from_config(scripts).get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == target:
        return
    _refuse_newer(current, scripts)
    if current is not None and backups is not None:
        _back_up(engine, backups, current)
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        command.upgrade(_alembic(connection), "head")


def is_current(engine: Engine) -> bool:
    """Tell whether the tables are in the form that this version needs."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_alembic(None)).get_current_head()


def seed(engine: Engine) -> None:
    """Make a board for every specialty that has none; a board that was renamed or archived stays as it is."""
    with Session(engine) as session:
        session.connection(execution_options={WRITE: True})
        present = set(session.scalars(select(Board.specialty).where(Board.kind == BoardKind.SPECIALTY)))
        session.add_all(
            Board(
                public_id=public_id(),
                slug=specialty.slug,
                kind=BoardKind.SPECIALTY,
                title=specialty.meaning,
                specialty=specialty.code,
                created_at=clock.now(),
            )
            for specialty in vocabulary.specialties()
            if specialty.code not in present
        )
        session.commit()


def index(engine: Engine) -> None:
    """Index the cases that changed while nobody indexed, as all have when the index is a new one."""
    with Session(engine) as session:
        session.connection(execution_options={WRITE: True})
        catch_up(session)
        session.commit()


def _make_folders(config: Folders) -> None:
    names = ("vault_path", "keys", "media_path", "backups_path")
    folders = [config.data, config.data / "backups", *(getattr(config, name, None) for name in names)]
    for folder in folders:
        if folder is None:
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError:
            raise NotReady(
                f"The folder {folder} cannot be made or is not ours. Set PINBOARD_DATA to another."
            ) from None


@contextmanager
def _only_one(config: Folders, engine: Engine) -> Iterator[None]:
    """Hold the start lock: a file beside an SQLite database, an advisory lock on a server."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET lock_timeout = 0"))
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
                connection.invalidate()
        return
    handle = os.open(config.data / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refuse_newer(current: str | None, scripts: AlembicConfig) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(scripts).walk_revisions()}
    if current is not None and current not in known:
        raise NotReady(
            f"This database was made by a newer Pinboard (step {current}). Install that version, or restore a backup."
        )


def _back_up(engine: Engine, backups: Path, revision: str) -> None:
    backups.mkdir(parents=True, exist_ok=True)
    target = backups / f"before-upgrade-from-{revision}-{clock.now():%Y%m%dT%H%M%S}"
    if engine.dialect.name == "sqlite":
        _copy_sqlite(str(engine.url.database), target.with_suffix(".sqlite"))
    else:
        _dump_postgresql(engine, target.with_suffix(".dump"))


def _copy_sqlite(source: str, target: Path) -> None:
    target.touch(0o600)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _dump_postgresql(engine: Engine, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise NotReady("The database must be copied before it is upgraded, and pg_dump is not installed here.")
    target.touch(0o600)
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run([program, "--format=custom", f"--file={target}", "--dbname", url], check=False)
    if done.returncode != 0:
        raise NotReady("The database could not be copied before its upgrade; pg_dump says why above.")


def _alembic(connection: Connection | None) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", "pinboard:migrations")
    config.attributes["connection"] = connection
    return config
