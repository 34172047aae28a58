"""Keyed stand-ins for what identifies: chart codes, UIDs and date shifts that only the clinic's key can repeat.

Unkeyed hashes of record numbers can be undone by trying all of them, so nothing here works without a key.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code can be read out."""

MAX_SHIFT: Final = 3650
_PURPOSES = ("pseudonym", "uid", "date", "device")

# Values that devices write where nobody typed a number; they would make one subject of many people.
_NO_NUMBER = frozenset(
    {"", "0", "00", "000", "0000", "1", "-", ".", "?", "X", "XX", "XXX", "ID", "NOID", "NONE", "NA", "N/A", "NULL"}
    | {"ANON", "ANONYMOUS", "ANONYMIZED", "ANONYMISED", "DEIDENTIFIED", "UNKNOWN", "UNDEFINED", "PATIENT", "PATIENTID"}
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of pseudonymisation, one for each purpose, and the name under which they are recorded."""

    key_id: str
    pseudonym: bytes = field(repr=False)
    uid: bytes = field(repr=False)
    date: bytes = field(repr=False)
    device: bytes = field(repr=False)

    @classmethod
    def derive(cls, master: bytes, key_id: str) -> Keys:
        """Derive the keys from one 32-byte master key (HKDF-SHA256, RFC 5869)."""
        if len(master) != 32:
            raise ValueError("the master key must have 32 bytes")
        return cls(key_id, *(_expand(master, purpose.encode()) for purpose in _PURPOSES))

    def as_params(self) -> dict[str, str]:
        """Give the form that crosses to a header child."""
        return {"key_id": self.key_id} | {purpose: getattr(self, purpose).hex() for purpose in _PURPOSES}

    @classmethod
    def from_params(cls, params: dict[str, str]) -> Keys:
        """Take the form that `as_params` gives."""
        return cls(params["key_id"], *(bytes.fromhex(params[purpose]) for purpose in _PURPOSES))


def _expand(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pinboard deid 1 " + purpose).derive(master)


def _mac(key: bytes, domain: bytes, text: str) -> bytes:
    return hmac.new(key, domain + b"\0" + text.encode(), hashlib.sha256).digest()


def normal_record(text: str) -> str:
    """Give a record number in one spelling, or "" where it is none."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return "" if plain in _NO_NUMBER else plain


def chart_code(keys: Keys, record: str) -> str:
    """Give the subject's chart code, `P-XXXX-XXXX-XXXX`: 60 bits of a keyed hash of the record number.

    The number alone counts, whether it stood in a header or was typed, so that a photo joins its subject.
    """
    return _code(_mac(keys.pseudonym, b"subject", record))


def chart_code_of_study(keys: Keys, study_uid: str) -> str:
    """Give a chart code for a study whose header names no patient; it never meets that of a record number."""
    return _code(_mac(keys.pseudonym, b"study", study_uid or uuid.uuid4().hex))


def _code(digest: bytes) -> str:
    number = int.from_bytes(digest[:8], "big") >> 4
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(55, -5, -5))
    return f"P-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def device_code(keys: Keys, device: Sequence[str | int]) -> str:
    """Give the keyed hash of a kind of device and picture: the same for every image that looks alike in its margins."""
    return _mac(keys.device, b"device", "\x1f".join(" ".join(str(part).split()).casefold() for part in device)).hex()


def new_uid(keys: Keys, uid: str) -> str:
    """Give the keyed stand-in of a UID (PS3.5 section B.2, `2.25.` and an integer); a fresh one for none."""
    if not uid:
        return fresh_uid()
    number = int.from_bytes(_mac(keys.uid, b"uid", uid)[:16], "big")
    return f"2.25.{number or 1}"


def fresh_uid() -> str:
    """Give a random UID."""
    return f"2.25.{uuid.uuid4().int}"


def shift_days(keys: Keys, subject: str) -> int:
    """Give how many days the dates of a subject move back, 1 to 3650: the same for all of that subject's files."""
    return 1 + int.from_bytes(_mac(keys.date, b"shift", subject)[:8], "big") % MAX_SHIFT


def shifted(day: date, days: int) -> date | None:
    """Move a date back, None where the calendar ends."""
    try:
        moved = day - timedelta(days=days)
    except OverflowError:
        return None
    return moved if moved.year >= 1800 else None
