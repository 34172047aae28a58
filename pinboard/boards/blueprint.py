"""The blueprint of the feature, and what each of its route files needs."""

from __future__ import annotations

from flask import Blueprint, g

from pinboard.models import Role

bp = Blueprint("boards", __name__)


def is_clinician() -> bool:
    """Tell whether the reader may pin at all."""
    return bool(g.reader.role == Role.CLINICIAN and g.reader.verified)
