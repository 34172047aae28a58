"""Random names for what is shown outside, so that no address can be guessed or counted."""

from __future__ import annotations

import base64
import re
import secrets

# 26 letters of base32 hold 130 bits; lower case survives every file system, host name and reader.
_PUBLIC = re.compile(r"[a-z2-7]{26}")


def public_id() -> str:
    """Make a name of 128 random bits for an address or a file."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def token() -> str:
    """Make a secret of 256 random bits for a link; only its hash belongs into a table."""
    return secrets.token_urlsafe(32)


def is_public_id(text: str) -> bool:
    """Tell whether a text has the form of a public id; nothing else may reach a file name."""
    return _PUBLIC.fullmatch(text) is not None
