"""Reads what was typed into the search box: words, phrases in quotes, filters, and what is to be left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pinboard.models.tokens import tokens
from pinboard.search.facets import ALIASES, ALLOWED, NAMES, Value, value_of
from pinboard.web.text import _

LONGEST = 400
MOST_PARTS = 16
_PART = re.compile(
    r'(?P<no>-?)(?:(?P<key>[A-Za-z][A-Za-z-]*):(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]*))|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
ASKED = ("by", "board", "specialty")
"""Filters whose values stand in the database."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a question, as it is written."""

    written: str
    is_excluded: bool = False
    words: tuple[str, ...] = ()
    is_exact: bool = False
    kind: str = ""
    wanted: str = ""
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Bad:
    """A piece that means nothing, and in plain words what would."""

    written: str
    sentence: str


@dataclass(slots=True)
class Query:
    """A question as it was read."""

    parts: list[Part] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)

    def __str__(self) -> str:
        return " ".join(part.written for part in self.parts)

    def without(self, part: Part) -> str:
        """Write the question as it is when one piece is taken away."""
        return " ".join(other.written for other in self.parts if other is not part)

    @property
    def filters(self) -> list[Part]:
        """Give the filters, which the page shows as chips."""
        return [part for part in self.parts if part.kind]


def read(text: str) -> Query:
    """Read a question; what makes no sense is named and left out, and the rest still finds something."""
    query = Query()
    for number, found in enumerate(_PART.finditer(text[:LONGEST])):
        if number >= MOST_PARTS:
            query.bad.append(
                Bad("…", _("Only the first {count} words and filters were looked for.").format(count=MOST_PARTS))
            )
            break
        one = _filter(found) if found["key"] else _words(found)
        if isinstance(one, Bad):
            query.bad.append(one)
        elif one is not None and all(one.written != other.written for other in query.parts):
            query.parts.append(one)
    return query


def refused(kind: str, written: str) -> Bad:
    """Say what a filter takes."""
    sentence = _("“{token}” is not understood. After “{name}:” comes {allowed}.")
    return Bad(written, sentence.format(token=written, name=kind, allowed=ALLOWED[kind]))


def _words(found: re.Match[str]) -> Part | None:
    text = found["phrase"] if found["phrase"] is not None else found["word"]
    words = tuple(tokens(text))
    if not words:
        return None
    is_exact = found["phrase"] is not None
    written = f'"{text}"' if is_exact else text
    return Part(f"{found['no']}{written}", bool(found["no"]), words, is_exact)


def _filter(found: re.Match[str]) -> Part | Bad | None:
    written = found[0]
    key = found["key"].lower()
    kind = ALIASES.get(key, key)
    wanted = found["quoted"] if found["quoted"] is not None else found["plain"]
    if kind not in NAMES:
        sentence = _(
            "“{token}” is not one of the filters. They are {names}. To look for the words, put a blank after the colon."
        )
        return Bad(written, sentence.format(token=f"{key}:", names=", ".join(NAMES)))
    value = value_of(kind, wanted)
    if not wanted or (value is None and kind not in ASKED):
        return refused(kind, written)
    spelled = value.written if value else wanted
    spelled = f'"{spelled}"' if re.search(r"\s", spelled) else spelled
    return Part(f"{found['no']}{kind}:{spelled}", bool(found["no"]), kind=kind, wanted=wanted, value=value)
