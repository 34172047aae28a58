"""Shows every slice of a series on one page, and takes areas for a range and the word that all were looked at."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from sqlalchemy import select

from pinboard.custody import Box
from pinboard.drafts import areas, choosing, montage, numbering, suggestions
from pinboard.drafts.blueprint import bp, draft_for, me
from pinboard.drafts.montage import Stack
from pinboard.drafts.seen import seen
from pinboard.drafts.words import refusal
from pinboard.imaging.neighbours import Look
from pinboard.intake import montage as pictures
from pinboard.intake import ranges
from pinboard.intake.children import RefusedFile
from pinboard.intake.errors import IntakeError
from pinboard.intake.montage import Slice
from pinboard.intake.review import confirmed_ids
from pinboard.models import Case, Instance, InstanceState
from pinboard.policy import NotFound
from pinboard.web.access import access
from pinboard.web.extensions import db, release, stores
from pinboard.web.htmx import is_fragment, see_other, toast
from pinboard.web.text import _, ngettext

AT_ONCE, AT_LAST = 2.0, 12.0
"""Seconds in which slices are compared before a part of the page answers, and before a confirmation is refused."""
LONGEST_UNDO = 1_500
"""Characters of the numbers in an address; who changed slices in more places finds the area in the list."""


@bp.get("/drafts/<draft>/series/<series>/slices")
@access("author", "reader")
def slices(draft: str, series: str) -> Response:
    """Show every slice small, and those that stand out large and first."""
    case = draft_for(draft)
    return _page(case, montage.stack_for(db.session(), case, series))


@bp.get("/drafts/<draft>/series/<series>/slices/<numbers>.jpg")
@access("author", "reader")
def sheet(draft: str, series: str, numbers: str) -> Response:
    """Give some slices in one picture, painted as they would be published; only what was sent counts as shown."""
    case = draft_for(draft)
    is_large = request.args.get("large") == "1"
    most = pictures.LARGE_LENGTH if is_large else pictures.LENGTH
    stack = montage.stack_for(db.session(), case, series)
    wanted = _chosen(stack, numbers)
    user_id = me().id
    release()
    if not 0 < len(wanted) <= most:
        raise NotFound
    try:
        made = pictures.sheet(stores(), draft, wanted, is_large=is_large)
    except RefusedFile:
        raise NotFound from None
    seen().learn(made.looks)
    seen().show(user_id, [one.key for one in wanted if made.looks[one.pixels] is not None], is_large=is_large)
    answer = make_response(made.jpeg)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/drafts/<draft>/series/<series>/slices/closer")
@access("author", "reader")
def closer(draft: str, series: str) -> Response:
    """Compare slices with their neighbours, as many as a moment allows, and give those that stand out."""
    case = draft_for(draft)
    stack = montage.stack_for(db.session(), case, series)
    release()
    _compare(draft, stack, AT_ONCE)
    if not is_fragment():
        return see_other(url_for("drafts.slices", draft=draft, series=series))
    return make_response(render_template("partials/drafts/closer.html", draft=draft, **_closer(stack)))


@bp.post("/drafts/<draft>/series/<series>/slices/confirm")
@access("author", "reader")
def confirm_slices(draft: str, series: str) -> Response:
    """Confirm every image whose slices were all shown, the odd ones large; what was not shown waits."""
    stack = montage.stack_for(db.session(), draft_for(draft), series)
    release()
    looks = _compare(draft, stack, AT_LAST)
    case, stack = _locked(draft, series)
    if (wrong := _unready(stack, looks)) is not None:
        db.session.rollback()
        case = draft_for(draft)
        return _page(case, montage.stack_for(db.session(), case, series), status=409, error=wrong)
    shown = _shown(stack, looks, _chosen(stack, request.form.get("slices", "")))
    done = {one.id for one in ranges.confirm_whole(db.session(), case, stack.slices, seen=shown, by=me())}
    db.session.commit()
    return _on(case, stack, done)


@bp.post("/drafts/<draft>/series/<series>/slices/back")
@access("author", "reader")
def unconfirm_slices(draft: str, series: str) -> Response:
    """Take the confirmations of a range back."""
    case, stack = _locked(draft, series)
    chosen = _chosen(stack, _range())
    count = ranges.unconfirm(db.session(), case, chosen)
    db.session.commit()
    words = ngettext("1 confirmation was taken back", "{count} confirmations were taken back", count)
    toast(words.format(count=count) if count else _("None of these slices was confirmed"))
    return see_other(url_for("drafts.slices", draft=draft, series=series, _anchor=_anchor(chosen)))


@bp.post("/drafts/<draft>/series/<series>/slices/areas")
@access("author", "reader")
def range_areas(draft: str, series: str) -> Response:
    """Draw an area on one slice, a range or all, take one away, or accept everything that is surely suggested."""
    case, stack = _locked(draft, series)
    try:
        if request.form.get("accept") == "all":
            ranges.put(db.session(), case, montage.accepted(stack))
            did: dict[str, Any] = {}
        elif "remove" in request.form:
            box = _one(request.form["remove"])
            did = _did("removed", box, ranges.unpaint(db.session(), case, _chosen(stack, _range()), box))
        else:
            [box] = areas.read(request.form, [])
            did = _did("painted", box, ranges.paint(db.session(), case, _same_size(stack), box))
    except IntakeError as error:
        if error.code == "not-a-draft":
            raise
        db.session.rollback()
        case = draft_for(draft)
        return _page(case, montage.stack_for(db.session(), case, series), status=422, error=refusal(error.code))
    db.session.commit()
    anchor = f"slice-{on}" if (on := _number("on")) else "areas"
    return see_other(url_for("drafts.slices", draft=draft, series=series, **did, _anchor=anchor))


def _one(text: str) -> Box:
    """Read a single area as the page writes it."""
    found = areas.parse(f"[{text}]")
    if len(found) != 1:
        raise IntakeError("box-outside")
    return found[0]


def _locked(draft: str, series: str) -> tuple[Case, Stack]:
    """Give a draft that nobody publishes or paints meanwhile, and its series as it stands."""
    case = draft_for(draft)
    ranges.hold(db.session(), case)
    return case, montage.stack_for(db.session(), case, series)


def _compare(draft: str, stack: Stack, seconds: float) -> dict[bytes, Look | None]:
    """Give what the slices look like, those that nobody knew before too, as far as the time allows."""
    known = seen().looks(one.pixels for one in stack.slices)
    found = pictures.compare(stores(), draft, stack.slices, known, seconds=seconds)
    seen().learn(found)
    return known | found


def _unready(stack: Stack, looks: dict[bytes, Look | None]) -> str | None:
    """Say why nothing of a series can be confirmed now."""
    if request.form.get("version") != pictures.version(stack.slices):
        return _("Slices or areas changed in the meantime. Look at them once more.")
    if not suggestions.is_answered(stack.doubt, request.form.get("doubt")):
        return _("Areas were suggested in the meantime. Accept them, or confirm without them.")
    if not montage.is_compared(stack, looks):
        return _("The slices are still being compared with each other. Wait a moment, then confirm them.")
    return None


def _shown(stack: Stack, looks: dict[bytes, Look | None], chosen: list[Slice]) -> set[int]:
    """Give the numbers of the slices that this person was sent, large where they stand out."""
    odd, memory, user_id = montage.reasons(stack, looks), seen(), me().id
    return {one.number for one in chosen if memory.was_shown(user_id, one.key, is_large=one.number in odd)}


def _on(case: Case, stack: Stack, done: set[int]) -> Response:
    """Go on to what is left: of this series, of the case, or to the case itself."""
    count = sum(one.held.id in done for one in stack.slices)
    left = sum(not one.held.is_confirmed and one.held.id not in done for one in stack.slices)
    if not left:
        toast(_("All {count} slices are confirmed").format(count=len(stack.slices)))
        return see_other(_after(case))
    if not count:
        toast(_("No slice could be confirmed. Each has to be shown first, those that stand out large."))
    numbers = [one.number for one in stack.slices if one.held.id in done]
    did: dict[str, Any] = _did("confirmed", None, numbers) if numbers else {}
    return see_other(url_for("drafts.slices", draft=case.public_id, series=stack.public_id, **did))


def _after(case: Case) -> str:
    """Give where to look next: at what nobody confirmed yet, or else at the case itself."""
    sure = confirmed_ids(db.session(), case)
    waiting = select(Instance.id).where(Instance.case_id == case.id, Instance.state == InstanceState.DRAFT)
    is_done = all(one in sure for one in db.session.scalars(waiting))
    return url_for("drafts.show" if is_done else "drafts.review", draft=case.public_id)


def _same_size(stack: Stack) -> list[Slice]:
    """Give the slices of a range that have the size of the one that was drawn on; areas mean nothing on others."""
    chosen = _chosen(stack, _range())
    number = _number("on") or (chosen[0].number if chosen else 0)
    drawn = next((one for one in stack.slices if one.number == number), None)
    if drawn is None or not chosen:
        raise IntakeError("no-such-slice")
    size = (drawn.held.rows, drawn.held.columns)
    return [one for one in chosen if (one.held.rows, one.held.columns) == size]


def _chosen(stack: Stack, text: str) -> list[Slice]:
    numbers = set(numbering.read(text, len(stack.slices)))
    return [one for one in stack.slices if one.number in numbers]


def _range() -> str:
    """Give the numbers that a form names, as a list or by the first and the last."""
    if "slices" in request.form:
        return request.form["slices"]
    return f"{_number('first') or 1}-{_number('last') or 99_999}"


def _number(name: str) -> int:
    text = request.form.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _anchor(chosen: list[Slice]) -> str:
    return f"slice-{chosen[0].number}" if chosen else "slices"


def _did(what: str, box: Box | None, numbers: list[int]) -> dict[str, Any]:
    """Give what the next page offers to undo."""
    text = numbering.write(numbers)
    if len(text) > LONGEST_UNDO:
        return {}
    return {"did": what, "slices": text} | ({"box": json.dumps(box.as_list())} if box else {})


def _undo(stack: Stack) -> dict[str, str] | None:
    """Say what the step before did, with what a form needs to take it back; nonsense in the address says nothing."""
    what, numbers = request.args.get("did", ""), _chosen(stack, request.args.get("slices", ""))
    words = {
        "painted": _("The area is on {slices} now"),
        "removed": _("The area was taken from {slices}"),
        "confirmed": _("Confirmed: {slices}"),
    }
    if what not in words:
        return None
    if not numbers:
        return {"words": _("Nothing changed: it was so already"), "step": ""}
    one = ngettext("slice {numbers}", "slices {numbers}", len(numbers))
    told = one.format(numbers=numbering.told(each.number for each in numbers))
    undo = {"words": words[what].format(slices=told), "step": what, "slices": request.args["slices"]}
    try:
        box = _one(request.args["box"]) if "box" in request.args else None
    except IntakeError:
        return None
    return undo | ({"box": json.dumps(box.as_list()), **_fields(box)} if box else {})


def _fields(box: Box) -> dict[str, str]:
    sides = {"x": box.x0, "y": box.y0, "width": box.x1 - box.x0, "height": box.y1 - box.y0}
    return {name: str(value) for name, value in sides.items()} | {"fill": box.fill}


def _closer(stack: Stack) -> dict[str, Any]:
    looks = seen().looks(one.pixels for one in stack.slices)
    compared = sum(one.pixels in looks for one in stack.slices)
    return {"stack": stack, "raised": montage.raised(stack, looks), "compared": compared, "total": len(stack.slices)}


def _page(case: Case, stack: Stack, *, status: int = 200, error: str = "") -> Response:
    confirmed = sum(one.held.is_confirmed for one in stack.slices)
    page = render_template(
        "pages/drafts/slices.html",
        case=case,
        draft=case.public_id,
        kind=montage.kind(stack),
        tiles=montage.tiles(stack),
        areas=montage.areas(stack),
        version=pictures.version(stack.slices),
        confirmed=confirmed,
        undo=_undo(stack),
        windows=montage.windows(db.session(), stack),
        following=_after(case) if confirmed == len(stack.slices) else "",
        is_arranging=choosing.is_arranging(db.session(), case),
        error=error,
        **_closer(stack),
    )
    return make_response(page, status)
