"""Shows every image of a draft to its author, takes the areas to paint and the word that an image was looked at."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from pinboard.drafts import areas, queries
from pinboard.drafts.blueprint import bp, draft_for, me
from pinboard.drafts.words import refusal
from pinboard.intake import review as reviewing
from pinboard.intake.children import RefusedFile
from pinboard.intake.errors import IntakeError
from pinboard.models import Case
from pinboard.models.clinic_settings import clinic
from pinboard.policy import NotFound
from pinboard.web.access import access
from pinboard.web.extensions import db, release, stores
from pinboard.web.htmx import is_fragment, see_other
from pinboard.web.text import _


@bp.get("/drafts/<draft>/review")
@access("author", "reader")
def review(draft: str) -> Response:
    """Show one image large and all of them small; without a choice, the first that nobody confirmed."""
    case = draft_for(draft, "review")
    return _page(case, request.args.get("image", ""))


@bp.get("/drafts/<draft>/images/<image>/preview")
@access("author", "reader")
def preview(draft: str, image: str) -> Response:
    """Give one frame as it is in the vault, to its author alone; no cache may keep it."""
    instance = queries.instance_for(db.session(), draft_for(draft, "review"), image)
    frame = request.args.get("frame", 0, type=int)
    db.session.expunge(instance)
    release()
    try:
        shown = reviewing.preview(stores(), instance, frame)
    except RefusedFile:
        raise NotFound from None
    answer = make_response(shown.jpeg)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/drafts/<draft>/images/<image>/boxes")
@access("author", "reader")
def boxes(draft: str, image: str) -> Response:
    """Take the areas to paint: all of them as they were drawn, or one added or removed by its numbers."""
    case = draft_for(draft, "review")
    instance = queries.instance_for(db.session(), case, image)
    try:
        wanted = areas.read(request.form, reviewing.boxes_of(db.session(), instance))
        reviewing.set_boxes(db.session(), instance, wanted, me())
    except IntakeError as error:
        db.session.rollback()
        case = draft_for(draft, "review")
        return _answer(case, image, status=409 if error.code == "not-a-draft" else 422, error=refusal(error.code))
    db.session.commit()
    return _answer(case, image)


@bp.post("/drafts/<draft>/images/<image>/confirm")
@access("author", "reader")
def confirm(draft: str, image: str) -> Response:
    """Record that somebody looked at this image with exactly these areas, and go on to the next."""
    case = draft_for(draft, "review")
    instance = queries.instance_for(db.session(), case, image)
    seen = areas.parse(request.form.get("boxes", ""))
    if reviewing.boxes_sha256(seen) != reviewing.boxes_sha256(reviewing.boxes_of(db.session(), instance)):
        changed = _("The areas of this image changed in the meantime. Look at it once more.")
        return _answer(case, image, status=409, error=changed)
    reviewing.confirm(db.session(), instance, me())
    db.session.commit()
    waiting = [one for one in queries.images(db.session(), case) if not one.is_confirmed]
    following = waiting[0].public_id if waiting else image
    return see_other(url_for("drafts.review", draft=draft, image=following))


def _answer(case: Case, image: str, *, status: int = 200, error: str = "") -> Response:
    """Give the state of one image as a part of the page, or the page without JavaScript."""
    if not is_fragment():
        if error:
            return _page(case, image, status=status, error=error)
        return see_other(url_for("drafts.review", draft=case.public_id, image=image))
    return make_response(
        render_template("partials/drafts/image_state.html", draft=case, error=error, **_state(case, image)), status
    )


def _page(case: Case, image: str, *, status: int = 200, error: str = "") -> Response:
    state = _state(case, image)
    shown = state["image"]
    frame = request.args.get("frame", 0, type=int)
    page = render_template(
        "pages/drafts/review.html",
        draft=case,
        error=error,
        frame=min(max(frame, 0), shown.frames - 1) if shown else 0,
        days=clinic(db.session())["vault_days"],
        expires=case.expires_at.strftime("%-d %b") if case.expires_at else "",
        **state,
    )
    return make_response(page, status)


def _state(case: Case, image: str) -> dict[str, Any]:
    """Give one image among the others: which is shown, how many are confirmed, which is next."""
    every = queries.images(db.session(), case)
    waiting = [one for one in every if not one.is_confirmed]
    shown = next((one for one in every if one.public_id == image), None)
    if shown is None and image:
        raise NotFound
    if shown is None:
        shown = next(iter(waiting or every), None)
    others = [one for one in waiting if shown and one.public_id != shown.public_id]
    return {
        "images": every,
        "image": shown,
        "total": len(every),
        "confirmed": len(every) - len(waiting),
        "all_confirmed": not waiting,
        "next_image": others[0].public_id if others else "",
    }
