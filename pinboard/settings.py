"""Says what an installation may set: one table, and how each type of value is read and refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "PINBOARD_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an installation may set."""

    name: str
    type: str
    default: str
    help: str
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """Name it as the environment does."""
        return PREFIX + self.name

    @property
    def key(self) -> str:
        """Name it as config.toml and `Config` do."""
        return self.name.lower()


secret = partial(Setting, is_secret=True)
"""A setting that `pinboard config` masks and that may also be given as the name of a file, NAME_FILE."""

SETTINGS: tuple[Setting, ...] = (
    Setting("DATA", "path", "./instance", "Folder for everything Pinboard keeps: database, vault, media, keys."),
    Setting("HOST", "text", "127.0.0.1", "Address to listen on. Leave it, and put Caddy in front."),
    Setting("PORT", "port", "8000", "Port to listen on."),
    Setting("BASE_URL", "origin", "", "Address people type, https://pinboard.clinic.example. Links begin with it."),
    Setting("TRUSTED_PROXIES", "proxies", "0", "How many proxies in front add X-Forwarded-For. Caddy alone is 1."),
    Setting("SECURE_COOKIES", "auto", "auto", "Cookies over HTTPS only; “auto” means when BASE_URL is https."),
    Setting("THREADS", "threads", "256", "Requests answered at once. Threads are made when they are needed."),
    secret(
        "DATABASE_URL", "database", "<data>/pinboard.sqlite", "SQLite file, or postgresql://user:password@host/name."
    ),
    Setting("MEDIA_URL", "media", "<data>/media", "Folder of published pictures, or s3://bucket/prefix."),
    secret("REDIS_URL", "redis", "", "redis://… for jobs and limits that several machines share."),
    Setting("KEYS", "path", "<data>/keys", "Folder of the key files. It may lie on another disk than the data."),
    Setting("SECRET_KEY_FILE", "path", "<data>/secret.key", "File of the key that signs cookies; made at first start."),
    secret("SMTP_URL", "smtp", "", "smtp://user:password@host:587. Without it, links are shown to copy."),
    Setting("MAIL_FROM", "email", "", "Sender of mail, for SMTP_URL."),
    Setting("ADMIN_EMAIL", "email", "", "Set-up without a browser: e-mail address of the first administrator."),
    secret("ADMIN_PASSWORD", "text", "", "Password of the first administrator, read at the first start."),
    Setting("DEMO", "switch", "0", "1 loads the demo board at the first start without asking."),
    Setting("WORKER", "worker", "embedded", "Where jobs run: “embedded” in the web process, or “separate”."),
    Setting("UPLOAD_FILE_MB", "megabytes", "512", "Largest single file that is taken."),
    Setting("UPLOAD_MEMORY_MB", "megabytes", "1024", "Memory for all uploads under way; beyond it, senders wait."),
)


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"must be one of: {', '.join(words)}")
        return text.lower()

    return parse


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and (urlsplit(text).scheme not in schemes or "://" not in text):
            raise ValueError(f"must begin with {' or '.join(scheme + '://' for scheme in schemes)}")
        return text

    return parse


def _switch(text: str) -> bool:
    if text.lower() not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise ValueError("must be 1 or 0")
    return text.lower() in {"1", "true", "yes", "on"}


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _email(text: str) -> str:
    name, _, domain = text.rpartition("@")
    if text and not (name and domain and " " not in text):
        raise ValueError("must be an e-mail address")
    return text


def _origin(text: str) -> str:
    url = urlsplit(text)
    if text and (url.scheme not in {"http", "https"} or not url.hostname or url.path.strip("/") or url.query):
        raise ValueError("must be http:// or https:// and a host name, without a path; Pinboard answers at the root")
    return text.rstrip("/")


def _database(text: str) -> str:
    """Accept a path, sqlite:///path or any spelling of PostgreSQL; name the driver, because SQLAlchemy must know it."""
    if "://" not in text:
        return f"sqlite:///{_path(text).as_posix()}"
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1 and ":memory:" not in rest:
        return f"sqlite:///{_path(rest[1:]).as_posix()}"
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    raise ValueError("must be sqlite:///path or postgresql://user:password@host/name")


def _media(text: str) -> str:
    if "://" not in text:
        return _path(text).as_uri()
    url = urlsplit(text)
    if not ((url.scheme == "file" and not url.netloc and url.path) or (url.scheme == "s3" and url.netloc)):
        raise ValueError("must be a folder, file:///path or s3://bucket/prefix")
    return text.rstrip("/")


PARSERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "path": _path,
    "port": _number(0, 65535),
    "proxies": _number(0, 8),
    "threads": _number(4, 4096),
    "megabytes": _number(1, 1_000_000),
    "switch": _switch,
    "auto": _one_of("auto", "on", "off"),
    "worker": _one_of("embedded", "separate"),
    "origin": _origin,
    "email": _email,
    "database": _database,
    "media": _media,
    "redis": _url("redis", "rediss", "unix"),
    "smtp": _url("smtp", "smtps"),
}
