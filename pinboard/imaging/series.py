"""Says how the instances of a series belong together, from scrubbed headers alone."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Header = dict[str, Any]
Kind = Literal["image", "localizer", "mosaic"]
Vector = tuple[float, float, float]
Axes = tuple[Vector, Vector]
Stack = tuple[int, ...]

KEY_SLICES = 24
"""Most slices of a head that are shown to anybody but the person in it: too few to rebuild a face from."""
KEY_GAP_MM = 5.0
_ALIKE = 0.999
"""Cosine from which on two directions count as one: scanners round, and 2.5 degrees change no order."""
_SAME_PLACE_MM = 0.01
_MOST_STACKS = 3
"""A scout has three planes. Of a series with more, a turning projection for one, only the numbers tell the order."""

_RECOGNIZABLE = frozenset(
    {"BRAIN", "EAR", "EYE", "EYELID", "FACE", "HEAD", "HEADNECK", "IAC", "JAW", "MANDIBLE", "MAXILLA", "MOUTH"}
    | {"NECK", "NECKCHEST", "NECKCHESTABDOMEN", "NECKCHESTABDPELV", "NOSE", "ORBIT", "PAROTID", "SCALP", "SINUS"}
    | {"SKULL", "TMJ", "TONGUE", "WHOLEBODY", "ZYGOMA"}
)
VOLUMES = frozenset({"CT", "MR", "PT", "NM"})
"""Modalities whose slices add up to a body."""
_PHOTOS = frozenset({"XC", "DMS", "ES", "OT", "GM"})


@dataclass(frozen=True, slots=True)
class Slice:
    """What the order of a series takes of one instance; positions are in mm, along the patient's axes."""

    number: int | None = None
    acquisition: int | None = None
    position: Vector | None = None
    axes: Axes | None = None
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Arranged:
    """The order of a series as stacks of indices, and the place of each slice of a stack along its normal in mm."""

    stacks: tuple[Stack, ...]
    places: dict[int, float]

    @property
    def order(self) -> Stack:
        """Give the indices of all slices, stack after stack."""
        return tuple(index for stack in self.stacks for index in stack)

    @property
    def is_placed(self) -> bool:
        """Tell whether every slice has its place by geometry, not by number alone."""
        return len(self.places) == len(self.order) > 0


def is_recognizable(header: Header) -> bool:
    """Tell whether a face might be seen in or rebuilt from these images: head, neck, or a part nobody named."""
    modality, part = header.get("Modality"), header.get("BodyPartExamined")
    if part in _RECOGNIZABLE:
        return True
    return modality in _PHOTOS or (modality in VOLUMES and part is None)


def kind_of(header: Header) -> Kind:
    """Tell a scout and a mosaic from a slice (PS3.3 sections C.8.2.1.1.1 and C.8.3.1.1.1, values of ImageType)."""
    words = header.get("ImageType") or ()
    if "LOCALIZER" in words:
        return "localizer"
    return "mosaic" if "MOSAIC" in words else "image"


def vector(values: Sequence[float] | None) -> Vector | None:
    """Give a point of the patient's space in mm, None where it is not one."""
    return (float(values[0]), float(values[1]), float(values[2])) if values and len(values) == 3 else None


def axes_of(values: Sequence[float] | None) -> Axes | None:
    """Give the direction of rows and of columns, None where they are no two directions at right angles."""
    if not values or len(values) != 6:
        return None
    rows, columns = vector(values[:3]), vector(values[3:])
    if rows is None or columns is None or not 0.9 < math.hypot(*cross(rows, columns)) < 1.1:
        return None
    return rows, columns


def plane(axes: Axes | None) -> str:
    """Name the plane of a slice, as its normal lies nearest to; "" where that is not known, oblique past 30 degrees."""
    if axes is None:
        return ""
    steepness = [abs(part) for part in cross(*axes)]
    most = max(steepness)
    if most < math.cos(math.radians(30)):
        return "oblique"
    return ("sagittal", "coronal", "axial")[steepness.index(most)]


def slice_position(header: Header) -> float | None:
    """Give the distance of a slice along its normal in mm (PS3.3 section C.7.6.2), None where it is not known."""
    position, axes = vector(header.get("ImagePositionPatient")), header.get("ImageOrientationPatient")
    if position is None or not axes or len(axes) != 6:
        return None
    return dot(position, cross((axes[0], axes[1], axes[2]), (axes[3], axes[4], axes[5])))


def sort_key(header: Header) -> tuple[float, float]:
    """Order the instances of a series: by instance number, then by slice position."""
    number = header.get("InstanceNumber")
    return float(number if number is not None else 1e9), slice_position(header) or 0.0


def arrange(slices: Sequence[Slice]) -> Arranged:
    """Put the slices of a series in order.

    Parameters
    ----------
    slices : sequence of Slice
        In any order; the result speaks of them by their index.

    Returns
    -------
    Arranged
        One stack for each direction and, where a place was imaged more than once, for each time or echo. A stack runs
        along its normal (PS3.3 section C.7.6.2.1.1), in the sense in which the device numbered it. Where geometry is
        missing or contradicts itself, one stack by instance number.
    """
    groups: list[list[int]] = []
    for index in _by_number(slices, range(len(slices))):
        group = next((one for one in groups if _are_parallel(slices[one[0]], slices[index])), None)
        if group is None:
            groups.append([index])
        else:
            group.append(index)
    if len(groups) > _MOST_STACKS or any(slices[group[0]].axes is None for group in groups):
        return Arranged((tuple(_by_number(slices, range(len(slices)))),), {})
    places = {index: _place(slices[index], slices[group[0]]) for group in groups for index in group}
    stacks = [stack for group in groups for stack in _stacks(slices, group, places)]
    return Arranged(tuple(stacks), places)


