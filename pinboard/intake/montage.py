"""Shows the slices of a series many at a time, and compares each with those around it.

A slice is one picture that a person has to look at: an instance with a single frame, or one frame of a longer one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from pinboard.imaging.neighbours import BITS, GRID, Look
from pinboard.intake.children import RefusedFile, child_answer, picture_size
from pinboard.intake.errors import IntakeError
from pinboard.intake.review import Held, boxes_sha256
from pinboard.intake.stores import Stores
from pinboard.storage.vault import VaultError

TILE = 224
"""Pixels of a slice among many; no page shows it smaller than 128."""
LARGE = 448
"""Pixels of a slice that is raised for a closer look."""
LENGTH, LARGE_LENGTH = 24, 6
"""Slices of one sheet of either size."""
_MOST_BYTES = 96 << 20
"""Of whole instances that one child is given, so that large ones come in smaller sheets."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One picture of a series."""

    number: int
    """From 1, in the order of the series."""
    held: Held
    frame: int
    pixels: bytes = field(repr=False)
    """Names these pixels."""
    key: bytes = field(repr=False)
    """Names these pixels with these areas; that somebody saw a slice is forgotten when either changes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some slices in one strip, never written to a disk; looks by their pixels, None of what cannot be shown."""

    jpeg: bytes = field(repr=False)
    looks: dict[bytes, Look | None]


def slices_of(every: Iterable[Held]) -> list[Slice]:
    """Count the slices of a series through."""
    found: list[Slice] = []
    for held in every:
        areas = boxes_sha256(held.boxes)
        for frame in range(held.frame_count):
            pixels = _digest(held.blob_sha256 or "", str(frame))
            found.append(Slice(len(found) + 1, held, frame, pixels, _digest(pixels.hex(), areas)))
    return found


def _digest(*names: str) -> bytes:
    return hashlib.blake2b("\0".join(names).encode(), digest_size=16).digest()


def version(slices: Iterable[Slice]) -> str:
    """Give a mark that changes whenever a slice or an area does."""
    return hashlib.blake2b(b"".join(one.key for one in slices), digest_size=9).hexdigest()


def in_sheets(slices: Sequence[Slice], length: int = LENGTH) -> list[list[Slice]]:
    """Cut a series into sheets, in its order."""
    sheets: list[list[Slice]] = []
    taken, size = set[int](), 0
    for one in slices:
        more = 0 if one.held.id in taken else _bytes(one.held)
        if not sheets or len(sheets[-1]) == length or (size + more > _MOST_BYTES and more):
            sheets.append([])
            taken, size, more = set(), 0, _bytes(one.held)
        sheets[-1].append(one)
        taken.add(one.held.id)
        size += more
    return sheets


def _bytes(held: Held) -> int:
    return held.rows * held.columns * held.samples * 2 * held.frame_count


def sheet(stores: Stores, draft: str, slices: Sequence[Slice], *, is_large: bool = False) -> Sheet:
    """Make one sheet in a sandbox child, with areas painted as they would be published."""
    tile, length = (LARGE, LARGE_LENGTH) if is_large else (TILE, LENGTH)
    answer = _ask(stores, draft, slices, tile=tile, length=length)
    picture_size(answer, magic=b"\xff\xd8\xff")
    return Sheet(answer.parts[0], _looks(answer.json, slices))


def compare(
    stores: Stores, draft: str, slices: Sequence[Slice], known: Mapping[bytes, Look | None], *, seconds: float
) -> dict[bytes, Look | None]:
    """Take a look at the slices that nobody knows yet, sheet by sheet, until the time is over."""
    until = monotonic() + seconds
    found: dict[bytes, Look | None] = {}
    for some in in_sheets([one for one in slices if one.pixels not in known]):
        if monotonic() >= until:
            break
        try:
            found |= _looks(_ask(stores, draft, some, tile=0, length=0).json, some)
        except (RefusedFile, IntakeError) as error:
            if error.code == "busy":
                raise
            found |= dict.fromkeys(one.pixels for one in some)
    return found


def _ask(stores: Stores, draft: str, slices: Sequence[Slice], *, tile: int, length: int) -> Any:
    parts = list({one.held.id: one.held for one in slices}.values())
    places = {held.id: place for place, held in enumerate(parts)}
    asked = {
        "cells": [[places[one.held.id], one.frame] for one in slices],
        "boxes": [[box.as_list() for box in held.boxes] for held in parts],
        "tile": tile,
        "length": length,
    }
    try:
        instances = [stores.vault.open(draft, held.blob).instance for held in parts if held.blob]
    except VaultError:
        raise IntakeError("not-confirmed") from None
    if len(instances) != len(parts):
        raise IntakeError("not-confirmed")
    return child_answer(stores, "sheet", instances, asked, kind="pixel")


def _looks(answer: dict[str, Any], slices: Sequence[Slice]) -> dict[bytes, Look | None]:
    told = answer.get("cells")
    if not isinstance(told, list) or len(told) != len(slices):
        raise RefusedFile("damaged")
    return {one.pixels: _look(cell) for one, cell in zip(slices, told, strict=True)}


def _look(cell: Any) -> Look | None:
    match cell:
        case {"mean": float(mean), "brightest": str(brightest), "dhash": str() | None as dhash}:
            try:
                look = Look(mean, bytes.fromhex(brightest), None if dhash is None else int(dhash, 16))
            except ValueError:
                raise RefusedFile("damaged") from None
            is_sound = math.isfinite(mean) and len(look.brightest) == GRID * GRID
            if is_sound and (look.dhash is None or 0 <= look.dhash < 1 << BITS):
                return look
        case {"refused": str()}:
            return None
    raise RefusedFile("damaged")
