"""Finds names of persons behind titles and behind words that introduce one: English, German, Spanish and French.

A name alone is not found, because “Baker”, “Paget” and “Colles” are in half of all titles; the names of the draft's own
files are found by their keyed hashes instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pinboard.deid.spans import Finding
from pinboard.deid.tokens import plain
from pinboard.deid.wordlists import ACRONYMS, PLAIN, SURNAMES

_TITLE: Final = re.compile(
    r"(?<![\w-])(?:Dres\.|Drs?\.?|Dra\.?|Doctora?|Doktor(?:in)?|Mr\.?|Mrs\.?|Ms\.?|Mx\.?|Miss|Prof\.?|Professor(?:in)?|Profesora?|"
    r"Frau|Fräulein|Herrn?|Hr\.|Sr\.?|Sra\.?|Srta\.?|Señor(?:a|ita)?|Senhora?|Don|Doña|Mme\.?|Mlle\.?|Madame|Monsieur|"
    r"Signora?|Sig\.(?:ra)?|Nurse|Schwester|Pfleger|Hebamme)(?=[\s\u00a0])"
)
_SHOUTED: Final = re.compile(r"(?<![\w-])(?:DR|MR|MRS|MS|PROF|FRAU|HERR|SRA?)\.?\s+(?=[^\W\d_a-z]{3})")
_SMALL: Final = re.compile(r"(?<![\w-])(?:(?:mr|mrs|ms|dr|prof)\.|mrs|dr)\s+(?P<name>[^\W\d_]{3,30})(?!\w)")
_VERB_END: Final = re.compile(r"(?:ed|ing|ly|s|tion|ally|t)$")
_PATIENT: Final = re.compile(r"(?<![\w-])(?:[Pp]atient(?:in)?|[Pp]t\.?|[Pp]aciente|Pat\.)\s+(?=[^\W\d_a-z][^\W\d_A-Z])")
_PERSON: Final = (
    r"(?:patient(?:in)?|pt|man|woman|boy|girl|lady|gentleman|child|baby|infant|mother|father|son|daughter|wife|husband|"
    r"brother|sister|friend|he|she|frau|mann|kind|junge|mädchen|mutter|vater|sohn|tochter|herr|er|sie|paciente|mujer|hombre|"
    r"niñ[oa]|señora?|madre|padre|hij[oa]|varón|homme|femme|enfant)"
)
_CALLED: Final = (
    r"(?:named|called|by\s+the\s+name\s+of|known\s+as|namens|heißt|heisst|mit\s+namen|llamad[oa]|se\s+llama|de\s+nombre|"
    r"appelée?|nommée?|s['’]appelle)"
)
_INTRODUCED: Final = re.compile(
    rf"(?i:(?<!\w){_PERSON}(?!\w)[^.!?\n]{{0,30}}?(?<!\w){_CALLED}|(?<!\w)(?:sur|last\s|first\s|full\s|patient\s|patient['’]s\s|"
    r"nach|vor)?name(?:\s+is|\s+ist|\s*:)|(?<!\w)(?:nombre|apellidos?|nom|prénom)(?:\s+es|\s*:)|(?<!\w)(?:née|nee|"
    r"geb\.|geborene[rn]?|nacida|aka|a\.k\.a\.))\s+(?=[^\W\d_a-z])",
)
_CARET: Final = re.compile(r"(?<![\w^])[^\W\d_]{2,40}\^[^\W\d_]{1,40}(?:\^[^\W\d_]{1,40})*")

_STEP: Final = re.compile(r"[ \u00a0]{1,2}|(?<=\.)")
_NAME: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")
_BETWEEN: Final = frozenset(
    (
        "von",
        "van",
        "der",
        "den",
        "dem",
        "de",
        "del",
        "la",
        "las",
        "los",
        "du",
        "le",
        "da",
        "di",
        "zu",
        "zum",
        "zur",
        "al",
        "el",
        "y",
    )
)
_MORE_TITLES: Final = frozenset(
    (
        "dr",
        "dra",
        "prof",
        "professor",
        "professorin",
        "doktor",
        "doktorin",
        "doctor",
        "med",
        "rer",
        "nat",
        "hc",
        "univ",
        "priv",
        "doz",
        "pd",
        "dipl",
        "habil",
        "ing",
        "phil",
        "dent",
    )
)
_GERMAN: Final = re.compile(
    r"\b(?:der|die|das|und|mit|bei|nach|ist|nicht|eine?[rnms]?|zeigt|seit|wegen|Zustand|Patientin|auf)\b"
)
_MOST_WORDS = 5


def names(text: str) -> Iterator[Finding]:
    """Give every name that something introduces."""
    yield from _titled(text)
    yield from _behind(text, _INTRODUCED, is_strong=True)
    if len(_GERMAN.findall(text)) < 2:
        # In German every noun has a capital: “Patient Raucher” names nobody.
        yield from _behind(text, _PATIENT, is_strong=False)
    for match in _CARET.finditer(text):
        yield Finding(match.start(), match.end(), "name")


def _titled(text: str) -> Iterator[Finding]:
    for match in (*_TITLE.finditer(text), *_SHOUTED.finditer(text)):
        if end := _name_end(text, match.end(), is_strong=True):
            yield Finding(match.start(), end, "name")
    for match in _SMALL.finditer(text):
        name = plain(match["name"])
        is_verb = match[0].startswith("dr") and _VERB_END.search(name)
        if match["name"].islower() and name not in PLAIN and not is_verb:
            yield Finding(match.start(), match.end(), "name")


def _behind(text: str, pattern: re.Pattern[str], *, is_strong: bool) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        if end := _name_end(text, match.end(), is_strong=is_strong):
            yield Finding(match.end(), end, "name")


def _name_end(text: str, at: int, *, is_strong: bool) -> int:
    """Give where the name that begins here ends, 0 where none does."""
    end = 0
    for _word in range(_MOST_WORDS):
        if step := _STEP.match(text, at):
            at = step.end()
        word = _NAME.match(text, at)
        if word is None:
            break
        bare = word[0].rstrip(".")
        small = plain(bare)
        if _is_name(bare, small, is_strong=is_strong):
            # A full stop behind a whole name ends the sentence; behind a letter it only shortens.
            end = word.end() if len(bare) == 1 else word.start() + len(bare)
            if word[0].endswith(".") and len(bare) > 2:
                break
        elif small not in _MORE_TITLES and not (small in _BETWEEN and bare.islower()):
            break
        at = word.end()
    return end if end and len(text[:end].rsplit(maxsplit=1)[-1]) > 1 else 0


def _is_name(bare: str, small: str, *, is_strong: bool) -> bool:
    if not bare[0].isupper() or small in _MORE_TITLES:
        return False
    if len(bare) == 1:
        return is_strong
    if bare.isupper() and (not is_strong or small in ACRONYMS):
        return False
    return small not in PLAIN or (is_strong and small in SURNAMES)
