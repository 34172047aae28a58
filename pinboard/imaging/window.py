"""Turns stored values into grey levels to show, through one lookup table per series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pinboard.imaging.arrays import Array, Display
from pinboard.imaging.groups import Header, frame_header, is_per_frame
from pinboard.imaging.presets import preset_for

__all__ = [
    "SHOWING", "Mapping", "frame_header", "is_per_frame", "mapping_for", "modality_values", "shown_like", "to_display",
]  # fmt: skip

_Floats = npt.NDArray[np.float64]

PERCENTILES: Final = (0.5, 99.5)
"""Window of a frame whose header gives none: robust against a few hot pixels (PET, MR)."""


SHOWING: Final = frozenset(
    {"Modality", "BodyPartExamined", "NumberOfFrames", "PhotometricInterpretation", "BitsStored", "BitsAllocated"}
    | {
        "PixelPaddingValue",
        "PixelPaddingRangeLimit",
        "RescaleSlope",
        "RescaleIntercept",
        "RescaleType",
        "Units",
        "ModalityLUTSequence",
    }
    | {"WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence"}
    | {"SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"}
)
"""All elements that showing a frame takes of a header."""
_VOI: Final = ("WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the frames of one series are shown; `table` answers every stored value of an integer type at once."""

    header: Header
    window: tuple[float, float] | None
    table: Display | None

    def apply(self, frame: Array) -> Display:
        """Give the frame as uint8, H×W or H×W×3."""
        if frame.ndim == 3:
            return _colour(frame, self.header)
        if self.table is not None:
            # The table holds every value, so nothing is clipped; to be told so halves the time.
            return np.take(self.table, frame.view(f"u{frame.dtype.itemsize}"), mode="clip")
        return _grey(frame.astype(np.float64), self.header, self.window)


def mapping_for(header: Header, frame: Array, *, index: int = 0, window: tuple[float, float] | None = None) -> Mapping:
    """Make the mapping of a series from its header and one representative frame.

    Parameters
    ----------
    header : dict
        Elements by keyword as in `deid.profile`.
    frame : ndarray
        A decoded frame; gives the stored type and, where the header has no window, the range.
    index : int
        Its number, for enhanced objects whose values stand per frame.
    window : (centre, width), optional
        Chosen by the reader instead of the header's.

    Returns
    -------
    Mapping
        Valid for all frames of the same type in the same series.
    """
    flat = frame_header(header, index)
    if frame.ndim == 3:
        return Mapping(flat, None, None)
    chosen = window or _window_of(flat)
    if chosen is None and not _has_lut(flat, "VOILUTSequence"):
        chosen = _known(flat) or _range_of(frame, flat)
    if frame.dtype.kind not in "iu" or frame.dtype.itemsize > 2:
        return Mapping(flat, chosen, None)
    if window:
        flat = {key: value for key, value in flat.items() if key not in {"VOILUTSequence", "VOILUTFunction"}}
    return Mapping(flat, chosen, _table(frame.dtype, flat, chosen))


def to_display(frame: Array, header: Header, *, index: int = 0, window: tuple[float, float] | None = None) -> Display:
    """Show one frame: rescale or modality LUT, window or VOI LUT, MONOCHROME1 inverted, colour to 8 bits."""
    return mapping_for(header, frame, index=index, window=window).apply(frame)


def shown_like(header: Header, mapping: Mapping) -> Header:
    """Give a header by which a slice is shown in the window of another one, both in the unit of the modality.

    The rescale stays the slice's own, so that one tissue has one grey through a stack (PET, whose slopes differ).
    """
    plain = {name: value for name, value in frame_header(header, 0).items() if name not in _VOI}
    voi = {name: mapping.header[name] for name in _VOI if name in mapping.header}
    if mapping.window is not None:
        voi |= {"WindowCenter": [mapping.window[0]], "WindowWidth": [mapping.window[1]]}
    return plain | voi


def modality_values(stored: _Floats, header: Header) -> _Floats:
    """Apply the modality LUT or the rescale line (PS3.3 section C.11.1)."""
    if _has_lut(header, "ModalityLUTSequence"):
        return _lut(stored, header["ModalityLUTSequence"][0])
    slope = float(header.get("RescaleSlope") or 1.0)
    return stored * slope + float(header.get("RescaleIntercept") or 0.0)


def linear(values: _Floats, centre: float, width: float) -> _Floats:
    """Map to 0..1 by VOI LUT function LINEAR (PS3.3 section C.11.2.1.2.1)."""
    span = max(width, 1.0) - 1.0
    low, high = centre - 0.5 - span / 2, centre - 0.5 + span / 2
    if span == 0:
        return (values > low).astype(np.float64)
    return np.where(values <= low, 0.0, np.where(values > high, 1.0, (values - (centre - 0.5)) / span + 0.5))


