"""Cuts texts into the words that search knows, the same for every database: no accents, no capitals, no plural s.

Both databases are handed letters a–z and digits only, so neither's own rules about words ever matter. Letters of other
scripts become a fixed number of those, which keeps the beginning of a word the beginning of its token.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 60
BREAK = "_"
"""Stands between two fields, so that no phrase reaches from one into the other."""
WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_PLAIN = re.compile(r"[a-z0-9]+")
_OTHER = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_KEEPS_S = ("ss", "us", "is")


def tokens(text: str) -> list[str]:
    """Give the tokens of a text in their order."""
    return [token for word in WORD.finditer(text) for token in tokens_of(word[0])]


@lru_cache(maxsize=16_384)
def tokens_of(word: str) -> tuple[str, ...]:
    """Give the tokens of one word; mostly one, but “½” is two."""
    return tuple(singular(piece[:LONGEST]) for piece in _PLAIN.findall(plain(word)))


def bare(text: str) -> str:
    """Take away case and accents; names in this order stand as a reader looks for them."""
    decomposed = unicodedata.normalize("NFKD", text)
    small = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
    return unicodedata.normalize("NFKD", small).translate(_OTHER)


def plain(text: str) -> str:
    """Take away case and accents, and spell letters beyond a–z in hexadecimal; everything else stays."""
    return "".join(
        letter if letter.isascii() or not letter.isalnum() else f"x{ord(letter):06x}" for letter in bare(text)
    )


def singular(token: str) -> str:
    """Take the plural s off, in English and Spanish; what is not a plural loses it in the question, too."""
    return token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith(_KEEPS_S) else token


def slug(text: str) -> str:
    """Write a text as a value of a filter: plain letters with hyphens between its words."""
    return "-".join(_PLAIN.findall(plain(text)))


def placed(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Give each word of a text with where it begins and ends, for marking what was found."""
    for word in WORD.finditer(text):
        yield word.start(), word.end(), tokens_of(word[0])
