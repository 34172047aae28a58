"""The filters of the search box: their names, what each takes, and the token of the index that each value is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pinboard import vocabulary
from pinboard.models.indexing import facet
from pinboard.models.tokens import slug
from pinboard.web.text import Text, _

ALIASES = {
    "author": "by", "state": "is", "mod": "modality", "part": "body", "bodypart": "body", "with": "has",
}  # fmt: skip
STATES = {"unsolved": _("Unsolved"), "solved": _("Solved"), "teaching": _("Teaching")}
SEXES = {"f": _("Female"), "m": _("Male"), "o": _("Other sex")}
OUTCOME = _("Outcome")
_SEX_WORDS = {"female": "f", "woman": "f", "male": "m", "man": "m", "other": "o"}

NAMES = {
    "modality": _("Modality"), "is": _("State"), "body": _("Body part"), "age": _("Age"), "sex": _("Sex"),
    "tag": _("Tag"), "by": _("Author"), "board": _("Board"), "specialty": _("Specialty"), "has": _("Has"),
}  # fmt: skip
"""What a filter is called on its chip; the word before the colon is not translated, because links are sent around."""

ALLOWED = {
    "modality": _("a kind of image, such as CT, MRI, US, DX or photo"),
    "is": _("unsolved, solved or teaching"),
    "body": _("a body part of the list, such as chest, knee or lumbo-sacral-spine"),
    "age": _("an age band, such as 40-49, 1-4 or 90+, or an age in years"),
    "sex": _("f, m or o"),
    "tag": _("a tag, such as pneumonia or rib-fracture"),
    "by": _("a member’s name, such as ada-owens, or me"),
    "board": _("the last part of the address of a board that you may see"),
    "specialty": _("a specialty that has a board, such as cardiology"),
    "has": _("outcome"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a filter: as it is written, as it is shown, and the tokens any of which a case must have."""

    written: str
    shown: str
    tokens: tuple[str, ...]


def value_of(kind: str, text: str) -> Value | None:
    """Give the value that a text means for a filter whose values are known without asking the database."""
    wanted = slug(text)
    if kind == "tag":
        return (
            Value(wanted, text.replace("-", " ") if " " not in text else text, (facet("tag", wanted),))
            if wanted
            else None
        )
    if kind == "age" and wanted.isdigit():
        return _band(int(wanted))
    return _closed().get(kind, {}).get(_SEX_WORDS.get(wanted, wanted) if kind == "sex" else wanted)


def choices(kind: str) -> list[Value]:
    """Give the values of a filter, each once and in their order."""
    return list(dict.fromkeys(_closed()[kind].values()))


@cache
def _closed() -> dict[str, Mapping[str, Value]]:
    bands = {slug(band): Value(_plain_band(band), Text(band), (facet("age", band),)) for band in vocabulary.AGE_BANDS}
    return {
        "is": {word: Value(word, shown, (facet("is", word),)) for word, shown in STATES.items()},
        "sex": {word: Value(word, shown, (facet("sex", word),)) for word, shown in SEXES.items()},
        "has": {"outcome": Value("outcome", OUTCOME, (facet("has", "outcome"),))},
        "age": bands,
        "modality": _modalities(),
        "body": _body_parts(),
    }


def _plain_band(band: str) -> str:
    return band.replace("–", "-").replace(" ", "-")


def _band(years: int) -> Value | None:
    for band in _closed()["age"].values():
        low, _dash, high = band.written.removesuffix("+").partition("-")
        if high.isdigit() and int(low) <= years <= int(high):
            return band
    return _closed()["age"]["90"] if 90 <= years <= 130 else _closed()["age"]["0-27-days"] if years == 0 else None


def _modalities() -> dict[str, Value]:
    """Know each kind by its code, and by its short word together with the others of that word."""
    found: dict[str, Value] = {}
    for short, _long in vocabulary.MODALITIES.values():
        same = [other for other, (word, _rest) in vocabulary.MODALITIES.items() if word == short]
        found.setdefault(slug(short), Value(slug(short), Text(short), tuple(facet("mod", other) for other in same)))
    for code, (short, _long) in vocabulary.MODALITIES.items():
        single = found[slug(short)]
        found[code.lower()] = (
            single if len(single.tokens) == 1 else Value(code.lower(), Text(short), (facet("mod", code),))
        )
    return found


def _body_parts() -> dict[str, Value]:
    found: dict[str, Value] = {}
    for part in vocabulary.body_parts():
        one = Value(slug(part.meaning), Text(part.meaning), (facet("body", part.code),))
        found.setdefault(one.written, one)
        short = one.written.removesuffix("-joint")
        found.setdefault(short, one)
    return found
