"""Turns a question into the tree that the index is asked, and foresees how much it will find.

Everything a plan needs comes from the lexicon in one statement: how many cases have a word, and which words begin so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import CompoundSelect, String, case, cast, literal, select, union_all
from sqlalchemy.orm import Session

from pinboard.models.expression import EVERY, All, Expression, OneOf, Phrase, one, phrases
from pinboard.models.fulltext import LEXICON
from pinboard.search import synonyms
from pinboard.search.grammar import Part, Query
from pinboard.search.inflection import other_forms

MOST_ENDINGS = 40
SHORTEST_BEGINNING = 3
"""Shorter words are looked for as they stand; with two letters begins a tenth of a dictionary."""
EVERYTHING = All(())
_LAST = "{"
"""Sorts after every letter and digit of a token."""


@dataclass(slots=True)
class Plan:
    """What to ask the index, and what came of the words."""

    expression: Expression = EVERYTHING
    rarest: int = 0
    """At most so many cases answer; none where some word is in no case at all."""
    cut: list[str] = field(default_factory=list)
    """Beginnings of more words than were looked for."""
    marks: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()


class Lexicon:
    """The part of the lexicon that one question needs."""

    def __init__(self, exact: dict[str, int], endings: dict[str, list[str]]) -> None:
        self.exact = exact
        self.endings = endings

    @classmethod
    def load(cls, session: Session, queries: Iterable[Query]) -> Lexicon:
        """Ask for all words of some questions in one statement."""
        exact, beginnings = {EVERY}, set()
        for query in queries:
            for part in query.parts:
                exact |= set(part.words) | set(part.value.tokens if part.value else ())
                exact |= {form for word in part.words for form in other_forms(word) if not part.is_exact}
                beginnings |= _beginnings(part)
            for _start, _end, term in _terms(query):
                exact |= {word for other in synonyms.others(term) for word in other}
        rows = session.execute(_statement(exact, sorted(beginnings))).all()
        found = cls({}, {beginning: [] for beginning in beginnings})
        for asked, word, cases in rows:
            found.exact[word] = cases
            if asked:
                found.endings[asked].append(word)
        return found

    @classmethod
    def of(cls, session: Session, expression: Expression) -> Lexicon:
        """Ask for the tokens of a question that needs no endings."""
        exact = {EVERY, *(token for phrase in phrases(expression) for token in phrase.tokens)}
        return cls({word: cases for _asked, word, cases in session.execute(_statement(exact, []))}, {})

    def cases(self, expression: Expression) -> int:
        """Give the most cases that may answer."""
        if isinstance(expression, Phrase):
            return min(self.exact.get(token, 0) for token in expression.tokens)
        several = [self.cases(part) for part in expression.parts] or [self.all]
        return min(several) if isinstance(expression, All) else min(self.all, sum(several))

    @property
    def all(self) -> int:
        """Count the indexed cases."""
        return self.exact.get(EVERY, 0)


def plan(query: Query, lexicon: Lexicon) -> Plan:
    """Make the plan of one question."""
    made = Plan()
    asked: list[Expression] = []
    excluded: list[Expression] = []
    for group in _groups(query):
        expression = _group(group, lexicon, made)
        (excluded if group[0].is_excluded else asked).append(expression)
    if not asked and not excluded:
        return made
    made.rarest = min([lexicon.cases(part) for part in asked], default=lexicon.all)
    made.expression = All(tuple(asked), tuple(part for part in excluded if lexicon.cases(part)))
    return made


def _statement(exact: set[str], beginnings: list[str]) -> CompoundSelect[str, str, int]:
    none = literal("", String)
    whole = select(none.label("asked"), LEXICON.c.word, LEXICON.c.cases).where(LEXICON.c.word.in_(sorted(exact)))
    parts = []
    for beginning in beginnings:
        within = (LEXICON.c.word >= beginning, LEXICON.c.word < beginning + _LAST)
        order = (case((LEXICON.c.word == beginning, 0), else_=1), LEXICON.c.cases.desc(), LEXICON.c.word)
        top = select(cast(literal(beginning), String).label("asked"), LEXICON.c.word, LEXICON.c.cases).where(*within)
        parts.append(select(top.order_by(*order).limit(MOST_ENDINGS + 1).subquery()))
    return union_all(whole, *parts)


def _beginnings(part: Part) -> set[str]:
    last = part.words[-1] if part.words and not part.is_exact else ""
    return {last} if len(last) >= SHORTEST_BEGINNING else set()


def _groups(query: Query) -> list[list[Part]]:
    """Put neighbouring words together that are one term with synonyms; everything else stands alone."""
    groups: list[list[Part]] = []
    covered: set[int] = set()
    for start, end, _term in sorted(_terms(query), key=lambda found: found[0] - found[1]):
        if not covered & set(range(start, end)):
            covered |= set(range(start, end))
            groups.append(query.parts[start:end])
    return groups + [[part] for place, part in enumerate(query.parts) if place not in covered]


def _terms(query: Query) -> list[tuple[int, int, tuple[str, ...]]]:
    """Find the runs of plain words, or one phrase, that have synonyms; filters and exclusions end a run."""
    found = []
    parts = query.parts
    for start in range(len(parts)):
        words: tuple[str, ...] = ()
        for end in range(start, min(len(parts), start + synonyms.LONGEST)):
            part = parts[end]
            if part.kind or part.is_excluded or (part.is_exact and end > start):
                break
            words += part.words
            if synonyms.others(words):
                found.append((start, end + 1, words))
            if part.is_exact:
                break
    return found


def _group(group: list[Part], lexicon: Lexicon, made: Plan) -> Expression:
    first = group[0]
    if first.kind:
        return OneOf(tuple(one(token) for token in first.value.tokens)) if first.value else one("_nothing")
    typed = [_typed(part, lexicon, made) for part in group]
    own = typed[0] if len(typed) == 1 else All(tuple(typed))
    if first.is_excluded:
        return own
    term = tuple(word for part in group for word in part.words)
    same = [Phrase(other) for other in synonyms.others(term) if all(lexicon.exact.get(word) for word in other)]
    made.phrases += tuple(other.tokens for other in same)
    return OneOf((own, *same)) if same else own


def _typed(part: Part, lexicon: Lexicon, made: Plan) -> Expression:
    if part.is_exact:
        if not part.is_excluded:
            made.phrases += (part.words,)
        return Phrase(part.words)
    *joined, last = part.words
    endings = lexicon.endings.get(last, [last])
    if len(endings) > MOST_ENDINGS:
        made.cut.append(last)
    others = [form for form in other_forms(last) if lexicon.exact.get(form)]
    shown = list(dict.fromkeys([*(endings[:MOST_ENDINGS] or [last]), *others]))
    found = [Phrase((*joined, ending)) for ending in shown]
    if joined and not part.is_excluded:  # “covid-19” and “L4/5” are looked for as they are written, not as two words
        made.phrases += tuple(phrase.tokens for phrase in found)
    elif not part.is_excluded:
        made.marks |= {last, *shown}
    return OneOf(tuple(found)) if len(found) > 1 else found[0]
