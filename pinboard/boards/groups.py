"""Groups: who is in one, who looks after it, and the boards that are its own."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, render_template, request
from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.boards import queries, service
from pinboard.boards.blueprint import bp, is_clinician
from pinboard.boards.forms import GroupForm
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.models import AccountState, Board, BoardKind, Group, GroupMember, Role, User
from pinboard.policy import NotFound, Reader, may_board
from pinboard.web import words
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, see_other, toast
from pinboard.web.text import _
from pinboard.web.titles import in_order

__all__ = ["bp", "groups_of"]


@bp.get("/groups")
@access("reader")
def all_groups() -> Response:
    """Show the groups that the reader is in."""
    return _index(GroupForm(formdata=None))


@bp.post("/groups")
@access("clinician")
def create_group() -> Response:
    """Make a group with its maker in it."""
    form = GroupForm()
    if not form.validate():
        return _index(form, status=422)
    if doubts := words.left(None, {"name": form.name.data}):
        return _index(form, status=422, doubts=doubts)
    group = _create(db.session(), form.name.data, g.reader.user_id)
    if group is None:
        form.refuse("name", _("Another group has this name."))
        return _index(form, status=422)
    db.session.commit()
    return see_other(f"/groups/{group.public_id}")


@bp.get("/groups/<name>")
@access("reader")
def group(name: str) -> Response:
    """Show one group to its members."""
    return make_response(render_template("pages/boards/group.html", **_context(_group(name))))


@bp.post("/groups/<name>/people")
@access("clinician")
def add_member(name: str) -> Response:
    """Take a member of the clinic into a group."""
    group = _group(name, is_kept=True)
    user = service.member_named(db.session(), request.form.get("member", ""))
    if user is None:
        return _again(group, _("Choose a member of the clinic."))
    db.session.merge(GroupMember(group_id=group.id, user_id=user.id, added_at=now()))
    _note("group-person-add", group, user.id)
    return _again(group)


@bp.post("/groups/<name>/people/<member>/remove")
@access("reader")
def remove_member(name: str, member: str) -> Response:
    """Take somebody out of a group, or leave it; whoever looks after it stays."""
    group = _group(name)
    user = db.session.scalar(select(User).where(User.public_id == member))
    is_own = user is not None and user.id == g.reader.user_id
    if user is None or user.id == _keeper(group) or not (is_own or _keeps(group)):
        raise NotFound
    row = db.session.get(GroupMember, (group.id, user.id))
    if row is None:
        raise NotFound
    db.session.delete(row)
    _note("group-person-remove", group, user.id)
    if is_own:
        toast(_("You left “{group}”.").format(group=group.name))
        return see_other("/groups")
    return _again(group)


def groups_of(session: Session, reader: Reader) -> list[Group]:
    """Give the groups that a reader is in, by name."""
    return list(session.scalars(select(Group).where(_is_in(reader)).order_by(func.lower(Group.name)).limit(200)))


def _is_in(reader: Reader) -> ColumnElement[bool]:
    mine = (GroupMember.group_id == Group.id, GroupMember.user_id == reader.user_id)
    return exists(select(GroupMember.user_id).where(*mine))


def _group(name: str, *, is_kept: bool = False) -> Group:
    found = db.session.scalar(select(Group).where(Group.public_id == name, _is_in(g.reader)))
    if found is None or (is_kept and not _keeps(found)):
        raise NotFound
    return found


def _keeps(group: Group) -> bool:
    """Tell whether the reader decides who is in a group, and with that who sees what it was chosen for."""
    return bool(is_clinician() and _keeper(group) == g.reader.user_id)


def _keeper(group: Group) -> int | None:
    """Give who looks after a group: its maker, and once that account is closed the clinician who is in it longest."""
    return db.session.scalar(
        select(User.id)
        .join(GroupMember, GroupMember.user_id == User.id)
        .where(GroupMember.group_id == group.id)
        .where(User.state == AccountState.ACTIVE, User.role == Role.CLINICIAN, User.verified_at.is_not(None))
        .order_by(case((User.id == group.created_by_id, 0), else_=1), GroupMember.added_at, User.id)
        .limit(1)
    )


def _create(session: Session, name: str, by: int) -> Group | None:
    made = Group(public_id=public_id(), name=name, created_by_id=by, created_at=now())
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        return None
    session.add(GroupMember(group_id=made.id, user_id=by, added_at=now()))
    audit.record(session, actor=by, verb="group-create", thing=f"group:{made.public_id}")
    return made


def _note(verb: str, group: Group, user_id: int) -> None:
    thing = f"group:{group.public_id}"
    audit.record(db.session(), actor=g.reader.user_id, verb=verb, thing=thing, detail={"user": user_id})
    db.session.commit()


def _index(form: GroupForm, *, status: int = 200, **context: Any) -> Response:
    session = db.session()
    counts = select(func.count()).where(GroupMember.group_id == Group.id).scalar_subquery()
    rows = session.execute(select(Group, counts).where(_is_in(g.reader)).order_by(func.lower(Group.name))).all()
    page = render_template(
        "pages/boards/groups.html",
        form=form,
        errors=form.first_errors(),
        groups=rows,
        may_make=is_clinician(),
        **context,
    )
    return make_response(page, status)


def _context(group: Group, error: str | None = None) -> dict[str, Any]:
    session = db.session()
    boards = select(Board).where(
        Board.group_id == group.id,
        Board.kind == BoardKind.GROUP,
        may_board(g.reader, "see"),
        Board.archived_at.is_(None),
    )
    members = select(User).join(GroupMember, GroupMember.user_id == User.id).where(GroupMember.group_id == group.id)
    keeper = _keeper(group)
    keeps = is_clinician() and keeper == g.reader.user_id
    here = select(GroupMember.user_id).where(GroupMember.group_id == group.id)
    return {
        "group": group,
        "boards": in_order(session.scalars(boards.order_by(Board.id))),
        "people": session.scalars(members.order_by(func.lower(User.name))).all(),
        "members": [("", _("Choose")), *queries.members(session, here)] if keeps else [],
        "people_error": error,
        "keeps": keeps,
        "keeper_id": keeper,
        "may_make": is_clinician(),
        "own_id": g.reader.user_id,
    }


def _again(group: Group, error: str | None = None) -> Response:
    context = _context(group, error)
    if error:
        return invalid("partials/boards/members.html", page="pages/boards/group.html", **context)
    if is_fragment():
        return make_response(render_template("partials/boards/members.html", **context))
    return see_other(f"/groups/{group.public_id}")
