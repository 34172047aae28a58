"""Takes series and slices into a case or leaves them out; what is left out dies with the draft's keys at publish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock, policy
from pinboard.imaging.series import KEY_SLICES
from pinboard.intake import arrange, scan
from pinboard.intake.arrange import Member, Ordered
from pinboard.intake.errors import IntakeError
from pinboard.intake.notes import record
from pinboard.models import Case, CaseState, Instance, InstanceState, ScanState, Series, User

How = Literal["all", "key", "some", "none"]
HOWS: tuple[How, ...] = ("all", "key", "some", "none")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which slices of a series its readers see; counted from 1, in the order of the series."""

    how: How
    first: int = 1
    last: int = 1
    step: int = 1
    rest_for_subject: bool = False
    """Whether the slices that readers do not see are kept for the person in them."""


def choose(session: Session, series: Series, choice: Choice, by: User) -> None:
    """Say which slices of a series are part of its case.

    Raises `IntakeError`: "slice-range" for a range that holds no slice, "head-slices" for more of a head than may be
    shown, "not-a-head" where there is nothing to keep for the person in the images alone.
    """
    case = session.get_one(Case, series.case_id, with_for_update=True, populate_existing=True)
    if case.state != CaseState.DRAFT:
        raise IntakeError("not-a-draft")
    arrange.settle(session, case)
    ordered = arrange.order(arrange.members_of(session, series))
    chosen = _chosen(ordered, choice)
    is_face = arrange.is_face(series)
    if choice.rest_for_subject and not is_face:
        raise IntakeError("not-a-head")
    if is_face and _frames(ordered.members, chosen) > KEY_SLICES:
        raise IntakeError("head-slices")
    arrange.save(session, [_row(one, chosen, is_kept=choice.rest_for_subject) for one in ordered.members])
    arrange.stand(session, series)
    _look_again(session, series)
    case.updated_at = clock.now()
    record(session, by, "choose-slices", case, shown=len(chosen), of=len(ordered.members))
    policy.rebuild(session, [case.id])


def choose_series(session: Session, case: Case, wanted: Iterable[Series], by: User) -> None:
    """Take these series of a draft and no others; one that is in already keeps the slices that were chosen of it."""
    taken = {one.id for one in wanted}
    for series in session.scalars(select(Series).where(Series.case_id == case.id).order_by(Series.id)).all():
        is_in = any(one.state == InstanceState.DRAFT for one in arrange.members_of(session, series))
        if is_in and series.id not in taken:
            choose(session, series, Choice("none"), by)
        elif not is_in and series.id in taken:
            choose(session, series, Choice("key" if arrange.is_face(series) else "all"), by)


def _chosen(ordered: Ordered, choice: Choice) -> set[int]:
    every = [one.id for one in ordered.members]
    match choice.how:
        case "all":
            return set(every)
        case "key":
            return arrange.key_ids(ordered)
        case "none":
            return set()
    if not 1 <= choice.first <= choice.last <= len(every) or not 1 <= choice.step <= len(every):
        raise IntakeError("slice-range")
    return set(every[choice.first - 1 : choice.last : choice.step])


def _frames(members: Iterable[Member], chosen: set[int]) -> int:
    return sum(one.frames for one in members if one.id in chosen)


def _row(member: Member, chosen: set[int], *, is_kept: bool) -> dict[str, Any]:
    is_shown = member.id in chosen
    state = InstanceState.DRAFT if is_shown or is_kept else InstanceState.LEFT_OUT
    return {"id": member.id, "state": state, "is_subject_only": is_kept and not is_shown}


def _look_again(session: Session, series: Series) -> None:
    """Have text looked for in what came back; a search that met a slice that was left out ended without a word."""
    back = (Instance.series_id == series.id, Instance.state == InstanceState.DRAFT, Instance.scan == ScanState.WAITING)
    for instance in session.scalars(select(Instance).where(*back)).all():
        scan.ask(session, instance)