def linear_exact(values: _Floats, centre: float, width: float) -> _Floats:
    """Map to 0..1 by VOI LUT function LINEAR_EXACT (PS3.3 section C.11.2.1.3.2)."""
    width = max(width, 1e-12)
    return np.clip((values - centre) / width + 0.5, 0.0, 1.0)


def sigmoid(values: _Floats, centre: float, width: float) -> _Floats:
    """Map to 0..1 by VOI LUT function SIGMOID (PS3.3 section C.11.2.1.3.1)."""
    exponent = np.clip(-4.0 * (values - centre) / max(width, 1e-12), -700.0, 700.0)
    return 1.0 / (1.0 + np.exp(exponent))


_FUNCTIONS = {"LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}


def _window_of(header: Header) -> tuple[float, float] | None:
    centre, width = _first(header.get("WindowCenter")), _first(header.get("WindowWidth"))
    if centre is None or width is None or width <= 0:
        return None
    return centre, width


def _known(header: Header) -> tuple[float, float] | None:
    """Give the window that readers of this modality would choose; a range would make bone of everything in CT."""
    preset = preset_for(header)
    return (preset.center, preset.width) if preset else None


def _first(value: Any) -> float | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value is None else float(value)


def _range_of(frame: Array, header: Header) -> tuple[float, float]:
    bits = int(header.get("BitsStored") or frame.dtype.itemsize * 8)
    if frame.dtype.kind == "u" and bits <= 8 and "ModalityLUTSequence" not in header:
        ends = modality_values(np.array([0.0, 2.0**bits - 1]), header)
    else:
        values = frame[np.isfinite(frame)] if frame.dtype.kind == "f" else frame[~_is_padding(frame, header)]
        if values.size == 0:
            return 0.5, 1.0
        ends = modality_values(np.percentile(values, PERCENTILES).astype(np.float64), header)
    low, high = float(ends.min()), float(ends.max())
    width = high - low
    # The LINEAR function takes half a step off the centre and one off the width.
    return (low + high) / 2 + 0.5, (width if width > 0 else 1.0) + 1.0


def _is_padding(values: Array, header: Header) -> npt.NDArray[np.bool_]:
    padding = header.get("PixelPaddingValue")
    if padding is None:
        return np.zeros(values.shape, dtype=bool)
    limit = header.get("PixelPaddingRangeLimit", padding)
    return np.asarray((values >= min(padding, limit)) & (values <= max(padding, limit)))


def _table(dtype: np.dtype[Any], header: Header, window: tuple[float, float] | None) -> Display:
    # Ordered by the unsigned view of the stored value, so that indexing needs no arithmetic.
    domain = np.arange(2 ** (dtype.itemsize * 8), dtype=f"u{dtype.itemsize}").view(dtype)
    return _grey(domain.astype(np.float64), header, window)


def _grey(stored: _Floats, header: Header, window: tuple[float, float] | None) -> Display:
    values = modality_values(stored, header)
    if _has_lut(header, "VOILUTSequence"):
        shown = _voi_lut(values, header["VOILUTSequence"][0])
    else:
        function = _FUNCTIONS.get(str(header.get("VOILUTFunction", "LINEAR")), linear)
        shown = function(values, *(window or (0.5, 1.0)))
    if header.get("PhotometricInterpretation") == "MONOCHROME1":
        shown = 1.0 - shown
    grey = np.nan_to_num(shown * 255.0 + 0.5, nan=0.0, posinf=255.0, neginf=0.0).astype(np.uint8)
    # Padding lies outside the picture and is black, also where black stands for much light.
    grey[_is_padding(stored, header)] = 0
    return grey


def _has_lut(header: Header, keyword: str) -> bool:
    items = header.get(keyword) or []
    return bool(items) and bool(items[0].get("LUTData")) and len(items[0].get("LUTDescriptor", ())) == 3


def _lut(values: _Floats, item: Header) -> _Floats:
    """Look values up; those before the first mapped value take the first entry, those after it the last."""
    table = np.asarray(item["LUTData"], dtype=np.float64)
    first = float(item["LUTDescriptor"][1])
    index = np.clip(np.nan_to_num(values - first), 0, len(table) - 1).astype(np.int64)
    return table[index]


def _voi_lut(values: _Floats, item: Header) -> _Floats:
    top = max(2.0 ** int(item["LUTDescriptor"][2]) - 1, float(max(item["LUTData"])), 1.0)
    return _lut(values, item) / top


def _colour(frame: Array, header: Header) -> Display:
    if frame.dtype == np.uint8:
        return frame[..., :3]
    if frame.dtype.kind == "f":
        return np.asarray(np.clip(frame[..., :3] * 255.0, 0, 255).astype(np.uint8))
    bits = int(header.get("BitsStored") or frame.dtype.itemsize * 8)
    return np.asarray((frame[..., :3] >> max(bits - 8, 0)).astype(np.uint8))
