"""The code on a printed slip: short enough to read out over a telephone, and it notices a slip of the tongue."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 symbols without look-alikes. A prime number of them, so that the weights below catch every single wrong symbol
and every swap of neighbours."""
SYMBOLS = 9
"""Random symbols before the check symbol: 44.6 bits, guessed against a throttle."""


def make_code() -> str:
    """Make a new code, in two groups of five."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS))
    whole = body + _check(body)
    return f"{whole[:5]}-{whole[5:]}"


def normalise(text: str) -> str | None:
    """Give the ten symbols of what somebody typed, or None where no slip carries such a code."""
    symbols = re.sub(r"[\s\-–.]+", "", text).upper()
    if len(symbols) != SYMBOLS + 1 or any(symbol not in ALPHABET for symbol in symbols):
        return None
    return symbols if _check(symbols[:-1]) == symbols[-1] else None


def token_of(code: str, key: bytes) -> str:
    """Give the secret in the link of a slip, so that code and QR open the same share and neither is stored."""
    symbols = normalise(code)
    if symbols is None:
        raise ValueError("not a code of a slip")
    return hmac.new(key, symbols.encode(), hashlib.sha256).hexdigest()


def _check(body: str) -> str:
    total = sum(weight * ALPHABET.index(symbol) for weight, symbol in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]
