"""A question to the index as a tree, and how each engine writes it: FTS5, tsquery, and plain Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

EVERY = "_every"
"""A token that every indexed case has; a question of exclusions alone stands on it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other; mostly one."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold, and none of what is excluded."""

    parts: tuple[Expression, ...]
    but: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """One part must hold."""

    parts: tuple[Expression, ...]


Expression = Phrase | All | OneOf


def one(token: str) -> Phrase:
    """Ask for one token."""
    return Phrase((token,))


def phrases(expression: Expression) -> Iterator[Phrase]:
    """Give every phrase that is asked for; what is excluded is not."""
    if isinstance(expression, Phrase):
        yield expression
    else:
        for part in expression.parts:
            yield from phrases(part)


def fts5(expression: Expression) -> str:
    """Write it for SQLite."""
    if isinstance(expression, Phrase):
        return '"' + " ".join(expression.tokens) + '"'
    joined = "(" + (" OR " if isinstance(expression, OneOf) else " AND ").join(map(fts5, _parts(expression))) + ")"
    for excluded in expression.but if isinstance(expression, All) else ():
        joined = f"({joined} NOT {fts5(excluded)})"
    return joined


def tsquery(expression: Expression) -> str:
    """Write it for PostgreSQL."""
    if isinstance(expression, Phrase):
        return "(" + " <-> ".join(f"'{token}'" for token in expression.tokens) + ")"
    parts = [tsquery(part) for part in _parts(expression)]
    if isinstance(expression, OneOf):
        return "(" + " | ".join(parts) + ")"
    return "(" + " & ".join([*parts, *(f"!{tsquery(part)}" for part in expression.but)]) + ")"


def packed(expression: Expression) -> str:
    """Write it for `holds`."""
    return json.dumps(_plain(expression), separators=(",", ":"))


def holds(words: str | None, question: str) -> bool:
    """Tell whether the indexed words of a case, tokens with one blank around each, answer a packed question."""
    return words is not None and _judge(question)(words)


@lru_cache(maxsize=256)
def _judge(question: str) -> Callable[[str], bool]:
    return _compiled(json.loads(question))


def _compiled(tree: Any) -> Callable[[str], bool]:
    if isinstance(tree, str):
        return lambda words: tree in words
    kind, parts, but = tree
    asked, excluded = [_compiled(part) for part in parts], [_compiled(part) for part in but]
    decide = any if kind == "any" else all
    return lambda words: decide(ask(words) for ask in asked) and not any(ask(words) for ask in excluded)


def _plain(expression: Expression) -> Any:
    if isinstance(expression, Phrase):
        return f" {' '.join(expression.tokens)} "
    but = [_plain(part) for part in expression.but] if isinstance(expression, All) else []
    return ["any" if isinstance(expression, OneOf) else "all", [_plain(part) for part in _parts(expression)], but]


def _parts(expression: All | OneOf) -> tuple[Expression, ...]:
    return expression.parts or (one(EVERY),)
