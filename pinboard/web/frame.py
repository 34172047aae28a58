"""Keeps the bars around a page for their reader, for as long as they would come out the same.

A kept bar is found by everything that it is made of, the reader first of all, so no two readers ever share one. Its
template is handed nothing else, and the token of an answer is put in last.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable
from typing import Any

from flask import current_app, g, request
from flask_babel import get_translations
from flask_login import current_user
from markupsafe import Markup

from pinboard.web.extensions import csrf_token

MOST_KEPT = 1000
_TOKEN = secrets.token_hex(16)
_kept: dict[Hashable, str] = {}


def frame(name: str, **told: Hashable) -> Markup:
    """Give a bar; `told` is what its page knows and the bar shows."""
    if request.args or not current_user.is_authenticated:
        piece = _made(name, told)
    else:
        key = (name, *told.items(), g.get("reader"), _user(), _section(request.path), get_translations())
        piece = _kept.get(key) or _keep(key, _made(name, told))
    return Markup(piece.replace(_TOKEN, csrf_token()))  # noqa: S704 - the template escaped every value in it


def _user() -> tuple[Hashable, ...]:
    return current_user.id, current_user.login, current_user.name, current_user.role, current_user.is_admin


def _section(path: str) -> str:
    """Give the part of an address that a bar marks as the present place."""
    return path.split("/", 2)[1]


def _made(name: str, told: dict[str, Any]) -> str:
    template = current_app.jinja_env.get_template(name)
    return template.render(current_user=current_user, csrf_token=lambda: _TOKEN, **told)


def _keep(key: Hashable, piece: str) -> str:
    """Forget the older half when there are many; to lose one costs a rendering and nothing else."""
    if len(_kept) >= MOST_KEPT:
        for old in list(_kept)[: MOST_KEPT // 2]:
            _kept.pop(old, None)
    _kept[key] = piece
    return piece
