"""What somebody can go to by its name: the pages and boards that this reader may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.models import Board
from pinboard.policy import Reader, may_board
from pinboard.web.access import AUDIENCES, audience_of
from pinboard.web.text import _
from pinboard.web.titles import in_order, said

MOST_BOARDS = 200


@dataclass(frozen=True, slots=True)
class Command:
    """A page with its name; `stroke` is the key that leads there, too."""

    label: str
    href: str
    stroke: str = ""


_PAGES = (
    (_("Home"), "boards.feed", "g h"),
    (_("Boards"), "boards.index", "g b"),
    (_("Inbox"), "inbox.index", "g i"),
    (_("New case"), "drafts.new", "n"),
    (_("Drafts"), "drafts.index", ""),
    (_("Search"), "search.index", "/"),
    (_("Saved searches"), "search.kept", ""),
    (_("Second look"), "attest.index", ""),
    (_("Trash"), "trash.index", ""),
    (_("People"), "people.index", ""),
    (_("Reported cases"), "flags.index", ""),
    (_("Administration"), "admin.people", ""),
    (_("Profile"), "accounts.profile", ""),
    (_("Appearance"), "accounts.appearance", ""),
    (_("Sessions and password"), "accounts.own_sessions", ""),
    (_("Help"), "help.index", ""),
    (_("Keys"), "help.shortcuts", "?"),
)
"""In the order of the menus; who may open one is what its own view says."""


_NOT_OFFERED = {"subject": frozenset({"inbox.index"})}
"""What a view would answer, and a register has no use for."""


def may_open(view: str, reader: Reader) -> bool:
    """Tell whether a page is one that this reader is offered."""
    is_let_in = any(AUDIENCES[name](reader) for name in audience_of(current_app, view))
    return is_let_in and view not in _NOT_OFFERED.get(reader.register, ())


def pages(reader: Reader) -> list[Command]:
    """Give the pages that a reader may open."""
    return [Command(label, url_for(view), stroke) for label, view, stroke in _PAGES if may_open(view, reader)]


def boards(session: Session, reader: Reader) -> list[Command]:
    """Give the boards that a reader may see and that are in use; a patient's own stand on another page."""
    if reader.register != "clinic":
        return []
    seen = select(Board.title, Board.slug).where(may_board(reader, "see"), Board.archived_at.is_(None))
    rows = in_order(session.execute(seen.order_by(Board.id)))
    return [Command(said(slug, title), url_for("boards.show", slug=slug)) for title, slug in rows[:MOST_BOARDS]]
