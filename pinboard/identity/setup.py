"""The first administrator's link: made at the first start, kept in one file until it is used."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.orm import Session

from pinboard.config import Config
from pinboard.identity import links, members
from pinboard.models import LinkPurpose


def ensure_link(session: Session, config: Config) -> str | None:
    """Give the address that opens the set-up, or None where there is an administrator; the caller commits."""
    if not members.is_empty(session):
        finish(config)
        return None
    kept = _read(config)
    if kept and links.find(session, LinkPurpose.SETUP, kept.rpartition("=")[2]):
        return kept
    links.revoke(session, LinkPurpose.SETUP)
    url = config.origin + links.issue(session, LinkPurpose.SETUP)[1]
    config.setup_path.parent.mkdir(parents=True, exist_ok=True)
    config.setup_path.touch(mode=0o600)
    config.setup_path.write_text(url + "\n", encoding="utf-8")
    return url


def finish(config: Config) -> None:
    """Take the file away."""
    with suppress(OSError):
        config.setup_path.unlink(missing_ok=True)


def _read(config: Config) -> str:
    try:
        return config.setup_path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
