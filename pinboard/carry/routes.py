"""What somebody may carry away: the page that says how much it is, the archive, and single pictures.

Three doors lead to the same answers: a member of the clinic, the person in the images, whoever holds a link.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, request
from flask_login import current_user

from pinboard.carry import answers, queries
from pinboard.carry.queries import Bag
from pinboard.identity.sessions import device
from pinboard.web.access import access
from pinboard.web.extensions import db

bp = Blueprint("carry", __name__)


@bp.get("/c/<case_id>/download")
@access("clinician")
def clinic(case_id: str) -> Response:
    """Offer a member of the clinic the files of a case."""
    return answers.page(_of_clinic(case_id), "pages/carry/show.html")


@bp.get("/c/<case_id>/download/images.zip")
@access("clinician")
def clinic_archive(case_id: str) -> Response:
    """Stream them."""
    return answers.archive(_of_clinic(case_id), _seat())


@bp.get("/c/<case_id>/download/progress")
@access("clinician")
def clinic_progress(case_id: str) -> Response:
    """Say how far they are."""
    return answers.progress(_of_clinic(case_id))


@bp.get("/c/<case_id>/download/<media>/<variant>")
@access("clinician")
def clinic_picture(case_id: str, media: str, variant: str) -> Response:
    """Give one frame as PNG, or a cine."""
    return answers.picture(_of_clinic(case_id), _seat(), media, variant)


@bp.get("/my/c/<case_id>/download")
@access("signed-in")
def own(case_id: str) -> Response:
    """Offer a person their own released images as files."""
    return answers.page(_of_subject(case_id), "pages/carry/show.html")


@bp.get("/my/c/<case_id>/download/images.zip")
@access("signed-in")
def own_archive(case_id: str) -> Response:
    """Stream them."""
    return answers.archive(_of_subject(case_id), _seat())


@bp.get("/my/c/<case_id>/download/progress")
@access("signed-in")
def own_progress(case_id: str) -> Response:
    """Say how far they are."""
    return answers.progress(_of_subject(case_id))


@bp.get("/my/c/<case_id>/download/<media>/<variant>")
@access("signed-in")
def own_picture(case_id: str, media: str, variant: str) -> Response:
    """Give one frame as PNG, or a cine."""
    return answers.picture(_of_subject(case_id), _seat(), media, variant)


@bp.get("/s/<token>/download")
@access("share")
def shared(token: str) -> Response:
    """Offer whoever holds a link what it lets them take along."""
    return answers.page(_of_share(token), "pages/carry/shared.html")


@bp.get("/s/<token>/download/images.zip")
@access("share")
def shared_archive(token: str) -> Response:
    """Stream it."""
    return answers.archive(_of_share(token), device(request.user_agent.string))


@bp.get("/s/<token>/download/progress")
@access("share")
def shared_progress(token: str) -> Response:
    """Say how far it is."""
    return answers.progress(_of_share(token))


@bp.get("/s/<token>/download/<media>/<variant>")
@access("share")
def shared_picture(token: str, media: str, variant: str) -> Response:
    """Give one frame as PNG, or a cine."""
    return answers.picture(_of_share(token), device(request.user_agent.string), media, variant)


def _of_clinic(case_id: str) -> Bag:
    return queries.of_clinic(db.session(), g.reader, case_id)


def _of_subject(case_id: str) -> Bag:
    bag = None
    if current_user.subject_id is not None:
        bag = queries.of_subject(db.session(), current_user.user, case_id)
    return bag or abort(404)


def _of_share(token: str) -> Bag:
    share = queries.opened(db.session(), token, request.cookies)
    bag = queries.of_share(db.session(), share, f"/s/{token}") if share is not None else None
    return bag or abort(404)


def _seat() -> str:
    """Name the device for the list of openings."""
    return str(current_user.sign_in.device)
