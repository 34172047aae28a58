"""Chooses the picture and the frame that a shared page shows first, from its address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from flask import request


class Steps(Protocol):
    """A picture whose frames one steps through."""

    @property
    def frames(self) -> int:
        """Count them."""
        ...


def stage(pictures: Sequence[Steps], address: str, media: str) -> dict[str, Any]:
    """Give the context of the shared stage: which picture, which frame, where the page and the pictures are."""
    number = min(max(request.args.get("picture", 1, int), 1), len(pictures))
    shown = pictures[number - 1]
    frame = min(max(request.args.get("frame", shown.frames // 2, int), 0), shown.frames - 1)
    return {
        "pictures": pictures,
        "number": number,
        "picture": shown,
        "frame": frame,
        "address": address,
        "media": media,
    }
