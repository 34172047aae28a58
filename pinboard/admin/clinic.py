"""Administration of the clinic itself: its settings, its boards, the record of changes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from flask import Response, make_response, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from pinboard import audit
from pinboard.admin import queries, service
from pinboard.admin.forms import ClinicForm
from pinboard.admin.routes import bp
from pinboard.models.clinic_settings import clinic, forget
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, respond, see_other, toast
from pinboard.web.languages import available
from pinboard.web.paging import Cursor
from pinboard.web.text import _

__all__ = ["bp"]
MOST_CSV_ROWS = 100_000


@bp.route("/settings", methods=["GET", "POST"])
@access("admin")
def settings() -> Response:
    """Change what the clinic decides about itself."""
    session = db.session()
    form = ClinicForm(data=None if request.method == "POST" else dict(clinic(session)))
    context = {"form": form, "languages": list(available().items())}
    if request.method != "POST":
        return make_response(render_template("pages/admin/settings.html", **context))
    if not form.validate():
        return invalid("partials/admin/settings.html", page="pages/admin/settings.html", **context)
    service.decide_all(session, form.data, by=current_user.user)
    session.commit()
    forget(session)
    toast(_("Saved."))
    return see_other("/admin/settings")


@bp.get("/boards")
@access("admin")
def boards() -> Response:
    """List every board by its title and how many pins it has; what is on it is shown by one's own role only."""
    return make_response(render_template("pages/admin/boards.html", rows=queries.boards(db.session())))


@bp.get("/audit")
@access("admin")
def audit_log() -> Response:
    """Show who changed what, latest first."""
    return respond("pages/admin/audit.html", "partials/admin/audit_rows.html", **_audit())


@bp.post("/audit/verify")
@access("admin")
def verify_audit() -> Response:
    """Compute the chain anew and say whether a row was altered, taken out or put in."""
    chain = {"first_wrong": audit.verify_chain(db.session()), "count": queries.count_events(db.session())}
    audit.record(db.session(), actor=current_user.user, verb="audit-read")
    db.session.commit()
    return respond("pages/admin/audit.html", "partials/admin/chain.html", chain=chain, **_audit())


@bp.get("/audit.csv")
@access("admin")
def audit_csv() -> Response:
    """Give the record of changes as a table."""
    rows = list(_csv_rows(db.session()))
    db.session.close()
    response = Response("".join(rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _audit() -> dict[str, Any]:
    verb, actor = request.args.get("verb", "")[:40], request.args.get("actor", "").strip()[:80]
    after = Cursor.read(request.args.get("after"), int)
    page = queries.audit_page(db.session(), after=after, verb=verb, actor=actor)
    return {"page": page, "verbs": queries.verbs(db.session()), "verb": verb, "actor": actor}


def _csv_rows(session: Session) -> Iterator[str]:
    """Write page after page; a cell that a spreadsheet would take for a formula gets a quote in front."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(("number", "at", "who", "verb", "thing", "case", "detail", "hash"))
    after: Cursor | None = None
    for _page in range(MOST_CSV_ROWS // queries.PAGE):
        page = queries.audit_page(session, after=after)
        for event, _name, login in page.rows:
            cells = (event.id, event.at.isoformat(), login or "", event.verb, event.thing or "", event.case_id or "")
            writer.writerow([_plain(str(cell)) for cell in (*cells, json.dumps(event.detail), event.hash)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        after = page.after
        if after is None:
            return


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell
