"""Draws electrocardiograms to scale on the grid that clinicians read them from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pinboard.imaging.errors import Refused
from pinboard.imaging.tracing import Recording, Values

if TYPE_CHECKING:
    from pinboard.imaging.arrays import Display

PIXELS: Final = 8
"""Pixels of the picture for a millimetre of paper."""
SPACING: Final = 1 / PIXELS
SPEED: Final = 25.0
"""Millimetres of paper for a second."""
GAIN: Final = 10.0
"""Millimetres of paper for a millivolt."""
MOST_SHEETS: Final = 40
SECONDS: Final = 10.0
"""Of one sheet."""

_STANDARD: Final = (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"))
_RHYTHM: Final = "II"
_COLUMN: Final = SECONDS / 4
_LEADS: Final = 12
_LEFT, _RIGHT, _TOP, _BOTTOM = 15, 5, 10, 5
_WIDTH: Final = _LEFT + round(SECONDS * SPEED) + _RIGHT
_LEAST, _MOST = 10, 40
"""Millimetres above or below the line of a row."""
_FINE: Final = 2
"""Pixels that are drawn for each of the picture's, so that lines come out smooth."""
_UNIT: Final = PIXELS * _FINE

_PAPER, _MINOR, _MAJOR, _INK = "#fffaf8", "#f7dcd6", "#e9aca0", "#101418"
_FONT: Final = ImageFont.load_default(4 * _UNIT)
# Loads what a font needs for its first letters, which under confinement nothing can.
_FONT.getbbox("aVR")


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of one lead, and where on its row it begins."""

    label: str
    values: Values = field(repr=False)
    rate: float
    start: float = 0.0
    """Seconds from the left edge of the grid."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn as one picture: rows of strips and a note."""

    rows: tuple[tuple[Strip, ...], ...]
    note: str


def sheets(recordings: Sequence[Recording]) -> list[Sheet]:
    """Lay recordings out on sheets of ten seconds.

    Returns
    -------
    list of Sheet
        Of twelve leads first the usual one, four columns of two and a half seconds and lead II below; then every lead
        over its whole length. An average beat is one sheet.

    Raises
    ------
    Refused
        "too-long-recording" above `MOST_SHEETS`.
    """
    laid = [sheet for one in recordings for sheet in _sheets(one)]
    if len(laid) > MOST_SHEETS:
        raise Refused("too-long-recording")
    return laid


def draw(sheet: Sheet) -> Display:
    """Draw one sheet.

    Returns
    -------
    ndarray
        uint8, H×W×3. A millimetre of paper is `PIXELS` wide and high: 25 mm are a second, 10 mm a millivolt. Each
        strip is centred on its median, because a constant offset is the electrodes', not the heart's.
    """
    rows = [[_centred(strip) for strip in row] for row in sheet.rows]
    extents = [_extent(row) for row in rows]
    height = _TOP + sum(above + below for above, below in extents) + _BOTTOM
    image = Image.new("RGB", (_WIDTH * _UNIT, height * _UNIT), _PAPER)
    canvas = ImageDraw.Draw(image)
    _grid(canvas, height)
    canvas.text((_LEFT * _UNIT, 2 * _UNIT), sheet.note, fill=_INK, font=_FONT)
    line = _TOP
    for row, (above, below) in zip(rows, extents, strict=True):
        line += above
        _pulse(canvas, line)
        for strip in row:
            _strip(canvas, strip, line, line - above)
            _tick(canvas, strip, line - above)
        line += below
    return np.asarray(image.reduce(_FINE), dtype=np.uint8)


def _sheets(recording: Recording) -> Iterator[Sheet]:
    leads = dict(zip(recording.labels, recording.values, strict=True))
    is_short = recording.seconds <= _COLUMN
    if all(label in leads for row in _STANDARD for label in row) and (is_short or recording.seconds >= SECONDS):
        yield _standard(leads, recording)
    elif is_short:
        is_short = False
    if not is_short:
        yield from _whole(recording)


def _standard(leads: dict[str, Values], recording: Recording) -> Sheet:
    length = round(_COLUMN * recording.rate)
    is_short = recording.seconds <= _COLUMN
    rows = [
        tuple(
            Strip(
                label,
                leads[label][:length] if is_short else leads[label][column * length : (column + 1) * length],
                recording.rate,
                column * _COLUMN,
            )
            for column, label in enumerate(row)
        )
        for row in _STANDARD
    ]
    if not is_short:
        rows.append((Strip(_RHYTHM, leads[_RHYTHM][: round(SECONDS * recording.rate)], recording.rate),))
    return Sheet(tuple(rows), _note(recording))


