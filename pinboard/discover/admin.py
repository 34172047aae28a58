"""Where an administrator opens the pages for visitors and picks what stands on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Response, g, make_response, render_template
from flask_login import current_user
from sqlalchemy.orm import Session

from pinboard.discover import queries, service
from pinboard.discover.forms import OpenForm
from pinboard.discover.routes import bp
from pinboard.models import Case, User
from pinboard.models.clinic_settings import clinic, forget
from pinboard.policy import case_for
from pinboard.web import media
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import see_other, toast
from pinboard.web.text import _

__all__ = ["bp"]


@bp.get("/admin/discover")
@access("admin")
def picking() -> Response:
    """Show what is offered, as outsiders would see it."""
    form = OpenForm(formdata=None, data=dict(clinic(db.session())))
    return make_response(render_template("pages/discover/admin.html", form=form, offers=queries.offers(db.session())))


@bp.post("/admin/discover")
@access("admin")
def open_or_close() -> Response:
    """Switch the pages for visitors on or off."""
    form, session = OpenForm(), db.session()
    service.open_to_visitors(
        session, is_open=form.discover.data, is_listed=form.discover_is_listed.data, by=current_user.user
    )
    session.commit()
    forget(session)
    toast(_("Saved."))
    return see_other("/admin/discover")


@bp.post("/admin/discover/<case_id>/pick")
@access("admin")
def pick(case_id: str) -> Response:
    """Show an offered case to everybody."""
    return _act(service.pick, case_id, _("Picked."))


@bp.post("/admin/discover/<case_id>/unpick")
@access("admin")
def unpick(case_id: str) -> Response:
    """Take a case off the pages for visitors."""
    return _act(service.unpick, case_id, _("Visitors see it no more."))


@bp.post("/admin/discover/<case_id>/week")
@access("admin")
def week(case_id: str) -> Response:
    """Make a picked case the case of the week."""
    return _act(service.make_case_of_the_week, case_id, _("It is the case of the week now."))


@bp.get("/admin/discover/media/<name>/<variant>")
@access("admin")
def picture(name: str, variant: str) -> Response:
    """Serve a picture of an offered case, as far as outsiders would see it."""
    return media.serve(name, variant, [replace(g.reader, register="public")], verb="sample")


def _act(act: Callable[[Session, Case, User], None], case_id: str, said: str) -> Response:
    session = db.session()
    act(session, case_for(session, g.reader, "sample", case_id), current_user.user)
    session.commit()
    toast(said)
    return see_other("/admin/discover")
