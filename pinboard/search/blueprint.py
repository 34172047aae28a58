"""The blueprint that the route modules of search share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("search", __name__)
