"""Makes the few 8-bit pictures of an instance in which text and faces are looked for, one frame at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PIL import Image

from pinboard.deid import header as headers
from pinboard.deid.detect.boxes import scaled
from pinboard.deid.detect.picture import View, weakly
from pinboard.deid.detect.regions import outside
from pinboard.imaging import dicom, window
from pinboard.imaging.arrays import Array, Display
from pinboard.imaging.photo import full_size, read_photo
from pinboard.imaging.sniff import HEAD, PHOTOS, sniff
from pinboard.sandbox.looking import rows_of

Json = dict[str, Any]

LONGEST: Final = 2048
"""Pixels of the longer side; text as small as this makes it cannot be read in the original either."""

_WEAK = 3
_SOUND = frozenset({"US", "IVUS"})


@dataclass(slots=True)
class _Extremes:
    """The brightest and the darkest value of each pixel over all frames seen so far."""

    high: Display
    low: Display

    def take(self, shown: Display) -> None:
        """Count one more frame in."""
        np.maximum(self.high, shown, out=self.high)
        np.minimum(self.low, shown, out=self.low)


def planes_of(data: bytes, *, has_networks: bool) -> tuple[Json, list[bytes]]:
    """Give the planes of a scrubbed instance, or of a photo, and what can be found without a network.

    The rectangles of the answer are in native pixels; `views` says of each plane its size and how to look at it.
    """
    if sniff(bytes(data[:HEAD]), len(data)) in PHOTOS:
        rows, columns = full_size(data)
        made, found, is_ultrasound = [View(read_photo(data, LONGEST))], [], False
    else:
        dataset = dicom.read(data)
        header = headers.extract(dataset, derived=True)
        rows, columns = header["Rows"], header["Columns"]
        made, found = views(dataset, header), outside(header, rows=rows, columns=columns)
        is_ultrasound = header.get("Modality") in _SOUND
    high, wide = made[0].pixels.shape[:2]
    found += [scaled(one, x=columns / wide, y=rows / high) for one in weakly(made[:_WEAK])]
    answer = {"rows": rows, "columns": columns, "found": rows_of(found), "views": [_sizes(view) for view in made]}
    return answer | {"is_ultrasound": is_ultrasound}, [view.pixels.tobytes() for view in made] if has_networks else []


def _sizes(view: View) -> Json:
    rows, columns = view.pixels.shape[:2]
    samples = 3 if view.pixels.ndim == 3 else 1
    return {"rows": rows, "columns": columns, "samples": samples, "passes": list(view.passes)}


def views(dataset: Any, header: Json) -> list[View]:
    """Give what to look at.

    A still is looked at as it is shown. Text in a cine stands still while the picture behind it moves: bright text
    remains in the darkest values and dark text in the brightest, so that a long cine costs no more than a short one.
    Text that comes and goes is in one extreme too; a few frames are looked at as well.
    """
    count = dicom.frame_count(dataset)
    if count > 1:
        return list(_cine(dataset, header, count))
    frame = dicom.frame(dataset, 0)
    shown = window.mapping_for(header, frame).apply(frame)
    if frame.ndim == 2 and frame.dtype.itemsize > 1:
        # What lies outside the header's window is invisible here and comes up when a reader turns the window.
        return [View(_small(shown), ("full", "half")), View(_small(_whole_range(frame)), ("faint",))]
    return [View(_small(shown), ("full", "half", "faint"))]


def _cine(dataset: Any, header: Json, count: int) -> Iterator[View]:
    middle = count // 2
    first = dicom.frame(dataset, middle)
    mapping = window.mapping_for(header, first, index=middle)
    is_per_frame = window.is_per_frame(header)
    kept: dict[int, Display] = {}
    seen: _Extremes | None = None
    for index in range(count):
        frame = dicom.frame(dataset, index)
        here = window.mapping_for(header, frame, index=index) if is_per_frame else mapping
        shown = here.apply(frame)
        if seen is None:
            seen = _Extremes(shown.copy(), shown.copy())
        elif shown.shape == seen.high.shape:
            seen.take(shown)
        if index in {0, middle, count - 1}:
            kept[index] = _small(shown)
    if seen is None:
        return
    yield View(kept[middle], ("full",))
    yield View(_small(seen.low), ("full", "half", "faint"))
    yield View(_small(seen.high), ("full", "half"))
    for index in {0, count - 1} - {middle}:
        yield View(kept[index], ("full",))


def _whole_range(frame: Array) -> Display:
    values = frame.astype(np.float32)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    spread = high - low if high > low else 1.0
    return np.asarray(np.nan_to_num((values - low) * (255.0 / spread)).astype(np.uint8))


def _small(shown: Display) -> Display:
    rows, columns = shown.shape[:2]
    scale = LONGEST / max(rows, columns)
    if scale >= 1:
        return shown
    size = max(round(columns * scale), 1), max(round(rows * scale), 1)
    return np.asarray(Image.fromarray(shown).resize(size, Image.Resampling.BOX))
