"""Looks at one scrubbed instance for text, faces and what lies outside an ultrasound's image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pinboard.deid.detect.weights import detector_name
from pinboard.deid.rectangles import Rectangle, without
from pinboard.sandbox.errors import ChildFailed
from pinboard.sandbox.memfile import MemFile
from pinboard.sandbox.pools import Pool

KINDS: Final = ("text", "face", "outside", "strokes")
KEPT: Final = "kept"
"""What a child finds beside them: areas of measurements and bars, which must stay."""
_ANSWERS: Final = frozenset({*KINDS, KEPT})
_THINNEST: Final = 4
"""Pixels; nothing can be written in less."""
MOST: Final = 400
"""Suggestions of one picture at most; the surest are kept."""

_PHOTOGRAPHS = frozenset({"XC", "DMS", "ES", "GM", "OP", "SM", "OT", "SC", "DOC"})


@dataclass(frozen=True, slots=True)
class Suggested:
    """One area that a person should look at, in native pixels; `frame` None means every frame."""

    kind: str
    confidence: float
    frame: int | None
    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def corners(self) -> Rectangle:
        """Give x0, y0, x1, y1."""
        return self.x0, self.y0, self.x1, self.y1


@dataclass(frozen=True, slots=True)
class Look:
    """What was found and by what.

    `detector` is None where the extra is not installed. `is_whole` is False then, and also where the networks were
    started and did not finish: what needs no network is there all the same.
    """

    detector: str | None
    is_whole: bool
    suggested: tuple[Suggested, ...]


def may_show_face(modality: str | None) -> bool:
    """Tell whether pictures of this modality are made with light, so that a face can be one."""
    return modality in _PHOTOGRAPHS


def look(pool: Pool, data: bytes | MemFile, *, wants_faces: bool, foreground: bool = False) -> Look:
    """Look at one scrubbed instance, or at a photo.

    Raises `ChildRefused`, `ChildFailed` or `Busy` where not even its pixels could be decoded.
    """
    detector = detector_name()
    planes = pool.run("planes", [data], {"has_networks": detector is not None}, kind="pixel", foreground=foreground)
    said = _said(planes.json)
    always = _read(said.found, said.size, said.size)
    if detector is None:
        return Look(None, is_whole=False, suggested=_surest(always))
    params = {"views": said.views, "wants_faces": wants_faces, "wants_reader": said.is_ultrasound}
    try:
        answer = pool.run("find", planes.parts, params, kind="vision", foreground=foreground)
        seen = _read(answer.json.get("found"), _size(said.views[0]), said.size)
    except ChildFailed:
        return Look(detector, is_whole=False, suggested=_surest(always))
    kept = [one.corners for one in seen if one.kind == KEPT]
    # Beside the networks strokes say nothing that is new and true.
    found = [piece for one in always if one.kind != "strokes" for piece in _without(one, kept)]
    return Look(detector, is_whole=True, suggested=_surest([*found, *seen]))


@dataclass(frozen=True, slots=True)
class _Size:
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class _Said:
    """What a pixel child says about a file, once its form is known to be right."""

    size: _Size
    is_ultrasound: bool
    found: object
    views: list[dict[str, Any]]


def _said(answer: dict[str, Any]) -> _Said:
    match answer:
        case {"is_ultrasound": bool(is_ultrasound), "found": found, "views": [dict(), *_] as views}:
            return _Said(_size(answer), is_ultrasound, found, views)
    raise ChildFailed("error", "Answer")


def _size(stated: dict[str, Any]) -> _Size:
    match stated:
        case {"rows": int(rows), "columns": int(columns)} if rows > 0 and columns > 0:
            return _Size(rows, columns)
    raise ChildFailed("error", "Answer")


def _without(one: Suggested, kept: Sequence[Rectangle]) -> list[Suggested]:
    """Cut measurements and colour bars out of what lies outside an ultrasound's image."""
    pieces = without([one.corners], kept) if one.kind == "outside" else [one.corners]
    thick = (piece for piece in pieces if min(piece[2] - piece[0], piece[3] - piece[1]) >= _THINNEST)
    return [replace(one, x0=x0, y0=y0, x1=x1, y1=y1) for x0, y0, x1, y1 in thick]


def _read(rows: object, seen: _Size, native: _Size) -> list[Suggested]:
    """Check what a child says and bring it to native pixels, rounded outward."""
    x, y = native.columns / seen.columns, native.rows / seen.rows
    found = []
    for row in rows if isinstance(rows, list) else [rows]:
        match row:
            case [str(kind), int() | float() as confidence, int(x0), int(y0), int(x1), int(y1)] if kind in _ANSWERS:
                corners = math.floor(x0 * x), math.floor(y0 * y), math.ceil(x1 * x), math.ceil(y1 * y)
                found.append(_inside(kind, float(confidence), corners, native))
            case _:
                raise ChildFailed("error", "Answer")
    return found


def _inside(kind: str, confidence: float, corners: Rectangle, native: _Size) -> Suggested:
    x0, y0, x1, y1 = corners
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, native.columns), min(y1, native.rows)
    if x0 >= x1 or y0 >= y1 or not 0 <= confidence <= 1:
        raise ChildFailed("error", "Answer")
    return Suggested(kind, confidence, None, x0, y0, x1, y1)


def _surest(found: Sequence[Suggested]) -> tuple[Suggested, ...]:
    """Give what is to be suggested, from top to bottom."""
    suggested = sorted((one for one in found if one.kind != KEPT), key=lambda one: -one.confidence)[:MOST]
    return tuple(sorted(suggested, key=lambda one: (one.y0, one.x0)))
