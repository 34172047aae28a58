"""Puts words and numbers into the one spelling in which a draft's identifiers are compared with what is typed.

The header child makes tokens of what stood in a file, the web process of what was typed; only keyed hashes meet.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from pinboard.deid.wordlists import HEADER_WORDS, PLAIN

WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
CHUNK: Final = re.compile(r"[^\W_]+")
_CHUNK_GAP: Final = re.compile(r"[ \u00a0./\-–:#]{0,2}")
_SENTENCE_END: Final = frozenset('.!?:;\n•-*„“"(')

DIGEST_LENGTH: Final = 32
"""Hexadecimal digits of a digest: 128 bits of an HMAC."""
SHORTEST_NAME, SHORTEST_NUMBER, SHORTEST_CODE = 3, 5, 4
LONGEST_TOKEN = 80
_FEWEST_DIGITS = 3
_MOST_CHUNKS = 6
_LONGEST_IDEOGRAPHIC = 5

Spot = tuple[int, int, str]
"""Start, end and token."""


def digest(key: bytes, token: str) -> str:
    """Give the keyed hash of a token."""
    return hmac.digest(key, token.encode(), "sha256").hex()[:DIGEST_LENGTH]


def digests(key: bytes, tokens: Iterable[str]) -> list[str]:
    """Give the keyed hashes of tokens, each once and in no order that tells which stood where."""
    return sorted({digest(key, token) for token in tokens})


def plain(word: str) -> str:
    """Write a word in small letters without accents or apostrophes."""
    small = word.casefold()
    if not small.isascii():
        small = unicodedata.normalize("NFKD", small)
    return small if small.isalnum() and small.isascii() else "".join(filter(str.isalnum, small))


def spellings(word: str) -> set[str]:
    """Give the ways in which a word with umlauts is written."""
    if word.isascii():
        return {plain(word)}
    spelt = word.casefold()
    for umlaut, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"), ("ø", "oe")):
        spelt = spelt.replace(umlaut, pair)
    return {plain(word), plain(spelt)}


def of_name(text: str) -> set[str]:
    """Make tokens of a person's name; a part that is an everyday word counts only where it is written as a name."""
    tokens: set[str] = set()
    for word in WORD.findall(text):
        if is_ideographic(word):
            tokens |= {word} if len(word) > 1 else set()
            continue
        for token in spellings(word):
            if len(token) >= SHORTEST_NAME and token not in HEADER_WORDS:
                tokens.add(f"^{token}" if token in PLAIN else token)
    joined = "".join(WORD.findall(text))
    return tokens | ({joined} if is_ideographic(joined) and 1 < len(joined) <= _LONGEST_IDEOGRAPHIC else set())


def of_place(text: str) -> set[str]:
    """Make tokens of an institution or an address: its rarer words, and each of its longer numbers."""
    rarer = {token for token in of_name(text) if len(token.lstrip("^")) >= SHORTEST_CODE or is_ideographic(token)}
    return rarer.union(*(_spelt(chunk) for chunk in CHUNK.findall(text)))


def of_number(text: str) -> set[str]:
    """Make tokens of a number: whole without separators, with and without its leading zeros."""
    return _spelt("".join(CHUNK.findall(text)))


def is_telling(token: str) -> bool:
    """Tell whether a number is long enough to be somebody's."""
    shortest = SHORTEST_NUMBER if token.isdigit() else SHORTEST_CODE
    if not shortest <= len(token) <= LONGEST_TOKEN:
        return False
    return sum(map(str.isdigit, token)) >= _FEWEST_DIGITS and len(set(token)) > 1


def is_ideographic(text: str) -> bool:
    """Tell whether a text is written without blanks between words: Han, Kana or Hangul."""
    return bool(text) and all(
        "\u3040" <= letter <= "\u30ff" or "\u3400" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af"
        for letter in text
    )


def in_text(text: str) -> Iterator[Spot]:
    """Give everything in a text that might be an identifier's token, with where it stands."""
    yield from _words(text)
    yield from _numbers(text)


def _words(text: str) -> Iterator[Spot]:
    for match in WORD.finditer(text):
        word, start, end = match[0], match.start(), match.end()
        if not word.isascii() and is_ideographic(word):
            yield from _ideographs(word, start)
        elif end - start >= SHORTEST_NAME:
            for token in _meant(word):
                yield start, end, token
                if token in PLAIN and word[0].isupper() and not _begins_sentence(text, start):
                    yield start, end, f"^{token}"


def _meant(word: str) -> set[str]:
    """Give a word and, where it is somebody's, whose: “Rao’s” is Rao."""
    own = word[:-2] if word.endswith(("'s", "’s")) else ""
    return spellings(word) | (spellings(own) if own else set())


def _ideographs(word: str, start: int) -> Iterator[Spot]:
    for at in range(len(word)):
        for length in range(2, min(_LONGEST_IDEOGRAPHIC, len(word) - at) + 1):
            yield start + at, start + at + length, word[at : at + length]


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 20) : start].rstrip(" \u00a0")
    return not before or before[-1] in _SENTENCE_END


def _numbers(text: str) -> Iterator[Spot]:
    """Give runs of letters and digits, alone and joined across single separators."""
    chunks = [chunk for chunk in CHUNK.finditer(text) if _may_belong(chunk[0])]
    for first, chunk in enumerate(chunks):
        token, end = "", chunk.start()
        for following in chunks[first : first + _MOST_CHUNKS]:
            # Letters alone are a part of a number where they begin it: “AB 1234”.
            if token and (following[0].isalpha() or not _CHUNK_GAP.fullmatch(text, end, following.start())):
                break
            token, end = token + following[0], following.end()
            yield from ((chunk.start(), end, spelt) for spelt in _spelt(token))


def _may_belong(piece: str) -> bool:
    """Tell whether a run can be a part of a number: it has a digit, or is a short prefix."""
    return len(piece) < SHORTEST_CODE or not piece.isalpha()


def _spelt(number: str) -> set[str]:
    if len(number) < SHORTEST_CODE or number.isalpha():
        return set()
    whole = number.upper()
    if not whole.isascii():
        whole = unicodedata.normalize("NFKC", whole)
    return {token for token in (whole, whole.lstrip("0")) if is_telling(token)}
