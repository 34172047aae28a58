"""What the vision child can be asked to do: look at planes and say where something is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from pinboard.deid.detect.boxes import Found, Plane
from pinboard.deid.detect.networks import Networks, open_networks
from pinboard.deid.detect.picture import View, detect
from pinboard.deid.detect.text import PASSES

Json = dict[str, Any]

_opened: list[Networks] = []


def prepare(params: Json) -> None:
    """Open the networks, and load what would be loaded at first use: neither can be done under confinement."""
    _opened.append(
        open_networks(wants_faces=bool(params.get("wants_faces")), wants_reader=bool(params.get("wants_reader")))
    )
    Image.init()
    Image.new("RGB", (8, 8)).convert("L").resize((4, 4), Image.Resampling.BILINEAR)
    np.percentile(np.median(np.eye(4), axis=0), 50)


def find(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Look at the planes and give what was found, in their pixels."""
    views = [_view(part, sizes) for part, sizes in zip(parts, params["views"], strict=True)]
    return {"found": rows_of(detect(views, _opened[0]))}, []


def rows_of(found: Sequence[Found]) -> list[list[Any]]:
    """Give what crosses of some rectangles: kind, confidence, corners."""
    return [[one.kind, one.confidence, *map(int, one.corners)] for one in found]


def _view(part: bytes, sizes: Json) -> View:
    shape = (sizes["rows"], sizes["columns"], 3) if sizes["samples"] == 3 else (sizes["rows"], sizes["columns"])
    plane: Plane = np.frombuffer(part, dtype=np.uint8).reshape(shape)
    return View(plane, tuple(name for name in PASSES if name in sizes["passes"]))


JOBS = {"find": find}
VISION_JOBS = frozenset(JOBS)
