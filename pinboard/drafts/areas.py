"""Reads the areas to paint from a form: drawn ones as JSON, or one by its numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from pinboard.custody import Box
from pinboard.intake.errors import IntakeError

LONGEST = 100_000
LARGEST = 100_000
"""No picture is as wide, and a number of a thousand digits is not even converted."""


def read(fields: MultiDict[str, str], now: Sequence[Box]) -> list[Box]:
    """Give the areas that a form asks for, given those that are drawn now; `IntakeError` where it makes no sense."""
    if "boxes" in fields:
        return parse(fields["boxes"])
    if "remove" in fields:
        gone = _number(fields, "remove")
        if not 0 <= gone < len(now):
            raise IntakeError("box-outside")
        return [box for place, box in enumerate(now) if place != gone]
    x, y = _number(fields, "x"), _number(fields, "y")
    frame = _number(fields, "frame") - 1 if fields.get("frame", "").strip() else None
    far_x, far_y = x + _number(fields, "width"), y + _number(fields, "height")
    return [*now, Box(x, y, far_x, far_y, frame, "blur" if fields.get("fill") == "blur" else "block")]


def parse(text: str) -> list[Box]:
    """Read `[[frame or null, x0, y0, x1, y1], …]`; a sixth element "blur" paints from the surroundings."""
    if len(text) > LONGEST:
        raise IntakeError("too-many-boxes")
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise IntakeError("box-outside") from None
    if not isinstance(rows, list):
        raise IntakeError("box-outside")
    return [_box(row) for row in rows]


def _box(row: Any) -> Box:
    if not isinstance(row, list) or len(row) not in {5, 6}:
        raise IntakeError("box-outside")
    frame, x0, y0, x1, y1 = row[:5]
    if not all(type(corner) is int and 0 <= corner <= LARGEST for corner in row[1:5]):
        raise IntakeError("box-outside")
    if frame is not None and not (type(frame) is int and 0 <= frame <= LARGEST):
        raise IntakeError("box-frame")
    if row[5:] not in ([], ["blur"]):
        raise IntakeError("box-fill")
    return Box(x0, y0, x1, y1, frame, "blur" if row[5:] else "block")


def _number(fields: MultiDict[str, str], name: str) -> int:
    text = fields.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise IntakeError("box-outside")
    return int(text)
