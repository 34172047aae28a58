"""Answers with a wall or with its next cards, for the feed and for boards alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from pinboard.boards.blueprint import is_clinician
from pinboard.boards.queries import Page
from pinboard.web.extensions import csrf_token
from pinboard.web.htmx import is_fragment, respond
from pinboard.web.paging import pages_asked


@dataclass(frozen=True, slots=True)
class More:
    """The two addresses of a list's next page, and how many pages stand before it."""

    page: str
    partial: str
    count: int


def wall_page(page: str, here: str, partial: str, found: Page, **context: Any) -> Response:
    """Answer with a wall or its next cards; the number of the page travels in the address of the next."""
    count = min(max(request.args.get("page", 1, type=int), 1), 10_000) + pages_asked() - 1
    key = f"{'&' if '?' in here else '?'}after={found.next}&page={count + 1}"
    more = More(here + key, partial + key, count) if found.next else None
    part = context.pop("part", "partials/boards/next.html")
    return respond(
        page,
        part,
        cards=found.cards,
        more=more,
        first=12 if is_fragment() and part == "partials/boards/next.html" else 0,
        may_pin=is_clinician(),
        token=csrf_token(),
        **context,
    )
