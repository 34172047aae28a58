"""Keeps the key that signs the form cookie: made at the first start, readable by this account alone."""

from __future__ import annotations

import os
import secrets

from pinboard.config import Config, ConfigError

SHORTEST = 32


def load(config: Config) -> bytes:
    """Read the key, making it the first time; of two first starts at once both get the same."""
    path = config.secret_key_file
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_hex(32).encode())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes().strip()
    if len(key) < SHORTEST:
        raise ConfigError(f"PINBOARD_SECRET_KEY_FILE names a file with less than {SHORTEST} characters.")
    return key
