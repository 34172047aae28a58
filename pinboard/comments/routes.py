"""The thread of a case: read on, say something, change it, take it back."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template, request

from pinboard.comments import queries, service
from pinboard.comments.forms import CommentForm
from pinboard.marks.queries import marks_of
from pinboard.models import Case, Comment
from pinboard.policy import case_for
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, respond, see_other, toast
from pinboard.web.paging import Cursor
from pinboard.web.text import _

bp = Blueprint("comments", __name__)


@bp.get("/c/<case_id>/comments")
@access("reader")
def index(case_id: str) -> Response:
    """Give the next page of a thread."""
    case = case_for(db.session(), g.reader, "see", case_id)
    if not is_fragment():
        return see_other(f"/c/{case_id}#thread")
    found = queries.thread(db.session(), g.reader, case, Cursor.read(request.args.get("after"), int))
    return make_response(render_template("partials/comments/next.html", case=case, **found))


@bp.post("/c/<case_id>/comments")
@access("reader")
def create(case_id: str) -> Response:
    """Add a comment or a reply."""
    session = db.session()
    case = case_for(session, g.reader, "comment", case_id)
    form = CommentForm()
    parent = service.comment_of(session, case, form.parent.data) if form.parent.data else None
    if not form.validate():
        return _refused("composer", case, form, parent=parent.public_id if parent else None)
    if doubts := words.left(case, {"body": form.body.data}):
        return _refused("composer", case, form, parent=parent.public_id if parent else None, doubts=doubts)
    comment = service.create(session, case, body=form.body.data, by=g.reader.user_id, parent=parent)
    db.session.commit()
    if not is_fragment():
        return see_other(f"/c/{case_id}#c-{comment.public_id}")
    root = session.get_one(Comment, comment.parent_id).public_id if comment.parent_id else None
    return _fragment("partials/comments/created.html", case, comment, parent=root)


@bp.get("/c/<case_id>/comments/<comment_id>")
@access("reader")
def show(case_id: str, comment_id: str) -> Response:
    """Give one comment as it stands, as after an edit that was given up."""
    case = case_for(db.session(), g.reader, "see", case_id)
    comment = service.comment_of(db.session(), case, comment_id)
    if not is_fragment():
        return see_other(f"/c/{case_id}#c-{comment_id}")
    return _fragment("partials/comments/comment.html", case, comment)


@bp.get("/c/<case_id>/comments/<comment_id>/reply")
@access("reader")
def reply(case_id: str, comment_id: str) -> Response:
    """Give the form for an answer."""
    case = case_for(db.session(), g.reader, "comment", case_id)
    comment = service.comment_of(db.session(), case, comment_id)
    answered = queries.one(db.session(), g.reader, case, comment.id)
    return respond(
        "pages/comments/composer.html",
        "partials/comments/composer.html",
        case=case,
        parent=comment_id,
        answered=answered,
    )


@bp.route("/c/<case_id>/comments/<comment_id>/edit", methods=["GET", "POST"])
@access("reader")
def edit(case_id: str, comment_id: str) -> Response:
    """Change one's own young comment."""
    session = db.session()
    case = case_for(session, g.reader, "comment", case_id)
    comment = service.comment_of(session, case, comment_id, by=g.reader.user_id)
    if request.method != "POST":
        page, partial = "pages/comments/edit.html", "partials/comments/edit.html"
        return respond(page, partial, case=case, comment={"id": comment_id}, body=comment.body)
    form = CommentForm()
    if not form.validate():
        return _refused("edit", case, form, comment={"id": comment_id})
    if doubts := words.left(case, {"body": form.body.data}):
        return _refused("edit", case, form, comment={"id": comment_id}, doubts=doubts)
    if not service.edit(session, comment, body=form.body.data):
        sentence = _("A comment can be changed for 15 minutes. Copy your words into a new one.")
        return _refused("edit", case, form, comment={"id": comment_id}, error=sentence)
    db.session.commit()
    return _changed(case, comment)


@bp.post("/c/<case_id>/comments/<comment_id>/delete")
@access("reader")
def delete(case_id: str, comment_id: str) -> Response:
    """Take one's own comment back."""
    session = db.session()
    case = case_for(session, g.reader, "see", case_id)
    comment = service.comment_of(session, case, comment_id, by=g.reader.user_id)
    service.delete(session, case, comment, by=g.reader.user_id)
    db.session.commit()
    toast(_("Comment deleted."), undo=f"/c/{case_id}/comments/{comment_id}/restore")
    return _changed(case, comment)


@bp.post("/c/<case_id>/comments/<comment_id>/restore")
@access("reader")
def restore(case_id: str, comment_id: str) -> Response:
    """Bring one's own comment back."""
    session = db.session()
    case = case_for(session, g.reader, "see", case_id)
    comment = service.comment_of(session, case, comment_id, by=g.reader.user_id)
    if not service.restore(session, case, comment):
        toast(_("It is too late to bring this comment back."))
    db.session.commit()
    return _changed(case, comment)


def _changed(case: Case, comment: Comment) -> Response:
    if not is_fragment():
        return see_other(f"/c/{case.public_id}#c-{comment.public_id}")
    return _fragment("partials/comments/changed.html", case, comment)


def _fragment(partial: str, case: Case, comment: Comment, parent: str | None = None) -> Response:
    session = db.session()
    return make_response(
        render_template(
            partial,
            case=case,
            comment=queries.one(session, g.reader, case, comment.id),
            comment_count=case.comment_count,
            may_comment=queries.may_comment(session, g.reader, case),
            parent=parent,
            # Beside the marks stands who speaks of them.
            **marks_of(session, g.reader, case),
        ),
    )


def _refused(name: str, case: Case, form: CommentForm, **context: object) -> Response:
    """Answer 422 with the words kept and what is wrong with them."""
    context.setdefault("error", form.first_errors().get("body"))
    partial, page = f"partials/comments/{name}.html", f"pages/comments/{name}.html"
    return invalid(partial, page=page, case=case, body=form.body.data, **context)
