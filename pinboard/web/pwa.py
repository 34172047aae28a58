"""Lets Pinboard be installed on a phone: what it is called there, and a worker that keeps static files only.

Pages and pictures of the clinic never enter its cache; without a connection it shows one page that names nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, current_app, json, make_response, render_template

from pinboard.web.access import access
from pinboard.web.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

bp = Blueprint("pwa", __name__)

# The ground of the dark theme, which the bars around the app take on.
GROUND = "#0e1113"
# What a telephone offers Pinboard for in its menu of sharing.
SHARED = ["image/*", "application/dicom", ".dcm", "application/pdf"]


@bp.get("/manifest.webmanifest")
@access("public")
def manifest() -> Response:
    """Say how the app is installed; asked without a cookie, so it holds nothing of the clinic."""
    asset = cast("Callable[[str], str]", current_app.jinja_env.globals["asset"])
    icons = [("192", "any"), ("512", "any"), ("maskable", "maskable")]
    body = {
        "id": "/",
        "name": "Pinboard",
        "short_name": "Pinboard",
        "description": _("De-identified cases of one clinic"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {
                "src": asset(f"img/icon-{name}.png"),
                "sizes": "192x192" if name == "192" else "512x512",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, purpose in icons
        ],
        # Of what is shared only the files are asked for: a title or a text of a chat is about somebody.
        "share_target": {
            "action": "/new/shared",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "file", "accept": SHARED}]},
        },
        "shortcuts": [{"name": _("New case"), "url": "/new"}, {"name": _("Inbox"), "url": "/inbox"}],
    }
    return Response(json.dumps(body), mimetype="application/manifest+json")


@bp.get("/sw.js")
@access("public")
def worker() -> Response:
    """Give the worker of this version of the app."""
    return Response(render_template("pwa/sw.js"), mimetype="text/javascript")


@bp.get("/offline")
@access("public")
def offline() -> Response:
    """Show what the worker shows while there is no connection; the same for everybody."""
    return make_response(render_template("pwa/offline.html", clinic_name="", theme="system", appearance={}))
