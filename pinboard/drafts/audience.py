"""Lets an author choose who may see a case, says how many that reaches, and holds it to what the consent allows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.drafts import consent
from pinboard.drafts.forms import CaseForm
from pinboard.models import AccountState, Board, BoardKind, Case, ConsentLevel, Group, Role, User
from pinboard.models.clinic_settings import clinic
from pinboard.policy import Reader
from pinboard.web.text import _, ngettext
from pinboard.web.titles import in_order

WALLS = (BoardKind.PERSONAL, BoardKind.GROUP)
MOST_PEOPLE = 500
TICKS = ("clinic", "connections", "public", "outside")
LISTS = {"named": "audience_people", "groups": "audience_groups", "boards": "audience_boards"}

_NAMED = (
    ("boards", "audience_boards", "audience_boards"),
    ("groups", "audience_groups", "groups"),
    ("named", "audience_people", "people"),
)
"""A tick, the field of the form with what it names, and the list that offers these."""


def offered(session: Session, reader: Reader) -> dict[str, Any]:
    """Give what there is to choose from: boards to pin to, boards, groups and people to show it to."""
    pinnable = in_order(session.scalars(select(Board).where(policy.may_board(reader, "pin")).order_by(Board.id)))
    seen = select(Board).where(policy.may_board(reader, "see"), Board.kind.in_(WALLS), Board.archived_at.is_(None))
    people = select(User).where(*_members(), User.id != reader.user_id).order_by(User.name).limit(MOST_PEOPLE)
    return {
        "specialty_boards": [board for board in pinnable if board.kind is BoardKind.SPECIALTY],
        "own_boards": [board for board in pinnable if board.kind in WALLS],
        "audience_boards": in_order(session.scalars(seen.order_by(Board.id))),
        "groups": session.scalars(select(Group).order_by(Group.name)).all(),
        "people": session.scalars(people).all(),
    }


def fill(session: Session, form: CaseForm, case: Case) -> None:
    """Put the stored choice into the form; before there is one, trainees are ticked as the clinic decided."""
    choose(form, case.audience_choice)
    if not case.audience_choice:
        form.trainees = bool(clinic(session)["includes_trainees"])


def choose(form: CaseForm, stored: dict[str, Any]) -> None:
    """Put a choice into the form."""
    form.trainees = bool(stored.get("trainees"))
    form.reach = "me" if stored.get("only_me") else "others" if stored else ""
    form.audience = {name for name in TICKS if stored.get(name)} | {name for name in LISTS if name in stored}
    for name, attribute in LISTS.items():
        setattr(form, attribute, {str(one) for one in stored.get(name, [])})


def chosen(form: CaseForm) -> dict[str, Any]:
    """Give the choice that the form holds, in the shape that publishing makes reasons of."""
    if form.reach == "me":
        return {"only_me": True}
    if form.reach != "others":
        return {}
    made: dict[str, Any] = {name: True for name in TICKS if name in form.audience}
    if "clinic" in made:
        made["trainees"] = form.trainees
    return made | {name: sorted(getattr(form, of)) for name, of in LISTS.items() if name in form.audience}


def keep(session: Session, case: Case, form: CaseForm, reader: Reader) -> None:
    """Keep the choice of readers and boards, unless it is wider than the consent or names what is not theirs."""
    if form.reach not in {"", "me", "others"} or form.audience - {*TICKS, *LISTS}:
        form.refuse("audience", _("Choose one of those that are offered."))
    made = chosen(form)
    _check_names(session, form, reader)
    level = form.level if "level" not in form.errors and consent.is_whole(form) else ""
    if level and not policy.fits(made, [ConsentLevel(level)]):
        form.refuse("audience", _("The consent does not reach that far. Choose fewer readers, or record more consent."))
    if "audience" not in form.errors:
        case.audience_choice = made
    if "board" not in form.errors:
        case.board_choice = sorted(form.boards)


def keep_offered(session: Session, form: CaseForm, reader: Reader) -> None:
    """Take from a choice whatever this author is not offered today."""
    there = offered(session, reader)
    for name, of, rows in _NAMED:
        wanted = getattr(form, of) & {one.public_id for one in there[rows]}
        setattr(form, of, wanted)
        if not wanted:
            form.audience.discard(name)


def _check_names(session: Session, form: CaseForm, reader: Reader) -> None:
    """Refuse what this author could not have been offered."""
    there = offered(session, reader)
    ids = {name: {one.public_id for one in rows} for name, rows in there.items()}
    if form.boards - ids["specialty_boards"] - ids["own_boards"]:
        form.refuse("board", _("Choose boards that you may pin to."))
    if any(getattr(form, of) - ids[rows] for _name, of, rows in _NAMED):
        form.refuse("audience", _("Choose one of those that are offered."))


def reach(session: Session, case: Case, form: CaseForm) -> str:
    """Say whom the choice reaches, in words."""
    if form.reach == "me":
        return _("Only you will see it.")
    made = chosen(form)
    if not made:
        return _("Nobody but you sees it until you choose.")
    count = policy.preview_readers(session, case, made).total
    words = _("This reaches nobody yet.")
    if count:
        words = ngettext("This reaches 1 person.", "This reaches {count} people.", count).format(count=count)
    if made.get("groups") or made.get("boards"):
        words += " " + _("Who joins those boards and groups later sees it too.")
    if made.get("outside"):
        words += " " + _("Outside colleagues see it by the links you make later.")
    if made.get("public"):
        words += " " + _("After publishing you see what visitors would, and can offer it.")
    return words


def _members() -> tuple[Any, ...]:
    return (
        User.state == AccountState.ACTIVE,
        User.role.in_((Role.CLINICIAN, Role.TRAINEE)),
        User.is_demo.is_(False),
        User.verified_at.is_not(None),
        or_(User.recheck_at.is_(None), User.recheck_at > clock.now()),
    )
