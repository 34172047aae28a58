"""Writes the headers that every answer carries: pages, fragments, pictures, static files and errors alike."""

from __future__ import annotations

import hashlib

from flask import Flask, Response, current_app, request

from pinboard.web.compress import compress, vary
from pinboard.web.htmx import is_fragment, is_htmx, send_toasts

_SELF = ("script-src", "style-src", "img-src", "connect-src", "font-src", "form-action", "manifest-src")
_NONE = ("base-uri", "frame-ancestors")
CSP = "; ".join(["default-src 'none'", *(f"{name} 'self'" for name in _SELF), *(f"{name} 'none'" for name in _NONE)])
PICTURE_CSP = "default-src 'none'; sandbox"
_FEATURES = """
accelerometer autoplay browsing-topics camera display-capture encrypted-media geolocation gyroscope microphone midi
payment usb xr-spatial-tracking
"""
PERMISSIONS = ", ".join(f"{name}=()" for name in _FEATURES.split())
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def init_app(app: Flask) -> None:
    """Finish every answer of an application; registered first, so that it runs last."""
    app.after_request(finish)


def finish(response: Response) -> Response:
    """Add what every answer needs, in the one order that works: words, caching, ETag, compression, safety."""
    send_toasts(response)
    if response.mimetype == "text/html":
        _cache_html(response)
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    response = compress(response)
    is_picture = (response.mimetype or "").startswith("image/")
    response.headers.setdefault("Content-Security-Policy", PICTURE_CSP if is_picture else CSP)
    for name, value in EVERYWHERE.items():
        response.headers.setdefault(name, value)
    if request.is_secure and current_app.config["PINBOARD"].secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _cache_html(response: Response) -> None:
    """Keep pages out of every cache, Back after logout included; let a fragment answer 304 after it asked again."""
    vary(response, "HX-Request", "HX-Request-Type")
    if not is_fragment():
        response.headers["Cache-Control"] = "no-store"
        return
    response.headers["Cache-Control"] = "private, no-cache"
    if request.method == "GET" and response.status_code == 200 and not response.is_streamed and is_htmx():
        digest = hashlib.blake2b(response.get_data(), digest_size=12).hexdigest()
        response.set_etag(digest, weak=True)
        response.make_conditional(request)
