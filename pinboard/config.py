"""Gives what this installation has set, checked once, so that nothing else looks at the environment.

A value comes from the environment (`PINBOARD_PORT`), from a file that the environment names
(`PINBOARD_SMTP_URL_FILE`, secrets only), from `config.toml` in the data folder (`port = 8000`), or from the default.
Reading creates nothing.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pinboard.settings import PARSERS, PREFIX, SETTINGS, Setting

TEST_NAMES = frozenset({"PINBOARD_SAMPLES", "PINBOARD_REQUIRE", "PINBOARD_TEST_DATABASE_URL"})
"""Read by the tests, so no misspelt settings."""


class ConfigError(Exception):
    """A setting that makes no sense; the message is a sentence for whoever set it."""

    code = "setting"


@dataclass(frozen=True, slots=True)
class Config:
    """What this installation has set, checked; the fields are the rows of `SETTINGS` in lower case."""

    data: Path
    host: str
    port: int
    base_url: str
    trusted_proxies: int
    secure_cookies: bool
    threads: int
    database_url: str = field(repr=False)
    media_url: str
    redis_url: str = field(repr=False)
    keys: Path
    secret_key_file: Path
    smtp_url: str = field(repr=False)
    mail_from: str
    admin_email: str
    admin_password: str = field(repr=False)
    demo: bool
    worker: str
    upload_file_mb: int
    upload_memory_mb: int

    @property
    def origin(self) -> str:
        """Give the address that links begin with, without a final slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def is_sqlite(self) -> bool:
        """Say whether the database is a file."""
        return self.database_url.startswith("sqlite:")

    @property
    def database_path(self) -> Path | None:
        """Give the SQLite file, or None where a server keeps the database."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @property
    def media_path(self) -> Path | None:
        """Give the folder of published pictures, or None where an object store keeps them."""
        url = urlsplit(self.media_url)
        return _path_of_uri(url.path) if url.scheme == "file" else None

    @property
    def vault_path(self) -> Path:
        """Give the folder of encrypted drafts and of their keys."""
        return self.data / "vault"

    @property
    def jobs_path(self) -> Path:
        """Give the queue's own SQLite file."""
        return self.data / "jobs.sqlite"

    @property
    def backups_path(self) -> Path:
        """Give the folder of copies taken before a migration."""
        return self.data / "backups"

    @property
    def lock_path(self) -> Path:
        """Give the file that one starting process locks while it migrates."""
        return self.data / "start.lock"

    @property
    def setup_path(self) -> Path:
        """Give the file that holds the one-time set-up link until it is used."""
        return self.data / "setup-link.txt"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read every setting, or raise `ConfigError` with a sentence that names the wrong one."""
    environ = os.environ if environ is None else environ
    data = Path(_given(SETTINGS[0], environ, {}) or SETTINGS[0].default).expanduser().absolute()
    saved = _read_toml(data / "config.toml")
    values = {setting.key: _value(setting, environ, saved, data) for setting in SETTINGS}
    values["secure_cookies"] = _secure(values["secure_cookies"], values["base_url"])
    config = Config(**values)
    _check_together(config)
    return config


def misspelt(environ: Mapping[str, str]) -> list[str]:
    """List variables that look like settings and are none."""
    known = {setting.variable for setting in SETTINGS} | TEST_NAMES
    known |= {f"{setting.variable}_FILE" for setting in SETTINGS if setting.is_secret}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def shown(config: Config) -> dict[str, str]:
    """Give every effective value as text, secrets masked, for `pinboard config`."""
    secrets = {setting.key for setting in SETTINGS if setting.is_secret}
    values = {item.name: getattr(config, item.name) for item in fields(config)}
    return {name: "(set)" if name in secrets and value else str(value) for name, value in values.items()}


def _value(setting: Setting, environ: Mapping[str, str], saved: Mapping[str, str], data: Path) -> Any:
    text = _given(setting, environ, saved) or setting.default.replace("<data>", data.as_posix())
    try:
        return PARSERS[setting.type](text)
    except ValueError as error:
        raise ConfigError(f"{setting.variable} {error}.") from None


def _given(setting: Setting, environ: Mapping[str, str], saved: Mapping[str, str]) -> str:
    """Give what was set, or nothing; an empty variable counts as not set."""
    direct = environ.get(setting.variable, "").strip()
    named = environ.get(f"{setting.variable}_FILE", "").strip() if setting.is_secret else ""
    if direct and named:
        raise ConfigError(f"Set {setting.variable} or {setting.variable}_FILE, not both.")
    return direct or (_read_secret(setting, Path(named)) if named else "") or saved.get(setting.key, "")


def _read_secret(setting: Setting, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{setting.variable}_FILE names a file that cannot be read.") from None
    if not text:
        raise ConfigError(f"{setting.variable}_FILE names an empty file.")
    return text


def _read_toml(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    known = {setting.key for setting in SETTINGS} - {"data"}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{path} sets {key}, which is no setting there; docs/options.md lists them.")
        if not isinstance(value, str | int):
            raise ConfigError(f"{path} must give {key} as a text, a number, true or false.")
    return {key: str(int(value)) if isinstance(value, bool) else str(value) for key, value in table.items()}


def _check_together(config: Config) -> None:
    if config.admin_email and not config.admin_password:
        raise ConfigError(
            "PINBOARD_ADMIN_EMAIL needs PINBOARD_ADMIN_PASSWORD or PINBOARD_ADMIN_PASSWORD_FILE beside it."
        )
    if config.upload_memory_mb < config.upload_file_mb:
        raise ConfigError("PINBOARD_UPLOAD_MEMORY_MB must hold at least one file of PINBOARD_UPLOAD_FILE_MB.")
    if config.worker == "separate" and config.is_sqlite:
        raise ConfigError("PINBOARD_WORKER can be “separate” with PostgreSQL only; SQLite has one writing process.")


def _path_of_uri(path: str) -> Path:
    """Undo `Path.as_uri`; on Windows a drive stands behind the first slash."""
    plain = unquote(path)
    return Path(plain[1:] if plain[2:3] == ":" else plain)


def _secure(choice: str, base_url: str) -> bool:
    return base_url.startswith("https://") if choice == "auto" else choice == "on"
