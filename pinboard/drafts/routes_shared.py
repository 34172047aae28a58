"""Takes what a telephone shares: pictures from its gallery or a chat begin a draft of whoever is signed in there."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request, url_for
from werkzeug.datastructures import FileStorage

from pinboard.drafts.blueprint import bp, draft_for, me
from pinboard.drafts.routes_upload import FORM_FILE, ROOM_FOR_FIELDS, take_form_file, uploads_page
from pinboard.drafts.words import refusal
from pinboard.intake.archive import Taker
from pinboard.intake.drafts import awaits_consent, discard, new_draft
from pinboard.web.access import access
from pinboard.web.errors import Words, answer
from pinboard.web.extensions import csrf, db, release, stores
from pinboard.web.htmx import see_other
from pinboard.web.requests import forget_body
from pinboard.web.text import _

__all__ = ["bp"]
OURS = frozenset({"none", "same-origin"})
NOT_KEPT = _(
    "You were signed out or locked, so nothing of what you shared was kept. Share it again, or choose it here."
)
NOT_SHARED = Words(
    _("This was not shared from your device"),
    _("Nothing was stored. Open New case and add the images there."),
)


@bp.get("/new/shared")
@access("author", "reader")
def share_again() -> Response:
    """Say to who had to sign in that nothing of what was shared before was kept."""
    return uploads_page(None, note=NOT_KEPT)


@bp.post("/new/shared")
@csrf.exempt  # type: ignore[untyped-decorator]
@access("author", "reader")
def take_shared() -> Response:
    """Take files from the device's own menu, which knows no token, into a draft that they begin.

    Words that come with them are never looked at: a chat's are about somebody.
    """
    if not _comes_from_the_device():
        return answer(403, NOT_SHARED)
    if awaits_consent(db.session(), None):
        release()
        forget_body()
        return uploads_page(None, status=409, note=refusal("consent-first"))
    release()
    request.max_content_length = FORM_FILE + ROOM_FOR_FIELDS
    files = [file for file in request.files.getlist("file") if file]
    draft, taken = _take(files or [FileStorage()])
    if not taken.received:
        return uploads_page(None, status=422, untaken=taken.refused)
    return see_other(url_for("drafts.new", draft=draft, shared=1))


def _comes_from_the_device() -> bool:
    """Tell whether a person chose to come here; a page of another site can pretend neither of these headers."""
    said = request.headers
    return said.get("Sec-Fetch-Site") in OURS and said.get("Sec-Fetch-Mode") == "navigate"


def _take(files: Sequence[FileStorage]) -> tuple[str, Taker]:
    """Begin a draft with these files; it is gone again if no image came of them."""
    case = new_draft(db.session(), me())
    draft, taken = case.public_id, Taker(stores(), case.id, me().id)
    db.session.commit()
    release()
    try:
        for file in files:
            take_form_file(taken, file)
    finally:
        if not taken.received:
            discard(db.session(), stores(), draft_for(draft, "erase"), me())
            db.session.commit()
    return draft, taken
