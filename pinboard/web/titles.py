"""Says the title of a board: that of a specialty in the reader's language, as long as the clinic left it as it was."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from pinboard import vocabulary
from pinboard.web.text import _


class Titled(Protocol):
    """A board, or what a query gave of one."""

    slug: str
    title: str


def board_title(board: Titled) -> str:
    """Give the title of a board as its reader says it."""
    return said(board.slug, board.title)


def said(slug: str, title: str) -> str:
    """Give a title; only the board of a specialty has the specialty's own address."""
    return _(title) if _specialties().get(slug) == title else title


@cache
def _specialties() -> dict[str, str]:
    return {specialty.slug: specialty.meaning for specialty in vocabulary.specialties()}
