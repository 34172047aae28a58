"""Reads one board as its reader wants it: in which order, which cases, under which headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, func, literal, select, tuple_
from sqlalchemy.orm import Session

from pinboard.boards.queries import Page, Wall, may_unpin
from pinboard.cases.queries import CARD, STATES, Card, card
from pinboard.models import Board, BoardOrder, BoardSection, Case, Pin, Resolution
from pinboard.policy import PAGE, Reader, all_of_few, visible
from pinboard.vocabulary import modality
from pinboard.web.paging import Cursor
from pinboard.web.text import _

COUNTED = 500
"""Chips count among so many of the newest pins, so that the largest board costs what a middling one does."""

ORDERS = {
    BoardOrder.HAND: _("As arranged"),
    BoardOrder.NEWEST: _("Newest first"),
    BoardOrder.ACTIVE: _("Latest comment first"),
}
Key: TypeAlias = tuple[ColumnElement[int], ...]
_KEYS = {BoardOrder.HAND: (int, int), BoardOrder.NEWEST: (int,), BoardOrder.ACTIVE: (int, int)}


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader wants to see of a board, as its address says it."""

    order: BoardOrder = BoardOrder.HAND
    usual: BoardOrder = BoardOrder.HAND
    modality: str = ""
    state: str = ""

    @classmethod
    def read(cls, words: Mapping[str, str], usual: BoardOrder) -> Look:
        """Read it from an address; what makes no sense is as if it were not there."""
        order, state = words.get("sort", ""), words.get("state", "")
        return cls(
            order=BoardOrder(order) if order in set(BoardOrder) else usual,
            usual=usual,
            modality=words.get("modality", "")[:16],
            state=state if state in set(Resolution) else "",
        )

    @property
    def words(self) -> dict[str, str]:
        """Give what the address says of it, without what goes without saying."""
        sort = "" if self.order is self.usual else self.order.value
        every = {"modality": self.modality, "state": self.state, "sort": sort}
        return {name: word for name, word in every.items() if word}

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left out."""
        return not (self.modality or self.state)

    def address(self, base: str) -> str:
        """Give the address of a board seen like this."""
        return f"{base}?{urlencode(self.words)}" if self.words else base

    def cursor(self, text: str | None) -> Cursor | None:
        """Read where a page begins, in the keys of this order."""
        return Cursor.read(text, *_KEYS[self.order])


@dataclass(frozen=True, slots=True)
class Chip:
    """One link that changes the look of a board."""

    label: str
    href: str
    is_on: bool
    value: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Cards that stand together, and the heading above them."""

    title: str = ""
    anchor: str = ""
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Laid:
    """One page of a board."""

    page: Page
    blocks: list[Block]
    section: str
    """The section in which the page ends; the next page does not repeat its heading."""


def board_page(session: Session, reader: Reader, shown_on: Wall, look: Look, *, at: At) -> Laid:
    """Give so many pages of a board's pins; a pin whose case this reader may not see is not there."""
    most = PAGE * at.pages
    rows = session.execute(_page(reader, shown_on, look, at.after).limit(most + 1)).all()
    shown = rows[:most]
    following = _cursor(look.order, shown[-1]) if len(rows) > most else None
    cards = [card(row, pin_id=row.pin_id if row.may_unpin else None) for row in shown]
    page = Page(cards, following, [row.mark for row in shown])
    is_divided = look.order is BoardOrder.HAND
    blocks = _blocks(shown, cards, at.section) if is_divided else [Block(cards=cards)]
    return Laid(page, blocks, (shown[-1].section_id or "") if shown and is_divided else "")


@dataclass(frozen=True, slots=True)
class At:
    """Where on a board a page begins, and how far it goes."""

    after: Cursor | None = None
    section: str = ""
    pages: int = 1


def _page(reader: Reader, shown_on: Wall, look: Look, after: Cursor | None) -> Select[*tuple[Any, ...]]:
    key = _order(look.order)
    if shown_on.sees_few:
        # By sums, because SQLite would else walk along the index of the order past everybody's pins.
        key = tuple(column + 0 for column in key)
    query = (
        select(*CARD, Pin.id.label("mark"), Pin.public_id.label("pin_id"), *_named(key))
        .add_columns(may_unpin(reader, shown_on).label("may_unpin"))
        .add_columns(BoardSection.public_id.label("section_id"), BoardSection.title.label("section_title"))
        .join(Case, Case.id == Pin.case_id)
        .outerjoin(BoardSection, BoardSection.id == Pin.section_id)
        .where(Pin.board_id == shown_on.board.id, visible(reader), *_kept(look))
        .order_by(*(column.desc() for column in key))
    )
    if shown_on.sees_few:
        query = query.where(all_of_few(reader, Pin.case_id))
    return query.where(_below(look.order, key, after.keys)) if after else query


