"""Holds the places that intake writes to, opened once for a process; it needs no web framework."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from pinboard import sandbox
from pinboard.config import Config
from pinboard.models.engine import make_engine, make_sessions, writing
from pinboard.storage.keyfiles import KeyRing
from pinboard.storage.media import Media
from pinboard.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Stores:
    """Settings, database, vault, media and keys of one running Pinboard."""

    config: Config
    engine: Engine
    sessions: sessionmaker[Session]
    vault: Vault
    media: Media
    keys: KeyRing

    @classmethod
    def open(cls, config: Config) -> Self:
        """Open everything; keys are made at the first use of a folder that has none."""
        engine = make_engine(config.database_url)
        keys = KeyRing.load(config.keys)
        return cls(
            config=config,
            engine=engine,
            sessions=make_sessions(engine),
            vault=Vault(config.vault_path, keys),
            media=Media.open(config.media_url),
            keys=keys,
        )

    @property
    def pool(self) -> sandbox.Pool:
        """Give the place where untrusted bytes are parsed."""
        return sandbox.pool()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a short session that writes nothing."""
        with self.sessions() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a short session that takes the writer's place at once and commits at its end."""
        with self.sessions() as session:
            writing(session)
            yield session
            session.commit()

    def close(self) -> None:
        """Let go of the database; vault, media and keys hold nothing open."""
        self.engine.dispose()
