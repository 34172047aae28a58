"""Answers visitors with a page that search engines may or may not list, as the clinic decided."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

from pinboard.models.clinic_settings import clinic
from pinboard.web.extensions import db

LISTED = "index, follow, noarchive, noimageindex"
"""What is taken back must be gone from the machines of others too, so none of them is to keep a copy."""
NOT_LISTED = "noindex, nofollow"
AWAY = "User-agent: *\nDisallow: /\n"
ONLY_VISITORS = "User-agent: *\nAllow: /$\nAllow: /discover\nAllow: /static/\nDisallow: /\n"


def visitors_page(page: str, /, **context: Any) -> Response:
    """Answer with a page for visitors."""
    robots = LISTED if is_listed() else NOT_LISTED
    made = make_response(render_template(page, robots=robots, **context))
    made.headers["X-Robots-Tag"] = robots
    return made


def is_listed() -> bool:
    """Tell whether search engines may list the pages for visitors."""
    decisions = clinic(db.session())
    return bool(decisions["discover"] and decisions["discover_is_listed"])
