"""Shows every image of a draft to its author, takes the areas to paint and the word that an image was looked at."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from pinboard.custody import Box
from pinboard.drafts import areas, montage, queries, suggestions
from pinboard.drafts.blueprint import UNPUBLISHED, bp, draft_for, me
from pinboard.drafts.images import DraftImage, plates
from pinboard.drafts.seen import seen
from pinboard.drafts.words import refusal
from pinboard.imaging.presets import presets_for
from pinboard.intake import mend
from pinboard.intake import review as reviewing
from pinboard.intake.children import RefusedFile
from pinboard.intake.errors import IntakeError
from pinboard.intake.montage import slices_of
from pinboard.models import Case, Instance
from pinboard.models.clinic_settings import clinic
from pinboard.policy import NotFound
from pinboard.web.access import access
from pinboard.web.extensions import db, release, stores
from pinboard.web.htmx import is_fragment, see_other, toast
from pinboard.web.text import _, ngettext
from pinboard.web.times import day


@bp.get("/drafts/<draft>/review")
@access("author", "reader")
def review(draft: str) -> Response:
    """Show one image large and all of them small; without a choice, what nobody confirmed yet comes first."""
    case = draft_for(draft, "review")
    image = request.args.get("image", "")
    stack = montage.first_stack(db.session(), case) if not image and case.state in UNPUBLISHED else ""
    if stack:
        return see_other(url_for("drafts.slices", draft=draft, series=stack))
    return review_page(case, image)


@bp.get("/drafts/<draft>/images/<image>/preview")
@access("author", "reader")
def preview(draft: str, image: str) -> Response:
    """Give one frame as it is in the vault, or with its areas painted, to its author alone; no cache may keep it."""
    instance = queries.instance_for(db.session(), draft_for(draft, "review"), image)
    frame = request.args.get("frame", 0, type=int)
    slices = slices_of(reviewing.held(db.session(), Instance.id == instance.id))
    named = request.args.get("window")
    window = next(((one.center, one.width) for one in presets_for(instance.header) if one.key == named), None)
    user_id = me().id
    db.session.expunge(instance)
    release()
    try:
        painted = request.args.get("painted") == "1"
        shown = reviewing.preview(stores(), instance, frame, painted=painted, window=window)
    except RefusedFile:
        raise NotFound from None
    # Another window may leave letters out that readers of the published picture would see.
    if window is None:
        seen().show(user_id, [slices[frame].key], is_large=True)
    answer = make_response(shown.jpeg)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/drafts/<draft>/images/<image>/suggestions")
@access("author", "reader")
def look(draft: str, image: str) -> Response:
    """Say what is known of an image by now; 204 while that is what the page shows already."""
    case = draft_for(draft, "review")
    queries.instance_for(db.session(), case, image)
    state = _state(case, image)
    if is_fragment() and state["image"].mark == request.args.get("have"):
        return make_response("", 204)
    return _answer(case, image)


@bp.post("/drafts/<draft>/images/<image>/boxes")
@access("author", "reader")
def boxes(draft: str, image: str) -> Response:
    """Take the areas to paint: all of them as drawn, one by its numbers, or what is suggested, one or all."""
    case = draft_for(draft, "review")
    instance = queries.instance_for(db.session(), case, image)
    try:
        reviewing.set_boxes(db.session(), instance, _wanted(instance), me())
    except IntakeError as error:
        db.session.rollback()
        case = draft_for(draft, "review")
        return _answer(case, image, status=409 if error.code == "not-a-draft" else 422, error=refusal(error.code))
    db.session.commit()
    return _answer(case, image)


@bp.post("/drafts/<draft>/images/<image>/confirm")
@access("author", "reader")
def confirm(draft: str, image: str) -> Response:
    """Record that somebody looked at this image with exactly these areas, and go on to the next, or to the case."""
    case = draft_for(draft, "review")
    instance = queries.instance_for(db.session(), case, image)
    seen = areas.parse(request.form.get("boxes", ""))
    if reviewing.boxes_sha256(seen) != reviewing.boxes_sha256(reviewing.boxes_of(db.session(), instance)):
        changed = _("The areas of this image changed in the meantime. Look at it once more.")
        return _answer(case, image, status=409, error=changed)
    offered = suggestions.of_instance(db.session(), instance)
    if not suggestions.is_answered(suggestions.doubt(instance.scan, offered), request.form.get("doubt")):
        more = _("Areas were suggested in the meantime. Accept them, or confirm without them.")
        return _answer(case, image, status=409, error=more)
    reviewing.confirm(db.session(), instance, me())
    if case.state not in UNPUBLISHED:
        mend.start(db.session(), instance, me())
        db.session.commit()
        return see_other(url_for("drafts.redacting", case_id=draft, image=image))
    db.session.commit()
    following = _next(queries.images(db.session(), case), image)
    if following:
        return see_other(url_for("drafts.review", draft=draft, image=following))
    toast(_("Every image is confirmed"))
    return see_other(url_for("drafts.show", draft=draft))


@bp.post("/drafts/<draft>/images/<image>/series")
@access("author", "reader")
def to_series(draft: str, image: str) -> Response:
    """Draw the areas of this image on the others of its series and size; each of them is still looked at by itself."""
    case = draft_for(draft, "review")
    instance = queries.instance_for(db.session(), case, image)
    changed = reviewing.apply_to_series(db.session(), instance, me())
    db.session.commit()
    words = ngettext(
        "The areas are on 1 other image now. Look at it and confirm it.",
        "The areas are on {count} other images now. Look at each and confirm it.",
        changed,
    )
    toast(words.format(count=changed) if changed else _("The other images have these areas already."))
    return see_other(url_for("drafts.review", draft=draft, image=image))


def _wanted(instance: Instance) -> list[Box]:
    """Give the areas that a form asks for."""
    drawn = reviewing.boxes_of(db.session(), instance)
    if wish := request.form.get("accept"):
        return suggestions.accepted(drawn, suggestions.of_instance(db.session(), instance), wish)
    if wish := request.form.get("take-back"):
        return suggestions.taken_back(drawn, suggestions.of_instance(db.session(), instance), wish)
    return areas.read(request.form, drawn)


def _next(every: list[DraftImage], image: str) -> str:
    """Give the next image that nobody confirmed, from this one on and then from the first."""
    here = next((place for place, one in enumerate(every) if one.public_id == image), 0)
    later = [*every[here + 1 :], *every[:here]]
    return next((one.public_id for one in later if not one.is_confirmed), "")


def _answer(case: Case, image: str, *, status: int = 200, error: str = "") -> Response:
    """Give the state of one image as a part of the page, or the page without JavaScript."""
    if not is_fragment():
        if error:
            return review_page(case, image, status=status, error=error)
        return see_other(url_for("drafts.review", draft=case.public_id, image=image))
    return make_response(
        render_template("partials/drafts/image_state.html", draft=case, error=error, **_state(case, image)), status
    )


def review_page(case: Case, image: str, *, status: int = 200, error: str = "") -> Response:
    """Show one image of a draft, or of a published case that is being mended, large and the others small."""
    state = _state(case, image)
    shown = state["image"]
    frame = request.args.get("frame", 0, type=int)
    page = render_template(
        "pages/drafts/review.html",
        draft=case,
        error=error,
        frame=min(max(frame, 0), shown.frames - 1) if shown else 0,
        is_painted=request.args.get("painted") == "1",
        days=clinic(db.session())["vault_days"],
        expires=day(case.expires_at) if case.expires_at else "",
        **state,
    )
    return make_response(page, status)


def _state(case: Case, image: str) -> dict[str, Any]:
    """Give one image among the others: which is shown, how many are confirmed, which is next."""
    every = queries.images(db.session(), case)
    waiting = [one for one in every if not one.is_confirmed]
    shown = next((one for one in every if one.public_id == image), None)
    if shown is None and (image or (not every and case.state not in UNPUBLISHED)):
        raise NotFound
    if shown is None:
        shown = next(iter(waiting or every), None)
    return {
        "images": every,
        "plates": plates(every, shown, montage.FROM),
        "image": shown,
        "total": len(every),
        "confirmed": len(every) - len(waiting),
        "all_confirmed": not waiting,
        "next_image": _next(every, shown.public_id) if shown else "",
    }
