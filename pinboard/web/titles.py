"""Says the title of a board: that of a specialty in the reader's language, as long as the clinic left it as it was.

Lists of boards are put in order here, because a database orders what it holds, and not what is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol, TypeVar

from pinboard import vocabulary
from pinboard.models.tokens import bare
from pinboard.web.text import _

Listed = TypeVar("Listed")
_OWN = _("My images")
"""What a patient's first board is called in the database."""


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


def own_title(title: str) -> str:
    """Give the title of a patient's own board, which the clinic may have named itself."""
    return str(_OWN) if title == str.__str__(_OWN) else title


def place(slug: str, title: str) -> str:
    """Give by what a board is put in order: its title as its reader says it, without accents and capitals."""
    return bare(said(slug, title))


def in_order(boards: Iterable[Listed]) -> list[Listed]:
    """Put boards in the order in which their titles are read; those of one title stay as they come."""

    def place_of(board: Any) -> str:
        return place(board.slug, board.title)

    return sorted(boards, key=place_of)


def specialties() -> list[tuple[str, str]]:
    """Give the code and the name of every specialty, in the order in which the names are read."""
    named = [(item.code, _(item.meaning)) for item in vocabulary.specialties()]
    return sorted(named, key=lambda item: bare(item[1]))


@cache
def _specialties() -> dict[str, str]:
    return {specialty.slug: specialty.meaning for specialty in vocabulary.specialties()}
