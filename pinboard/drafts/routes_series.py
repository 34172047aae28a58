"""Shows the series of a draft side by side, and takes which of them and which of their slices are part of the case."""

from __future__ import annotations

from flask import Response, make_response, render_template, request, url_for
from sqlalchemy import select

from pinboard.drafts import choosing
from pinboard.drafts.blueprint import bp, draft_for, me
from pinboard.drafts.words import refusal
from pinboard.imaging.series import KEY_SLICES
from pinboard.intake import choose
from pinboard.intake import review as reviewing
from pinboard.intake.children import RefusedFile
from pinboard.intake.errors import IntakeError
from pinboard.models import Case, Instance, Series
from pinboard.policy import NotFound
from pinboard.web.access import access
from pinboard.web.extensions import db, release, stores
from pinboard.web.htmx import see_other, toast
from pinboard.web.text import _


@bp.get("/drafts/<draft>/series")
@access("author", "reader")
def series(draft: str) -> Response:
    """Show what there is to choose from; where there is nothing, go on to the images, unless asked for all."""
    case = draft_for(draft)
    rows = choosing.series_rows(db.session(), case)
    if rows and not choosing.is_worth_choosing(rows) and "all" not in request.args:
        return see_other(url_for("drafts.review", draft=draft))
    return _page(case, rows)


@bp.get("/drafts/<draft>/series/<series>/picture")
@access("author", "reader")
def series_picture(draft: str, series: str) -> Response:
    """Give the slice that stands for a series, one that is left out too, to its author alone."""
    case = draft_for(draft)
    stands = select(Instance).join(Series, Series.key_instance_id == Instance.id)
    instance = db.session.scalar(stands.where(Series.case_id == case.id, Series.public_id == series))
    if instance is None or instance.case_id != case.id:
        raise NotFound
    db.session.expunge(instance)
    release()
    try:
        shown = reviewing.preview(stores(), instance, request.args.get("frame", 0, type=int), painted=True)
    except RefusedFile:
        raise NotFound from None
    answer = make_response(shown.jpeg)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/drafts/<draft>/series")
@access("author", "reader")
def choose_slices(draft: str) -> Response:
    """Take the choice of every series at once; one that cannot be taken leaves all of them as they were."""
    case = draft_for(draft)
    rows = choosing.series_rows(db.session(), case)
    errors: dict[str, str] = {}
    for row in rows:
        try:
            choice = choosing.wanted(request.form, row)
            if choosing.is_changed(row, choice):
                choose.choose(db.session(), _series(case, row.public_id), choice, me())
        except IntakeError as error:
            if error.code not in {"slice-range", "head-slices", "not-a-head"}:
                raise
            errors[row.public_id] = refusal(error.code)
    if errors:
        db.session.rollback()
        case = draft_for(draft)
        return _page(case, choosing.series_rows(db.session(), case), status=422, errors=errors)
    db.session.commit()
    toast(_("Choice saved"))
    return see_other(url_for("drafts.review", draft=draft))


def _series(case: Case, public_id: str) -> Series:
    found = select(Series).where(Series.case_id == case.id, Series.public_id == public_id)
    return db.session.scalars(found).one()


def _page(
    case: Case, rows: list[choosing.SeriesRow], *, status: int = 200, errors: dict[str, str] | None = None
) -> Response:
    page = render_template(
        "pages/drafts/series.html",
        draft=case,
        rows=rows,
        errors=errors or {},
        is_arranging=choosing.is_arranging(db.session(), case),
        most=KEY_SLICES,
    )
    return make_response(page, status)
