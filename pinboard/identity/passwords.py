"""Hashes and checks passwords, at a cost that hurts a thief and not the clinic's own machine."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 12, 256

hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_seats = threading.BoundedSemaphore(4)
"""Each hash takes 19 MB and a core; a flood of sign-ins waits here and cannot fill the memory."""
_unknown: dict[PasswordHasher, str] = {}

_COMMON = """
123456789012 1234567890123 12345678901234 123456123456 123123123123 111111111111 000000000000 qwertyuiop12
qwertyuiop123 qwertyqwerty qwerty123456 1q2w3e4r5t6y 1qaz2wsx3edc abcdefghijkl abcd12345678 abc123abc123
password1234 password12345 password123! passwordpassword mypassword123 changemechangeme changeme1234
letmein12345 welcome12345 welcome123456 iloveyou1234 administrator administrator1 adminadmin123 admin1234567
hospital1234 hospital2024 hospital2025 hospital2026 doctor123456 radiology123 radiologyradiology pinboard1234
pinboardpinboard sunshine1234 football1234 princess1234 monkeymonkey dragondragon trustno1trustno1
superman1234 starwars1234 summer202400 winter202400 asdfghjkl123 asdfasdfasdf zxcvbnm12345
correcthorsebatterystaple
"""
COMMON = frozenset(_COMMON.split())


def make_hash(password: str) -> str:
    """Hash a password for its row."""
    with _seats:
        return hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Check a password; an account that has none takes just as long."""
    if password_hash is None:
        _verify(_hash_of_nobody(), password[:LONGEST])
        return False
    return _verify(password_hash, password[:LONGEST])


OBJECTIONS = {
    "short": f"Use at least {SHORTEST} characters. A few words in a row are fine.",
    "long": f"Use at most {LONGEST} characters.",
    "common": "This password is one of the first that anybody would try. Choose another.",
    "own": "Do not build the password on your name, your login name or the clinic’s name.",
}
"""What may be wrong with a password; translated where it is shown."""


def needs_new_hash(password_hash: str) -> bool:
    """Tell whether the hash was made at an older cost."""
    return hasher.check_needs_rehash(password_hash)


def objection(password: str, forbidden: Iterable[str | None] = ()) -> str | None:
    """Say what is wrong with a new password, or nothing; no rules about kinds of letters, they make worse ones."""
    folded = "".join(password.casefold().split())
    if len(password) < SHORTEST:
        return OBJECTIONS["short"]
    if len(password) > LONGEST:
        return OBJECTIONS["long"]
    if folded in COMMON or len(set(folded)) < 4:
        return OBJECTIONS["common"]
    for word in filter(None, forbidden):
        name = "".join(word.casefold().split())
        if len(name) >= 4 and (folded in name or (name in folded and len(folded) - len(name) <= 6)):
            return OBJECTIONS["own"]
    return None


def _verify(password_hash: str, password: str) -> bool:
    with _seats:
        try:
            return hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False


def _hash_of_nobody() -> str:
    """Give a hash of the present cost to compare with where there is no account, made once."""
    if hasher not in _unknown:
        _unknown[hasher] = make_hash("nobody has this password")
    return _unknown[hasher]
