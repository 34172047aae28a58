"""Bounds what a request may carry, and keeps every uploaded byte in memory."""

from __future__ import annotations

import io
from typing import IO, Any

from flask import Request, request
from werkzeug.exceptions import ClientDisconnected

FORM_BYTES = 1_000_000
FORM_PARTS = 200
MOST_FORGOTTEN = 65 * 1024 * 1024
PIECE = 64 * 1024


class Body:
    """The body as the server hands it on; one that breaks off or breaks the rules of HTTP is its sender's fault."""

    def __init__(self, stream: IO[bytes], announced: str) -> None:
        self._stream = stream
        self._missing = int(announced) if announced.isdecimal() and len(announced) < 20 else 0

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes.

        Each server has its own errors for pieces that are none. An end before the announced length is none of them:
        gunicorn gives the bytes that came, and half a picture would be taken for a whole one.
        """
        try:
            data = self._stream.read(size)
        except Exception:  # noqa: BLE001
            raise ClientDisconnected from None
        self._missing -= len(data)
        if not data and size and self._missing > 0:
            raise ClientDisconnected
        return data


class BoundedRequest(Request):
    """A request whose form is small, and whose files never reach a temporary file in the clear."""

    max_form_parts = FORM_PARTS
    max_form_memory_size = FORM_BYTES

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        environ["wsgi.input"] = Body(environ["wsgi.input"], environ.get("CONTENT_LENGTH") or "")
        super().__init__(environ, **options)

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        """Keep a part in memory; Werkzeug would write larger ones to the disk."""
        return io.BytesIO()


def forget_body() -> None:
    """Read what still comes and keep none of it: a browser that is cut off while it sends never hears the answer."""
    request.max_content_length = MOST_FORGOTTEN
    while request.stream.read(PIECE):
        pass
