"""The job that makes the small pictures of another frame, once that was chosen to stand for its series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pinboard.imaging import frames, renditions, window
from pinboard.sandbox.registry import PIXEL_JOBS, register

Json = dict[str, Any]


@register(PIXEL_JOBS)
def cover(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Show one stored frame small; the parts are WebP pictures in the order of the JSON."""
    stored = frames.decode_frame(parts[0], tuple(params["shape"]), params["dtype"])
    shown = window.to_display(stored, params["header"], index=params["index"])
    pictures = renditions.ladder(shown)
    sizes = [{"width": width, "height": height, "bytes": len(webp)} for width, height, webp in pictures]
    return {"renditions": sizes, "tone": renditions.tone(shown)}, [webp for _, _, webp in pictures]
