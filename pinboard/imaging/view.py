"""Takes from a scrubbed header what a viewer needs to know of its frames; without numpy, for the web process."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from typing import Any, Final

from pinboard.imaging.geometry import aspect, sides, spacing
from pinboard.imaging.groups import Header, frame_header
from pinboard.imaging.presets import preset_for, unit
from pinboard.imaging.series import slice_position

View = dict[str, Any]

VERSION: Final = 1
"""Of the form; what is stored in another one is made anew."""
_DIGITS: Final = 3
_FUNCTIONS: Final = frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"})


def views_of(header: Header, *, dtype: str, samples: int) -> View:
    """Say how the frames of one instance are read, shown and measured.

    Parameters
    ----------
    header : dict
        Elements by keyword as in `deid.profile`, of the instance as it is stored.
    dtype : str
        Type of its stored values, little endian, such as "<i2".
    samples : int
        1 for grey, 3 for colour.

    Returns
    -------
    dict
        `views`: what frames have in common, see `view_of`; `runs`: [number of frames, index into `views`] for frames
        that follow one another; `positions`: [x, y, z] in mm or None for each frame, or None where no frame has any.
    """
    views: list[View] = []
    keys: dict[str, int] = {}
    runs: list[list[int]] = []
    positions: list[list[float] | None] = []
    for index in range(int(header.get("NumberOfFrames") or 1)):
        flat = frame_header(header, index)
        view = view_of(flat, dtype=dtype, samples=samples)
        kind = keys.setdefault(json.dumps(view, sort_keys=True), len(views))
        if kind == len(views):
            views.append(view)
        if runs and runs[-1][1] == kind:
            runs[-1][0] += 1
        else:
            runs.append([1, kind])
        positions.append(_position(flat))
    placed = positions if any(positions) else None
    return {"version": VERSION, "views": views, "runs": runs, "positions": placed}


def view_of(header: Header, *, dtype: str, samples: int) -> View:
    """Give what is known of the values and the plane of one frame; the keys are those of `view.json`."""
    size, is_grey = spacing(header), samples == 1
    view: View = {
        "dtype": dtype,
        "samples": samples,
        "bits": int(header.get("BitsStored") or 8),
        "photometric": header.get("PhotometricInterpretation", "MONOCHROME2" if is_grey else "RGB"),
        "spacing": [size.row, size.column] if size.kind != "none" else None,
        "spacing_kind": size.kind,
        "aspect": list(found) if (found := aspect(header)) else None,
        "orientation": header.get("ImageOrientationPatient"),
        "sides": sides(header),
    }
    if size.regions:
        view["regions"] = [list(corners) for corners in size.regions]
    return view | _values(header) if is_grey else view


def _values(header: Header) -> View:
    """Say how stored grey values are meant (PS3.3 section C.11.1) and how they may be shown (section C.11.2)."""
    return {
        "slope": float(header.get("RescaleSlope") or 1.0),
        "intercept": float(header.get("RescaleIntercept") or 0.0),
        "unit": unit(header),
        "preset": preset.key if (preset := preset_for(header)) else None,
        "modality_lut": _lut(header.get("ModalityLUTSequence") or ()),
        "windows": windows(header),
        "voi_lut": [found for item in header.get("VOILUTSequence") or () if (found := _lut([item]))],
        "padding": _padding(header),
    }


def windows(header: Header) -> list[View]:
    """Give the windows of a header, the first one first; a pair that is not whole or has no width is none."""
    function = header.get("VOILUTFunction", "LINEAR")
    centers, widths = _listed(header.get("WindowCenter")), _listed(header.get("WindowWidth"))
    return [
        {"center": center, "width": width, "function": function if function in _FUNCTIONS else "LINEAR", "label": ""}
        for center, width in zip(centers, widths, strict=False)
        if width > 0
    ]


def _listed(value: Any) -> list[float]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [float(one) for one in values]


def _lut(items: Sequence[Header]) -> View | None:
    """Give a lookup table: the value of its first entry, its entries, and the bits that they have."""
    if not items or not items[0].get("LUTData") or len(items[0].get("LUTDescriptor", ())) != 3:
        return None
    first, bits = items[0]["LUTDescriptor"][1:]
    return {"first": first, "bits": bits, "data": items[0]["LUTData"], "label": ""}


def _padding(header: Header) -> int | list[int] | None:
    value = header.get("PixelPaddingValue")
    limit = header.get("PixelPaddingRangeLimit")
    return value if value is None or limit is None else sorted([value, limit])


def _position(header: Header) -> list[float] | None:
    found = header.get("ImagePositionPatient")
    return [round(float(part), _DIGITS) for part in found] if found and len(found) == 3 else None


def slice_gap(positions: Sequence[Sequence[float] | None], orientation: Sequence[float] | None) -> float | None:
    """Give the usual distance of neighbouring slices along their normal in mm; None for fewer than two places."""
    header = {"ImageOrientationPatient": orientation}
    places = [slice_position(header | {"ImagePositionPatient": list(one)}) for one in positions if one]
    known = [place for place in places if place is not None]
    gaps = sorted(abs(after - before) for before, after in itertools.pairwise(known))
    middle = gaps[len(gaps) // 2] if gaps else 0.0
    return round(middle, _DIGITS) if math.isfinite(middle) and middle > 0 else None
