"""The proof page: start one, watch it, read what it found, and take the signed line along."""

from __future__ import annotations

from flask import Response, abort, make_response, render_template
from flask_login import current_user
from sqlalchemy import select

from pinboard.admin import queries
from pinboard.admin.clinic import bp
from pinboard.models import Proof
from pinboard.proof import runs
from pinboard.proof.line import public_text, signing_key
from pinboard.web.access import access
from pinboard.web.extensions import config, db
from pinboard.web.htmx import respond, see_other

__all__ = ["bp"]


@bp.get("/proof")
@access("admin")
def proof() -> Response:
    """Show the proof under way and those before it."""
    running = runs.current(db.session())
    found = queries.proofs(db.session(), but=running)
    key = public_text(signing_key(config().keys).public_key())
    return respond("pages/admin/proof.html", "partials/admin/proof.html", running=running, proofs=found, key=key)


@bp.post("/proof")
@access("admin")
def start_proof() -> Response:
    """Ask for a proof; one under way is enough."""
    runs.start(db.session(), current_user.user)
    db.session.commit()
    return see_other("/admin/proof")


@bp.get("/proof/<public_id>")
@access("admin")
def show_proof(public_id: str) -> Response:
    """Show what one proof found."""
    return make_response(render_template("pages/admin/violations.html", proof=_found(public_id)))


@bp.get("/proof/<public_id>.txt")
@access("admin")
def proof_line(public_id: str) -> Response:
    """Give the signed line as a file."""
    found = _found(public_id)
    if found.line is None:
        abort(404)
    response = Response(f"{found.line}\n", mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="pinboard-proof-{found.started_at:%Y-%m-%d}.txt"'
    return response


def _found(public_id: str) -> Proof:
    found = db.session.scalar(select(Proof).where(Proof.public_id == public_id, Proof.finished_at.is_not(None)))
    return found if found is not None else abort(404)
