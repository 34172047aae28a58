"""Changes the thread of a case, keeps its count, and tells whom it concerns."""

from __future__ import annotations

from sqlalchemy import delete as delete_rows
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.clock import now
from pinboard.comments.queries import can_edit, can_restore
from pinboard.ids import public_id
from pinboard.marks.queries import named
from pinboard.models import Case, Comment, CommentMark, InboxItem, Visibility
from pinboard.policy import NotFound


def comment_of(session: Session, case: Case, public: str, *, by: int | None = None) -> Comment:
    """Give a comment of a case, of one author where it is to be changed, or answer as if it were not there."""
    query = select(Comment).where(Comment.case_id == case.id, Comment.public_id == public)
    query = query.where(Comment.visibility == Visibility.CLINIC)
    found = session.scalar(query if by is None else query.where(Comment.author_id == by))
    if found is None:
        raise NotFound
    return found


def create(session: Session, case: Case, *, body: str, by: int, parent: Comment | None = None) -> Comment:
    """Add a comment, or a reply to one; an answer to a reply joins its line."""
    root = parent.parent_id or parent.id if parent else None
    comment = Comment(public_id=public_id(), case_id=case.id, author_id=by, parent_id=root, body=body, created_at=now())
    session.add(comment)
    _count(session, case, 1)
    session.flush()
    _point(session, comment)
    _tell(session, case, comment, parent)
    return comment


def edit(session: Session, comment: Comment, *, body: str) -> bool:
    """Change the words of a young comment; tell whether it still could be changed."""
    if comment.deleted_at is not None or not can_edit(comment.created_at):
        return False
    if body != comment.body:
        comment.body, comment.edited_at = body, now()
        _point(session, comment)
    return True


def delete(session: Session, case: Case, comment: Comment, *, by: int) -> None:
    """Take the words out of sight at once; the place stays, so that a reply keeps its question."""
    if comment.deleted_at is None:
        _count(session, case, -1)
        audit.record(session, actor=by, verb="comment-delete", case=case, thing=f"comment:{comment.public_id}")
        # Last, because it touches pins, which others touch after they recorded something.
        comment.deleted_at = now()
        session.flush()


def restore(session: Session, case: Case, comment: Comment) -> bool:
    """Bring a comment back that was just deleted; tell whether it still could be."""
    if comment.deleted_at is None or not can_restore(comment.deleted_at):
        return False
    comment.deleted_at = None
    _count(session, case, 1)
    session.flush()
    return True


def _point(session: Session, comment: Comment) -> None:
    """Tie a comment to the marks that its words name by their letters."""
    session.execute(delete_rows(CommentMark).where(CommentMark.comment_id == comment.id))
    marks = named(session, comment.case_id, comment.body)
    session.add_all(CommentMark(comment_id=comment.id, mark_id=mark_id) for mark_id in marks)
    session.flush()


def _count(session: Session, case: Case, step: int) -> None:
    """Count in the database, because two people may comment at the same moment."""
    session.flush()
    session.execute(
        update(Case).where(Case.id == case.id).values(comment_count=Case.comment_count + step),
        execution_options={"synchronize_session": False},
    )
    session.refresh(case, ["comment_count"])


def _tell(session: Session, case: Case, comment: Comment, parent: Comment | None) -> None:
    """Leave a line in the inbox of the author, and of whoever is answered; nobody hears of their own words."""
    told = {comment.author_id}
    for user_id, kind in ((parent.author_id if parent else None, "reply"), (case.author_id, "comment")):
        if user_id is None or user_id in told:
            continue
        told.add(user_id)
        session.add(
            InboxItem(
                public_id=public_id(),
                user_id=user_id,
                kind=kind,
                case_id=case.id,
                actor_id=comment.author_id,
                dedupe=f"comment:{comment.id}",
                at=comment.created_at,
            ),
        )
    session.flush()
