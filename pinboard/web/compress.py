"""Compresses what is text and not tiny, so that a bare installation is as quick as one behind a proxy."""

from __future__ import annotations

import gzip

from flask import Response, request

SMALLEST = 1024
TYPES = frozenset({"text/html", "text/plain", "text/csv", "application/json", "image/svg+xml"})


def compress(response: Response) -> Response:
    """Gzip a whole answer in place; a stream passes as it is."""
    if response.mimetype not in TYPES or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or response.status_code in {204, 304}:
        return response
    body = response.get_data()
    if len(body) < SMALLEST or not request.accept_encodings["gzip"]:
        return response
    response.set_data(gzip.compress(body, compresslevel=6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
