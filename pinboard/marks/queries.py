"""Reads the marks of a case: as its readers see them, and as the words of its comments name them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session

from pinboard.models import Case, Comment, CommentMark, Instance, InstanceState, Mark, MarkKind, Series, Study, User
from pinboard.models import Visibility as Register
from pinboard.policy import FOR_EVERYBODY, Reader, may
from pinboard.web.text import _

KINDS = {
    MarkKind.ARROW: _("Arrow"),
    MarkKind.BOX: _("Box"),
    MarkKind.ELLIPSE: _("Ellipse"),
    MarkKind.TEXT: _("Text"),
    MarkKind.LENGTH: _("Length"),
}
COLOURS = 7
"""Authors of a case get as many colours in turn, which most people who see few colours can tell apart."""
NAMED = re.compile(r"\[([A-Z]{1,3})\]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an instance stands on the stage: its series and the frames before it, both as the stage counts."""

    series: int
    before: int


@dataclass(frozen=True, slots=True)
class Said:
    """A comment that speaks of a mark."""

    id: str
    author: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One mark as a reader of its case sees it."""

    id: str
    letter: str
    kind: MarkKind
    word: str
    text: str
    points: list[Any]
    media: str
    frame: int
    series: int
    at: int
    """Number of its frame in the series, from 0."""
    author: str
    colour: int
    is_own: bool
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a comment: plain words, or the letter of a mark with its public id."""

    text: str
    mark: str | None = None


def marks_of(session: Session, reader: Reader, case: Case) -> dict[str, Any]:
    """Give the marks of a case in the order of their letters, and what their list needs."""
    rows = session.execute(_visible(case.id).order_by(Mark.id)).all()
    where = places(session, case.id) if rows else {}
    colours = _colours(session, case.id) if rows else {}
    said = _said(session, [row.id for row in rows])
    return {
        "marks": [
            _shown(row, reader, where[row.instance_id], colour=colours[row.by_id], said=tuple(said.get(row.id, ())))
            for row in rows
            if row.instance_id in where
        ],
        "may_mark": bool(session.scalar(select(may(reader, "comment")).where(Case.id == case.id))),
    }


def place_of(session: Session, case: Case, public: str) -> tuple[int, int] | None:
    """Give the series and the frame of a mark as the stage counts them, or nothing where it cannot be seen."""
    row = session.execute(_visible(case.id).where(Mark.public_id == public)).one_or_none()
    place = places(session, case.id).get(row.instance_id) if row else None
    return (place.series, place.before + row.frame) if row and place else None


def places(session: Session, case_id: int) -> dict[int, Place]:
    """Give the place of every instance on the stage of a case; a test holds its order to that of the stage."""
    rows = session.execute(
        select(Instance.id, Instance.series_id, Instance.frame_count)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.case_id == case_id, is_shown(), Instance.media_name.is_not(None))
        .order_by(Study.position, Study.id, Series.position, Series.id, Instance.position, Instance.id),
    )
    found: dict[int, Place] = {}
    numbers: dict[int, int] = {}
    before: dict[int, int] = {}
    for instance_id, series_id, frames in rows:
        number = numbers.setdefault(series_id, len(numbers) + 1)
        found[instance_id] = Place(number, before.get(number, 0))
        before[number] = before.get(number, 0) + frames
    return found


def is_shown() -> ColumnElement[bool]:
    """Give the clause for an instance that the clinic's readers see."""
    return and_(Instance.state == InstanceState.PUBLISHED, FOR_EVERYBODY)


def named(session: Session, case_id: int, body: str) -> list[int]:
    """Give the marks of a case that the words of a comment name by their letters."""
    letters = set(NAMED.findall(body))
    if not letters:
        return []
    query = select(Mark.id).where(Mark.case_id == case_id, Mark.letter.in_(letters), Mark.removed_at.is_(None))
    return list(session.scalars(query.order_by(Mark.id)))


def links(session: Session, comments: Collection[int]) -> dict[int, dict[str, str]]:
    """Give for each of these comments the letters that lead to a mark, with the public ids of the marks."""
    if not comments:
        return {}
    rows = session.execute(
        select(CommentMark.comment_id, Mark.letter, Mark.public_id)
        .join(Mark, Mark.id == CommentMark.mark_id)
        .join(Instance, Instance.id == Mark.instance_id)
        .where(CommentMark.comment_id.in_(comments), Mark.removed_at.is_(None), is_shown()),
    )
    found: dict[int, dict[str, str]] = {}
    for comment_id, letter, public in rows:
        found.setdefault(comment_id, {})[letter] = public
    return found


def pieces(body: str, letters: dict[str, str]) -> tuple[Piece, ...]:
    """Cut the words of a comment where they name a mark; everything stays text."""
    found: list[Piece] = []
    end = 0
    for one in NAMED.finditer(body):
        if one[1] in letters:
            found += [Piece(body[end : one.start()]), Piece(one[0], letters[one[1]])]
            end = one.end()
    return tuple(piece for piece in (*found, Piece(body[end:])) if piece.text)


def _visible(case_id: int) -> Any:
    return (
        select(Mark.id, Mark.public_id, Mark.letter, Mark.kind, Mark.text, Mark.points, Mark.frame, Mark.by_id)
        .add_columns(Mark.instance_id, Instance.media_name, User.name)
        .join(Instance, Instance.id == Mark.instance_id)
        .join(User, User.id == Mark.by_id)
        .where(Mark.case_id == case_id, Mark.removed_at.is_(None), is_shown())
    )


def _shown(row: Row[*tuple[Any, ...]], reader: Reader, place: Place, *, colour: int, said: tuple[Said, ...]) -> Shown:
    return Shown(
        id=row.public_id,
        letter=row.letter,
        kind=row.kind,
        word=KINDS[row.kind],
        text=row.text,
        points=row.points,
        media=row.media_name,
        frame=row.frame,
        series=place.series,
        at=place.before + row.frame,
        author=row.name,
        colour=colour,
        is_own=row.by_id == reader.user_id,
        said=said,
    )


def _colours(session: Session, case_id: int) -> dict[int, int]:
    """Give each author the next colour, in the order in which they first drew; removed marks keep it theirs."""
    authors = select(Mark.by_id).where(Mark.case_id == case_id).group_by(Mark.by_id).order_by(func.min(Mark.id))
    return {by_id: number % COLOURS for number, by_id in enumerate(session.scalars(authors))}


def _said(session: Session, marks: Collection[int]) -> dict[int, list[Said]]:
    if not marks:
        return {}
    rows = session.execute(
        select(CommentMark.mark_id, Comment.public_id, User.name)
        .join(Comment, Comment.id == CommentMark.comment_id)
        .join(User, User.id == Comment.author_id)
        .where(CommentMark.mark_id.in_(marks), Comment.deleted_at.is_(None), Comment.visibility == Register.CLINIC)
        .order_by(Comment.id),
    )
    found: dict[int, list[Said]] = {}
    for mark_id, public, author in rows:
        found.setdefault(mark_id, []).append(Said(public, author))
    return found