def _named(key: Key) -> list[ColumnElement[int]]:
    return [column.label(f"key{number}") for number, column in enumerate(key)]


def _order(order: BoardOrder) -> Key:
    """Give the columns that a board falls by; the last one makes the order whole."""
    if order is BoardOrder.NEWEST:
        return (Pin.id.expression,)
    if order is BoardOrder.ACTIVE:
        # Numbers of comments grow with time.
        return (Pin.latest_comment_id.expression, Pin.id.expression)
    return (Pin.position.expression, Pin.case_id.expression)


def _below(order: BoardOrder, key: Key, keys: tuple[int | str, ...]) -> ColumnElement[bool]:
    """Give the clause for what comes after a place, so that the index of the order is entered right there."""
    if len(key) == 1:
        return key[0] < keys[0]
    if order is BoardOrder.ACTIVE and keys[0] == 0:
        # Nothing is below 0, and SQLite enters an index at a row's own number only beside an equal one.
        return and_(key[0] == 0, key[1] < keys[1])
    return tuple_(*key) < tuple_(*keys)


def _cursor(order: BoardOrder, row: Row[*tuple[Any, ...]]) -> Cursor:
    return Cursor(tuple(getattr(row, f"key{number}") for number in range(len(_KEYS[order]))))


def _kept(look: Look) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if look.modality:
        wanted.append(Case.modality == look.modality)
    if look.state:
        wanted.append(Case.resolution == Resolution(look.state))
    return wanted


def _blocks(rows: list[Any] | Any, cards: list[Card], before: str) -> list[Block]:
    """Begin a block wherever the section changes; a page that goes on with a section does not name it again."""
    blocks: list[Block] = []
    here = before
    for row, one in zip(rows, cards, strict=True):
        section = row.section_id or ""
        if section != here:
            blocks.append(Block(row.section_title or "", section, []))
        elif not blocks:
            blocks.append(Block(cards=[]))
        here = section
        blocks[-1].cards.append(one)
    return blocks


# ---- chips ----------------------------------------------------------------------------------------------------------


def facets(reader: Reader) -> ColumnElement[str | None]:
    """Give the clause that counts kinds and states on the board of this row, as “CT|unsolved|12,…”, for one reader."""
    newest = (
        select(Case.modality, Case.resolution)
        .join(Pin, Pin.case_id == Case.id)
        .where(Pin.board_id == Board.id, visible(reader))
        .order_by(Pin.position.desc(), Pin.case_id.desc())
        .limit(COUNTED)
        .correlate(Board)
        .subquery()
    )
    kind = func.coalesce(newest.c.modality, literal(""))
    counted = (
        select((kind + "|" + cast(newest.c.resolution, String) + "|" + cast(func.count(), String)).label("line"))
        .group_by(newest.c.modality, newest.c.resolution)
        .subquery()
    )
    return select(func.aggregate_strings(counted.c.line, ",")).scalar_subquery()


def chips(found: str | None, look: Look, base: str) -> dict[str, list[Chip]]:
    """Give the links that narrow and order a board; a kind that the reader sees nothing of has none."""
    kinds: dict[str, int] = {}
    states: dict[str, int] = {}
    for line in (found or "").split(",") if found else []:
        kind, state, count = line.split("|")
        if look.state in {"", state}:
            kinds[kind] = kinds.get(kind, 0) + int(count)
        if look.modality in {"", kind}:
            states[state] = states.get(state, 0) + int(count)
    is_long = sum(kinds.values()) >= COUNTED or sum(states.values()) >= COUNTED
    kind_chips = [
        _chip(_(modality(kind)), replace(look, modality="" if kind == look.modality else kind), base,
              is_on=kind == look.modality, value=kind, count=None if is_long else count)
        for kind, count in sorted(kinds.items()) if kind
    ]  # fmt: skip
    state_chips = [
        _chip(STATES[state], replace(look, state="" if state == look.state else state), base,
              is_on=state == look.state, value=state, count=None if is_long else states[state])
        for state in Resolution if state in states
    ]  # fmt: skip
    orders = [
        _chip(label, replace(look, order=order), base, is_on=order is look.order, value=order)
        for order, label in ORDERS.items()
    ]
    return {
        "modality": kind_chips if len(kind_chips) > 1 or look.modality else [],
        "state": state_chips if len(state_chips) > 1 or look.state else [],
        "sort": orders,
    }


def _chip(label: str, look: Look, base: str, *, is_on: bool, value: str, count: int | None = None) -> Chip:
    return Chip(label, look.address(base), is_on, value, count)
