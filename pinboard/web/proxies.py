"""Believes X-Forwarded-For only as far as the installation says that proxies of its own stand in front."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask) -> None:
    """Count the trusted proxies; with none, the headers are only what a stranger wrote."""
    count = app.config["PINBOARD"].trusted_proxies
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
