"""Brings an installation to where it can serve, and makes the one link that opens it while it has no administrator."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.orm import Session

from pinboard.config import Config
from pinboard.identity import links, members
from pinboard.models import LinkPurpose
from pinboard.models.engine import make_engine, make_sessions, writing
from pinboard.models.ready import ensure_ready


def prepare(config: Config) -> str | None:
    """Make folders, tables and the first administrator; give the set-up link if there is still none."""
    ensure_ready(config)
    engine = make_engine(config.database_url)
    try:
        with make_sessions(engine)() as session:
            writing(session)
            members.ensure_admin(session, config)
            link = _setup_link(session, config) if members.is_empty(session) else None
            session.commit()
    finally:
        engine.dispose()
    if link is None:
        config.setup_path.unlink(missing_ok=True)
    return link


def _setup_link(session: Session, config: Config) -> str:
    """Give the link that was made before, as long as it opens, so that a restart does not void what was sent on."""
    kept = _read(config.setup_path)
    secret = parse_qs(urlsplit(kept).query).get("token", [""])[0]
    path = links.PATHS[LinkPurpose.SETUP] + secret
    if links.find(session, LinkPurpose.SETUP, secret) is None:
        links.revoke(session, LinkPurpose.SETUP)
        _, path = links.issue(session, LinkPurpose.SETUP)
    link = config.origin + path
    _write(config.setup_path, link)
    return link


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def _write(path: Path, text: str) -> None:
    """Write a file that nobody else can read, not even for a moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
