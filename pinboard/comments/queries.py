"""Reads the thread of a case: first comments by page, each with its replies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from pinboard.clock import now
from pinboard.marks.queries import Piece, links, pieces
from pinboard.models import Case, Comment, Role, User, Visibility
from pinboard.policy import Reader, may
from pinboard.vocabulary import meaning
from pinboard.web.paging import Cursor
from pinboard.web.text import _
from pinboard.web.times import ago

PAGE = 50
REPLIES = 500
EDIT_FOR = timedelta(minutes=15)
RESTORE_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """One comment as this reader sees it."""

    key: int
    id: str
    author: str
    standing: str
    at: datetime
    ago: str
    body: str
    is_reply: bool
    is_edited: bool
    is_deleted: bool
    may_edit: bool
    may_delete: bool
    may_restore: bool
    pieces: tuple[Piece, ...] = field(default=())
    """Its words, cut where they name a mark that can be shown."""
    replies: tuple[Shown, ...] = field(default=())


def thread(session: Session, reader: Reader, case: Case, after: Cursor | None = None) -> dict[str, Any]:
    """Give one page of a thread and what its template needs."""
    roots = _select(case.id).where(Comment.parent_id.is_(None)).limit(PAGE + 1)
    if after:
        roots = roots.where(Comment.id > int(after.keys[0]))
    rows = session.execute(roots).all()
    page = [shown(row, reader) for row in rows[:PAGE]]
    return {
        "comments": _with_replies(session, reader, case, page),
        "next_comments": Cursor((page[-1].key,)) if len(rows) > PAGE else None,
        "comment_count": case.comment_count,
        "may_comment": may_comment(session, reader, case),
        "parent": None,
    }


def may_comment(session: Session, reader: Reader, case: Case) -> bool:
    """Tell whether a reader may say something about a case."""
    return bool(session.scalar(select(may(reader, "comment")).where(Case.id == case.id)))


def one(session: Session, reader: Reader, case: Case, comment_id: int) -> Shown:
    """Give one comment with its replies, as after a change."""
    row = session.execute(_select(case.id).where(Comment.id == comment_id)).one()
    return _with_replies(session, reader, case, [shown(row, reader)])[0]


def shown(row: Row[*tuple[Any, ...]], reader: Reader) -> Shown:
    """Make what a template shows of one comment; the words of a deleted one do not leave this function."""
    is_mine = row.author_id == reader.user_id
    is_deleted = row.deleted_at is not None
    return Shown(
        key=row.id,
        id=row.public_id,
        author=row.name,
        standing=_standing(row),
        at=row.created_at,
        ago=ago(row.created_at),
        body="" if is_deleted else row.body,
        is_reply=row.parent_id is not None,
        is_edited=row.edited_at is not None,
        is_deleted=is_deleted,
        may_edit=is_mine and not is_deleted and can_edit(row.created_at),
        may_delete=is_mine and not is_deleted,
        may_restore=is_mine and is_deleted and can_restore(row.deleted_at),
    )


def can_edit(created_at: datetime) -> bool:
    """Tell whether a comment is young enough to be changed."""
    return now() - created_at < EDIT_FOR


def can_restore(deleted_at: datetime) -> bool:
    """Tell whether a deleted comment can still come back."""
    return now() - deleted_at < RESTORE_FOR


def _standing(row: Row[*tuple[Any, ...]]) -> str:
    words = [_(meaning(row.specialty))]
    if row.role == Role.TRAINEE:
        words.append(_("trainee"))
    elif row.verified_at is not None:
        words.append(_("verified"))
    return ", ".join(word for word in words if word)


def _select(case_id: int) -> Select[Any]:
    return (
        select(Comment.id, Comment.public_id, Comment.parent_id, Comment.body, Comment.author_id)
        .add_columns(Comment.created_at, Comment.edited_at, Comment.deleted_at)
        .add_columns(User.name, User.role, User.specialty, User.verified_at)
        .join(User, User.id == Comment.author_id)
        .where(Comment.case_id == case_id, Comment.visibility == Visibility.CLINIC)
        .order_by(Comment.id)
    )


def _with_replies(session: Session, reader: Reader, case: Case, page: list[Shown]) -> list[Shown]:
    if not page:
        return []
    keys = [comment.key for comment in page]
    rows = session.execute(_select(case.id).where(Comment.parent_id.in_(keys)).limit(REPLIES)).all()
    replies = [shown(row, reader) for row in rows]
    leading = links(session, [one.key for one in (*page, *replies) if "[" in one.body])
    under: dict[int, list[Shown]] = {}
    for row, one in zip(rows, replies, strict=True):
        under.setdefault(row.parent_id, []).append(_cut(one, leading))
    return [replace(_cut(one, leading), replies=tuple(under.get(one.key, ()))) for one in page]


def _cut(comment: Shown, leading: dict[int, dict[str, str]]) -> Shown:
    return replace(comment, pieces=pieces(comment.body, leading.get(comment.key, {})))
