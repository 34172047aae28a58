"""Bounds what a request may carry, and keeps every uploaded byte in memory."""

from __future__ import annotations

import io
from typing import IO, Any

from flask import Request

FORM_BYTES = 1_000_000
FORM_PARTS = 200


class BoundedRequest(Request):
    """A request whose form is small, and whose files never reach a temporary file in the clear."""

    max_form_parts = FORM_PARTS
    max_form_memory_size = FORM_BYTES

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        """Keep a part in memory; Werkzeug would write larger ones to the disk."""
        return io.BytesIO()
