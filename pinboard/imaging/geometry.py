"""Says how a frame lies in the patient and how large its pixels are, from the scrubbed header alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Header = dict[str, Any]
SpacingKind = Literal["patient", "detector", "region", "none"]
Point = tuple[float, float]

SLANT: Final = math.sin(math.radians(15))
"""A direction that leaves an axis by less is named after that axis alone."""

_AXES: Final = (("L", "R"), ("P", "A"), ("H", "F"))
_OPPOSITE: Final = str.maketrans("LRPAHF", "RLAPFH")
_CM: Final = 3
_TWO_DIMENSIONAL: Final = 1
_SAME: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance from the middle of one pixel to the next in mm: down the rows, along the columns, and where it holds."""

    row: float | None = None
    column: float | None = None
    kind: SpacingKind = "none"
    regions: tuple[tuple[int, int, int, int], ...] = ()
    """Corners x0 y0 x1 y1 of the parts of an ultrasound picture for which it holds, of kind "region"."""


def spacing(header: Header) -> Spacing:
    """Find the size of a pixel.

    Parameters
    ----------
    header : dict
        Of one frame, see `groups.frame_header`.

    Returns
    -------
    Spacing
        Of kind "patient" where lengths in the body can be measured; "detector" where they are larger than in the body
        by an unknown magnification (projections without calibration); "region" for ultrasound; "none" where the
        header says nothing.

    Notes
    -----
    PS3.3 section 10.7.1.3: a pixel spacing equal to that of the imager was not calibrated. Section C.8.5.5 for the
    regions of ultrasound, whose deltas are in cm.
    """
    pixel, imager = _pair(header.get("PixelSpacing")), _pair(header.get("ImagerPixelSpacing"))
    if pixel and not (imager and _agree(pixel, imager) and "PixelSpacingCalibrationType" not in header):
        return Spacing(*pixel, "patient")
    if imager:
        return Spacing(*imager, "detector")
    if scanned := _pair(header.get("NominalScannedPixelSpacing")):
        return Spacing(*scanned, "detector")
    return _ultrasound(header.get("SequenceOfUltrasoundRegions") or ())


def _ultrasound(regions: Sequence[Header]) -> Spacing:
    """Take the scale of all two-dimensional regions, if they agree; a Doppler curve has none."""
    flat = [one for one in regions if one.get("RegionSpatialFormat") == _TWO_DIMENSIONAL and _is_in_cm(one)]
    found = [
        pair for one in flat if (pair := _pair([10 * abs(one["PhysicalDeltaY"]), 10 * abs(one["PhysicalDeltaX"])]))
    ]
    if not found or len(found) < len(flat) or not all(_agree(found[0], other) for other in found):
        return Spacing()
    corners = [[one[f"RegionLocation{corner}"] for corner in ("MinX0", "MinY0", "MaxX1", "MaxY1")] for one in flat]
    return Spacing(*found[0], "region", tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in corners))


def _is_in_cm(region: Header) -> bool:
    units = (region.get("PhysicalUnitsXDirection"), region.get("PhysicalUnitsYDirection"))
    return units == (_CM, _CM) and "PhysicalDeltaX" in region and "PhysicalDeltaY" in region


def _pair(values: Any) -> Point | None:
    if not isinstance(values, list) or len(values) != 2 or not all(float(value) > 0 for value in values):
        return None
    return float(values[0]), float(values[1])


def _agree(one: Point, other: Point) -> bool:
    return all(abs(mine - yours) <= _SAME * yours for mine, yours in zip(one, other, strict=True))


def aspect(header: Header) -> Point | None:
    """Give height and width of a pixel where only their ratio is known (PS3.3 section C.7.6.3.1.7)."""
    return _pair(header.get("PixelAspectRatio"))


def length(one: Point, other: Point, scale: Spacing) -> float | None:
    """Measure from one point (x, y) in pixels to another: mm, None where the size of a pixel is not known."""
    if scale.row is None or scale.column is None:
        return None
    return math.hypot((other[0] - one[0]) * scale.column, (other[1] - one[1]) * scale.row)


def direction(way: Sequence[float]) -> str:
    """Name a direction of the patient's space by letters, the axis that it mostly follows first.

    Parameters
    ----------
    way : sequence of float
        Three cosines, towards the left, the back and the head (PS3.3 section C.7.6.2.1.1).

    Returns
    -------
    str
        L or R, P or A, H or F for each axis from which the direction is less than 75 degrees away.
    """
    steep = sorted(zip(way, _AXES, strict=True), key=lambda axis: -abs(axis[0]))
    return "".join(letters[part < 0] for part, letters in steep if abs(part) > SLANT)


def sides(header: Header) -> list[str] | None:
    """Name what lies right of, below, left of and above a frame; None where the header does not say."""
    cosines, told = header.get("ImageOrientationPatient"), header.get("PatientOrientation")
    if cosines and len(cosines) == 6 and any(cosines[:3]) and any(cosines[3:]):
        right, below = direction(cosines[:3]), direction(cosines[3:])
    elif told and len(told) == 2 and all(told):
        right, below = told
    else:
        return None
    return [right, below, opposite(right), opposite(below)]


def opposite(letters: str) -> str:
    """Name the other way."""
    return letters.translate(_OPPOSITE)
