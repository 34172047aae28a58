"""The one signed line that a privacy officer can file, and the key that signs it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pinboard import __version__
from pinboard.deid.profile import PROFILE_VERSION
from pinboard.storage.files import locked, make_folder, write_file
from pinboard.storage.keyfiles import KeyFileError

FILE = "proof-signing.key"
_START, _SIGNATURE = "pinboard-proof-1", " signature="
_SIZE = 32


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was looked at."""

    cases: int = 0
    images: int = 0
    objects: int = 0
    receipts: int = 0
    events: int = 0
    openings: int = 0


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Give the key of this installation; it is made when it is first asked for and never leaves the key folder."""
    path = make_folder(folder) / FILE
    with locked(folder):
        if not path.exists():
            write_file(path, [Ed25519PrivateKey.generate().private_bytes_raw()])
    secret = path.read_bytes()
    if len(secret) != _SIZE:
        raise KeyFileError("bad-key")
    return Ed25519PrivateKey.from_private_bytes(secret)


def public_text(key: Ed25519PublicKey) -> str:
    """Give a public key as text, to be kept where nobody of this machine can change it.

    Hexadecimal, because base64url may begin with a dash, and the command line would take the key for an option.
    """
    return key.public_bytes_raw().hex()


def key_from(text: str) -> Ed25519PublicKey:
    """Take a public key as `public_text` gives it; raises ValueError for anything else."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))


def signed_line(key: Ed25519PrivateKey, *, counts: Counts, state: str, at: datetime) -> str:
    """Write what was checked, when and by which software, and sign it."""
    public = key.public_key()
    words = [
        _START,
        f"version={__version__}",
        f"profile={PROFILE_VERSION}",
        *(f"{name}={getattr(counts, name)}" for name in Counts.__slots__),
        "violations=0",
        f"state=sha256:{state}",
        f"at={at:%Y-%m-%dT%H:%M:%SZ}",
        f"key={hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]}",
    ]
    text = " ".join(words)
    return text + _SIGNATURE + _text(key.sign(text.encode()))


def is_genuine(line: str, key: Ed25519PublicKey) -> bool:
    """Tell whether a line was signed by this key and not changed since."""
    text, found, signature = line.strip().rpartition(_SIGNATURE)
    if not found or not text.startswith(f"{_START} "):
        return False
    try:
        key.verify(_bytes(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not a key or signature") from None
