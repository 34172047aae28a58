"""More like a case: those that share its tags, or its body part together with its kind of image."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.cases.queries import Card, card
from pinboard.models import Case
from pinboard.models.expression import All, Expression, OneOf, one
from pinboard.models.indexing import facet
from pinboard.models.tokens import slug
from pinboard.policy import Reader
from pinboard.search.plan import Lexicon, Plan
from pinboard.search.queries import places

SHOWN, CANDIDATES = 6, 40


def similar(session: Session, reader: Reader, case: Case) -> list[Card]:
    """Give the nearest of the newest cases that share something with this one, nearest first; four statements."""
    expression = _shared(case)
    if expression is None:
        return []
    lexicon = Lexicon.of(session, expression)
    made = Plan(expression, lexicon.cases(expression))
    rows = places(session, reader, made, before=None, limit=CANDIDATES).rows if made.rarest else []
    others = {row.id: row for row in rows if row.id != case.id}
    facts = session.execute(select(Case.id, Case.tags, Case.body_part, Case.modality).where(Case.id.in_(others)))
    nearest = sorted(facts, key=lambda found: (_nearness(case, found), others[found.id].seq), reverse=True)
    return [card(others[found.id]) for found in nearest[:SHOWN]]


def question(case: Case) -> str:
    """Write the question that finds such cases, for whoever has no script."""
    if case.tags:
        return f"tag:{slug(str(case.tags[0]))}"
    return f"modality:{case.modality.lower()}" if case.modality else ""


def _shared(case: Case) -> Expression | None:
    parts: list[Expression] = [one(facet("tag", str(tag))) for tag in case.tags]
    place = [one(facet(kind, value)) for kind, value in (("body", case.body_part), ("mod", case.modality)) if value]
    if case.body_part:
        parts.append(All(tuple(place)))
    return OneOf(tuple(parts)) if parts else None


def _nearness(case: Case, other: Any) -> int:
    tags = {slug(str(tag)) for tag in case.tags} & {slug(str(tag)) for tag in other.tags or ()}
    same_place = case.body_part is not None and other.body_part == case.body_part
    return 3 * len(tags) + (2 if same_place else 0) + (1 if other.modality == case.modality else 0)