def _whole(recording: Recording) -> Iterator[Sheet]:
    length = round(SECONDS * recording.rate)
    # What is left over of a second or less is the tail of a recorder that stopped late.
    count = max(math.ceil((recording.values.shape[1] - recording.rate) / length), 1)
    for part in range(count):
        begin = part * length
        for first in range(0, len(recording.labels), _LEADS):
            rows = [
                (Strip(recording.labels[at] or f"{at + 1}", values[begin : begin + length], recording.rate),)
                for at, values in enumerate(recording.values[first : first + _LEADS], first)
            ]
            yield Sheet(tuple(rows), f"{_note(recording)}    {part * SECONDS:.0f} to {(part + 1) * SECONDS:.0f} s")


def _note(recording: Recording) -> str:
    scale = f"{SPEED:.0f} mm/s    {GAIN:.0f} mm/mV"
    return f"{scale}    computed" if recording.is_computed else scale


def _centred(strip: Strip) -> Strip:
    """Give a strip in millimetres from its line, and no further off the paper than one can be drawn."""
    values = np.clip(strip.values, -1000, 1000)
    known = values[np.isfinite(values)]
    middle = float(np.median(known)) if known.size else 0.0
    return Strip(strip.label, (values - middle) * GAIN, strip.rate, strip.start)


def _extent(row: Sequence[Strip]) -> tuple[int, int]:
    """Give the millimetres a row takes above and below its line, in whole squares of the grid."""
    values = np.concatenate([strip.values[np.isfinite(strip.values)] for strip in row])
    high, low = (float(values.max()), float(values.min())) if values.size else (0.0, 0.0)
    return _squares(high), _squares(-low)


def _squares(reach: float) -> int:
    return min(max(math.ceil((reach + 2) / 5) * 5, _LEAST), _MOST)


def _grid(canvas: ImageDraw.ImageDraw, height: int) -> None:
    for step, colour, width in ((1, _MINOR, 1), (5, _MAJOR, 2)):
        for x in range(0, _WIDTH + 1, step):
            canvas.line([(x * _UNIT, 0), (x * _UNIT, height * _UNIT)], fill=colour, width=width * _FINE // 2 + 1)
        for y in range(0, height + 1, step):
            canvas.line([(0, y * _UNIT), (_WIDTH * _UNIT, y * _UNIT)], fill=colour, width=width * _FINE // 2 + 1)


def _pulse(canvas: ImageDraw.ImageDraw, line: int) -> None:
    """Draw a millivolt for a fifth of a second, by which the scale of the row can be checked."""
    x, top, bottom = _LEFT - 10, (line - GAIN) * _UNIT, line * _UNIT
    steps = [(x, bottom), (x + 2, bottom), (x + 2, top), (x + 7, top), (x + 7, bottom), (x + 9, bottom)]
    canvas.line([(at * _UNIT, y) for at, y in steps], fill=_INK, width=_FINE + 1)


def _strip(canvas: ImageDraw.ImageDraw, strip: Strip, line: int, top: int) -> None:
    left = _LEFT + strip.start * SPEED
    for piece, begin in _pieces(strip.values):
        x = (left + (np.arange(len(piece)) + begin) / strip.rate * SPEED) * _UNIT
        y = (line - piece.astype(np.float64)) * _UNIT
        canvas.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=_INK, width=_FINE + 1)
    at = ((left + 1) * _UNIT, (top + 0.5) * _UNIT)
    canvas.text(at, strip.label, fill=_INK, font=_FONT, stroke_width=_FINE * 2, stroke_fill=_PAPER)


def _tick(canvas: ImageDraw.ImageDraw, strip: Strip, top: int) -> None:
    """Mark where a lead begins, above the line so that it is no part of it."""
    x = (_LEFT + strip.start * SPEED) * _UNIT
    canvas.line([(x, (top + 1) * _UNIT), (x, (top + 4) * _UNIT)], fill=_INK, width=_FINE + 1)


def _pieces(values: Values) -> Iterator[tuple[Values, int]]:
    """Give the stretches without a gap, and where each begins."""
    known = np.flatnonzero(np.isfinite(values))
    for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        if run.size > 1:
            yield values[run[0] : run[-1] + 1], int(run[0])
