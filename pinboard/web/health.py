"""Answers whether the process lives and whether it can do its work; nothing about the clinic."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pinboard.models.engine import make_sessions, writing
from pinboard.web.access import access
from pinboard.web.extensions import config, db
from pinboard.web.visitors import AWAY, ONLY_VISITORS, is_listed

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access("public")
def healthz() -> Response:
    """Say that the process answers; asks nothing else, so that a slow disk does not get it restarted."""
    return jsonify(status="ok")


@bp.get("/readyz")
@access("public")
def readyz() -> Response:
    """Say whether database and picture store can be written."""
    checks = {"database": _database_writes(), "media": _media_writes()}
    response = jsonify(status="ok" if all(checks.values()) else "unavailable", **checks)
    response.status_code = 200 if all(checks.values()) else 503
    return response


@bp.get("/robots.txt")
@access("public")
def robots() -> Response:
    """Ask crawlers to stay away, from all or from all but the pages for visitors."""
    return Response(ONLY_VISITORS if _is_listed() else AWAY, mimetype="text/plain")


def _is_listed() -> bool:
    """Read the clinic's decision; while the database cannot be asked, crawlers are not wanted."""
    try:
        return is_listed()
    except SQLAlchemyError:
        return False


def _database_writes() -> bool:
    """Take the writer's place and leave it again; nothing is changed."""
    try:
        with make_sessions(db.engine)() as session:
            writing(session)
            session.execute(text("SELECT 1 FROM clinic_setting WHERE name = ''"))
            session.rollback()
    except SQLAlchemyError:
        return False
    return True


def _media_writes() -> bool:
    folder = config().media_path
    if folder is None:
        return True
    probe = folder / ".readyz"
    try:
        probe.write_bytes(b"")
        probe.unlink(missing_ok=True)
    except OSError:
        return False
    return True
