"""Knows the other number of a word, in English, Spanish and the Latin of medicine, as the index spells its tokens.

A guess costs nothing where it is wrong: only words that are in the index are looked for.
"""

from __future__ import annotations

SHORTEST = 4
"""Shorter words are mostly abbreviations, and MRI is no plural."""
_PAIRS = (
    ("y", "ie"), ("sis", "se"), ("us", "i"), ("um", "a"), ("a", "ae"), ("on", "a"), ("is", "e"), ("ma", "mata"),
    ("ix", "ice"), ("ex", "ice"), ("nx", "nge"),
)  # fmt: skip
"""Singular and plural; a token has lost its plural s already, so that “biopsies” is “biopsie” here."""
_TAKE_E = ("ss", "x", "ch", "sh", "z", "on", "or", "al", "ad")
"""After these a plural has an e before its s: masses, reflexes, lesiones, tumores, unidades."""


def other_forms(token: str) -> tuple[str, ...]:
    """Give what the same word may look like in the other number."""
    if len(token) < SHORTEST or not token.isalpha():
        return ()
    forms = []
    for pair in _PAIRS:
        for ending, other in (pair, pair[::-1]):
            if token.endswith(ending) and len(token) - len(ending) >= 2:
                forms.append(token.removesuffix(ending) + other)
    if token.endswith("e") and token[:-1].endswith(_TAKE_E):
        forms.append(token[:-1])
    return tuple(dict.fromkeys(forms))