def _stacks(slices: Sequence[Slice], group: list[int], places: dict[int, float]) -> list[Stack]:
    """Split what lies in the same place more than once, then order each part along the normal."""
    heaps = _heaps(group, places)
    if len({len(heap) for heap in heaps}) > 1 or len(heaps) == 1 < len(group):
        # Some places more often than others, or one place only: no geometry says what follows what.
        for index in group:
            places.pop(index)
        return [tuple(group)]
    parts = list(zip(*heaps, strict=True))
    if len(parts) > 1:
        parts = _by_acquisition(slices, group, places) or parts
    return [_along(slices, part, places) for part in parts]


def _heaps(group: list[int], places: dict[int, float]) -> list[list[int]]:
    """Put together what lies in the same place, in the order of its numbers."""
    turn = {index: place for place, index in enumerate(group)}
    heaps: list[list[int]] = []
    for index in sorted(group, key=places.__getitem__):
        if heaps and places[index] - places[heaps[-1][-1]] < _SAME_PLACE_MM:
            heaps[-1].append(index)
        else:
            heaps.append([index])
    return [sorted(heap, key=turn.__getitem__) for heap in heaps]


def _by_acquisition(
    slices: Sequence[Slice], group: list[int], places: dict[int, float]
) -> list[tuple[int, ...]] | None:
    """Split by acquisition number, if then no place is left twice in one part."""
    parts: dict[int | None, list[int]] = defaultdict(list)
    for index in group:
        parts[slices[index].acquisition].append(index)
    for part in parts.values():
        found = sorted(places[index] for index in part)
        if any(after - before < _SAME_PLACE_MM for before, after in itertools.pairwise(found)):
            return None
    return [tuple(part) for part in parts.values()]


def _along(slices: Sequence[Slice], part: Iterable[int], places: dict[int, float]) -> Stack:
    """Order along the normal, from the end at which the device began to count."""
    ordered = sorted(part, key=lambda index: places[index])
    numbered = [(slices[index].number, place) for place, index in enumerate(ordered) if slices[index].number]
    middle = (len(ordered) - 1) / 2
    mean = sum(number or 0 for number, _place in numbered) / max(1, len(numbered))
    slope = sum(((number or 0) - mean) * (place - middle) for number, place in numbered)
    return tuple(reversed(ordered)) if slope < 0 else tuple(ordered)


def key_slices(arranged: Arranged, most: int = KEY_SLICES) -> list[int]:
    """Choose few slices that show what a series shows: every k-th of each stack, at least 5 mm apart.

    Parameters
    ----------
    arranged : Arranged
        The whole series.
    most : int
        Most slices to choose.

    Returns
    -------
    list of int
        Indices in the order of the series; the same places in each of several stacks.
    """
    chosen: list[int] = []
    shown = arranged.stacks[:: math.ceil(len(arranged.stacks) / most) or 1]
    for stack in shown:
        step = math.ceil(len(stack) / max(1, most // len(shown)))
        step = max(step, math.ceil(KEY_GAP_MM / gap - 1e-3)) if (gap := slice_gap(arranged, stack)) else step
        chosen += stack[(len(stack) - 1) % step // 2 :: step]
    return chosen


def middle_third(count: int) -> range:
    """Give the numbers of the middle third of so many slices, at least one."""
    start = count // 3
    return range(start, max(start + 1, count - start))


def slice_gap(arranged: Arranged, stack: Stack) -> float | None:
    """Give the usual distance from one slice of a stack to the next in mm, None where it is not known."""
    places = [arranged.places[index] for index in stack if index in arranged.places]
    if len(places) < 2 or len(places) != len(stack):
        return None
    gaps = sorted(abs(after - before) for before, after in itertools.pairwise(places))
    return gaps[len(gaps) // 2] or None


def _by_number(slices: Sequence[Slice], indices: Iterable[int]) -> list[int]:
    return sorted(
        indices,
        key=lambda index: (
            slices[index].number is None,
            slices[index].number or 0,
            slices[index].acquisition or 0,
            index,
        ),
    )


def _are_parallel(one: Slice, other: Slice) -> bool:
    if one.axes is None or other.axes is None or one.position is None or other.position is None:
        return one.axes is None and other.axes is None
    same = all(dot(mine, yours) > _ALIKE for mine, yours in zip(one.axes, other.axes, strict=True))
    return same and one.size == other.size


def _place(one: Slice, first: Slice) -> float:
    """Measure along the normal of the first slice of a stack, so that rounding of directions moves nothing."""
    return dot(one.position, cross(*first.axes)) if one.position and first.axes else 0.0


def cross(one: Vector, other: Vector) -> Vector:
    """Give the direction at right angles to two others."""
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def dot(one: Vector, other: Vector) -> float:
    """Give the length of one along the other, where that has length 1."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
