"""An installation becomes ready once, however many start at once, and never silently loses what it had."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text

from pinboard import vocabulary
from pinboard.models import Board, BoardKind, Counter
from pinboard.models import ready as ready_module
from pinboard.models.engine import WRITE, make_engine, make_sessions, writing
from pinboard.models.ready import NotReady, ensure_ready
from tests.fixtures.database import SERVER

on_sqlite = pytest.mark.skipif(bool(SERVER), reason="the database is a file here")


@pytest.fixture
def config(tmp_path, fresh_url):
    return SimpleNamespace(data=tmp_path / "data", database_url=fresh_url, vault_path=tmp_path / "data" / "vault")


@pytest.fixture
def engine_of(config):
    engine = make_engine(config.database_url)
    yield engine
    engine.dispose()


def _boards(engine):
    with make_sessions(engine)() as session:
        return session.scalar(select(func.count()).where(Board.kind == BoardKind.SPECIALTY))


def test_from_nothing_to_ready_and_again(config, engine_of):
    for _ in range(2):
        ensure_ready(config)
        assert _boards(engine_of) == len(vocabulary.specialties()) > 30
    for folder in (config.data, config.vault_path, config.data / "backups"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_start_keeps_what_happened_meanwhile(config, engine_of):
    ensure_ready(config)
    with make_sessions(engine_of)() as session:
        writing(session)
        session.execute(select(Board).limit(1)).scalar_one().title = "Renamed"
        session.get(Counter, "case_seq").value = 12
        session.commit()
    ensure_ready(config)
    with make_sessions(engine_of)() as session:
        assert session.get(Counter, "case_seq").value == 12
        assert session.scalar(select(func.count()).where(Board.title == "Renamed")) == 1
    assert _boards(engine_of) == len(vocabulary.specialties())


def test_many_start_at_once(config, engine_of):
    with ThreadPoolExecutor(6) as starters:
        list(starters.map(ensure_ready, [config] * 6))
    assert _boards(engine_of) == len(vocabulary.specialties())


def test_many_processes_start_at_once(config, engine_of):
    program = (
        "import pathlib, sys, types; from pinboard.models.ready import ensure_ready;"
        "ensure_ready(types.SimpleNamespace(data=pathlib.Path(sys.argv[1]), database_url=sys.argv[2]))"
    )
    arguments = [sys.executable, "-c", program, str(config.data), config.database_url]
    started = [subprocess.Popen(arguments) for _ in range(3)]
    assert [one.wait() for one in started] == [0, 0, 0]
    assert _boards(engine_of) == len(vocabulary.specialties())


def _set_revision(engine, revision):
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_a_newer_database_is_refused_in_words_and_left_alone(config, engine_of):
    ensure_ready(config)
    _set_revision(engine_of, "9999")
    with pytest.raises(NotReady, match=r"newer Pinboard \(step 9999\)"):
        ensure_ready(config)
    with engine_of.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


@pytest.fixture
def older(config, engine_of, monkeypatch):
    """Make an upgrade from step 0000 to 0001 necessary, in which `upgrading` happens."""
    ensure_ready(config)
    _set_revision(engine_of, "0000")
    monkeypatch.setattr(ready_module, "_refuse_newer", lambda *_: None)

    def during(act):
        def upgrading(_config, _target):
            act(_config.attributes["connection"])

        monkeypatch.setattr(ready_module.command, "upgrade", upgrading)

    return during


@on_sqlite
def test_the_database_is_copied_before_an_upgrade(config, older):
    older(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    ensure_ready(config)
    (copy,) = (config.data / "backups").iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
        assert opened.execute("SELECT count(*) FROM board").fetchone()[0] > 30


def test_an_upgrade_that_fails_half_way_leaves_nothing(config, engine_of, older):
    if engine_of.dialect.name == "postgresql":
        config.data.joinpath("backups").mkdir(exist_ok=True)

    def half(connection):
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise OSError("the power went")

    older(half)
    with pytest.raises(OSError, match="power"):
        ready_module.upgrade(engine_of, None)
    with engine_of.connect() as connection:
        assert not engine_of.dialect.has_table(connection, "half")


@pytest.mark.postgres
@pytest.mark.skipif(not SERVER, reason="needs PINBOARD_TEST_DATABASE_URL")
def test_postgresql_is_not_upgraded_without_a_copy(config, older, monkeypatch):
    older(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    monkeypatch.setattr(ready_module.shutil, "which", lambda _name: None)
    with pytest.raises(NotReady, match="pg_dump"):
        ensure_ready(config)
    monkeypatch.undo()


def test_a_folder_that_cannot_be_made_is_named(tmp_path, fresh_url):
    (tmp_path / "file").write_text("")
    config = SimpleNamespace(data=tmp_path / "file" / "data", database_url=fresh_url)
    with pytest.raises(NotReady, match="PINBOARD_DATA"):
        ensure_ready(config)
