"""Puts together what the viewer needs to know of a series, for whoever was found to be allowed to see it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any

from flask import Response, request
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pinboard.imaging.presets import presets_for
from pinboard.imaging.view import VERSION, slice_gap, views_of
from pinboard.imaging.volume import Flaw, volume_of
from pinboard.models import Instance, InstanceState, Series
from pinboard.web.text import _

Json = dict[str, Any]

_SMALL = 2_000
_AT_ONCE = 400


def answer(said: Json) -> Response:
    """Give what the viewer asked for; it asks again at every visit, as for a picture."""
    body = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    response = Response(body, content_type="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.make_conditional(request)
    if response.status_code == 200 and len(body) > _SMALL and request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(body, 4, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def series_view(session: Session, names: Sequence[str], *, key: int, frame_time: float | None) -> Json:
    """Describe the published images of these media names, in this order, as one series; see `cases.viewer`."""
    rows = _rows(session, names)
    kept: list[Json] = []
    known: dict[str, int] = {}
    parts: list[list[Any]] = []
    positions: list[Any] = []
    for row in (rows[name] for name in names if name in rows):
        view = _view(session, row)
        numbers = [_number(one, kept, known) for one in view["views"]]
        first = 0
        for count, kind in view["runs"]:
            at = numbers[kind]
            parts.append([row.media_name, count, row.columns, row.rows, at, *([first] if first else [])])
            placed = (view["positions"] or [None] * (first + count))[first : first + count]
            kept[at]["positions"] += placed
            positions += placed
            first += count
    for one in kept:
        one["positions"] = one["positions"] if any(one["positions"]) else None
    modality = next(iter(rows.values())).modality if rows else ""
    return {
        "version": VERSION,
        "parts": parts,
        "views": kept,
        "modality": modality,
        "presets": _presets(modality, kept[0]) if kept else [],
        "frame_time": frame_time,
        "key": key,
        "slice_gap": slice_gap(positions, kept[0]["orientation"]) if kept else None,
        "volume": _volume(kept, {(columns, rows) for _name, _count, columns, rows, *_more in parts}, positions),
    }


def _rows(session: Session, names: Sequence[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(names), _AT_ONCE):
        query = (
            select(Instance.id, Instance.media_name, Instance.columns, Instance.rows, Instance.view)
            .add_columns(Instance.dtype, Instance.samples, Series.modality)
            .join(Series, Series.id == Instance.series_id)
            .where(Instance.media_name.in_(names[start : start + _AT_ONCE]))
            .where(Instance.state == InstanceState.PUBLISHED)
        )
        found |= {row.media_name: row for row in session.execute(query)}
    return {name: found[name] for name in names if name in found}


def _view(session: Session, row: Row[Any]) -> Json:
    """Take what was written down at publishing; of an older image it is made from the header."""
    if row.view is not None and row.view.get("version") == VERSION:
        return dict(row.view)
    header = session.scalar(select(Instance.header).where(Instance.id == row.id)) or {}
    return views_of(header, dtype=row.dtype or "|u1", samples=row.samples)


def _number(view: Json, kept: list[Json], known: dict[str, int]) -> int:
    """Give the number of a view among those of the series; what frames have in common is said once."""
    number = known.setdefault(json.dumps(view, sort_keys=True), len(kept))
    if number == len(kept):
        kept.append(view | {"positions": []})
    return number


def _presets(modality: str, view: Json) -> list[Json]:
    """Give the windows of the modality, the one in which a picture without a window of its own is shown first."""
    found = presets_for({"Modality": modality, "RescaleType": view.get("unit", "")})
    return [
        {"key": one.key, "label": _(one.label), "center": one.center, "width": one.width, "function": "LINEAR"}
        for one in sorted(found, key=lambda preset: preset.key != view.get("preset"))
    ]


def _volume(views: Sequence[Json], sizes: set[tuple[int, int]], positions: Sequence[Any]) -> Json | None:
    """Give the planes of an even volume, or say why a stack of slices is none; of other pictures nothing."""
    found = volume_of(views, sizes, positions)
    if isinstance(found, Flaw):
        return {"why": why} if (why := _reasons().get(found)) else None
    names = _planes()
    planes = [
        {"name": one.name, "label": names[one.name], "across": one.across, "down": one.down, "sides": one.sides}
        for one in found.planes
    ]
    return {"gap": found.gap, "bytes": found.size, "planes": planes}


def _planes() -> dict[str, str]:
    return {
        "axial": _("Axial"),
        "coronal": _("Coronal"),
        "sagittal": _("Sagittal"),
        "acquired": _("As acquired"),
        "rows": _("Along the rows"),
        "columns": _("Along the columns"),
    }


def _reasons() -> dict[Flaw, str]:
    return {
        Flaw.DIRECTION: _("No three planes: the slices do not all lie in the same direction."),
        Flaw.SIZE: _("No three planes: the slices are not all of one size."),
        Flaw.VALUES: _("No three planes: the values of the slices do not mean the same."),
        Flaw.GAP: _("No three planes: the slices are not all the same distance apart."),
        Flaw.SHIFT: _("No three planes: the slices are shifted sideways, as with a tilted gantry."),
    }
