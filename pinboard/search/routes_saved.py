"""Keeping a search, opening it again, its name, and taking it away with a way back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, g, make_response, render_template, request

from pinboard.models.engine import writing
from pinboard.search import saved
from pinboard.search.blueprint import bp
from pinboard.search.forms import KeepForm, NameForm
from pinboard.search.grammar import read
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, see_other, toast
from pinboard.web.paging import LARGEST
from pinboard.web.text import _

PAGE, PART = "pages/search/saved.html", "partials/search/saved.html"


@bp.get("/search/saved")
@access("reader")
def kept() -> Response:
    """List the searches one keeps, each with what is new."""
    return _list()


@bp.post("/search/saved")
@access("reader")
def keep() -> Response:
    """Keep a search, or put one back that was taken away."""
    form = KeepForm()
    if not form.validate() or not read(form.q.data).parts:
        return _refused(form.first_errors().get("name") or _("Search for something first, then keep it."))
    writing(db.session())
    row = saved.keep(db.session(), g.reader, form.name.data, str(read(form.q.data)))
    if row is None:
        return _refused(_("You keep {count} searches. Take one away first.").format(count=saved.MOST))
    seen = request.form.get("seen", type=int)
    if seen is not None and 0 <= seen <= LARGEST:
        row.seen_seq = min(seen, row.seen_seq)
    db.session.commit()
    toast(_("The search is kept as “{name}”.").format(name=row.name))
    return see_other("/search/saved")


@bp.post("/search/saved/<saved_id>/open")
@access("reader")
def open_saved(saved_id: str) -> Response:
    """Go to the answers, with those marked that are new since last time."""
    writing(db.session())
    row = saved.own(db.session(), g.reader, saved_id)
    since = saved.open_again(db.session(), g.reader, row)
    query = row.query
    db.session.commit()
    return see_other(f"/search?q={quote(query, safe='')}&since={since}")


@bp.post("/search/saved/<saved_id>/rename")
@access("reader")
def rename(saved_id: str) -> Response:
    """Give a search another name."""
    writing(db.session())
    row = saved.own(db.session(), g.reader, saved_id)
    form = NameForm()
    if not form.validate():
        return _refused(form.first_errors()["name"])
    if not saved.rename(db.session(), row, form.name.data):
        return _refused(_("You have a search of that name."))
    db.session.commit()
    return _list() if is_fragment() else see_other("/search/saved")


@bp.post("/search/saved/<saved_id>/delete")
@access("reader")
def delete(saved_id: str) -> Response:
    """Take a search away; the list then offers to put it back."""
    writing(db.session())
    row = saved.own(db.session(), g.reader, saved_id)
    gone = {"name": row.name, "query": row.query, "seen": row.seen_seq}
    db.session.delete(row)
    db.session.commit()
    return _list(gone=gone)


def _list(**context: Any) -> Response:
    rows = saved.kept(db.session(), g.reader)
    return make_response(render_template(PART if is_fragment() else PAGE, kept=rows, **context))


def _refused(sentence: str) -> Response:
    db.session.rollback()
    return invalid(PART, "#saved", page=PAGE, kept=saved.kept(db.session(), g.reader), error=sentence)
