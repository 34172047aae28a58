"""Lays texts on clean pictures where they can be read, and remembers every pixel that belongs to a glyph."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from bench.planted import sources, text

Pixels = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]

PER_KIND = 12
CLEAN_PER_KIND = 3
TEXTS = 7
_COLOURS = (
    (255, 230, 60),
    (90, 230, 255),
    (120, 255, 120),
    (255, 150, 60),
    (255, 80, 80),
    (120, 160, 255),
    (150, 0, 120),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One planted text: where its glyph pixels are, as a mask whose corner is at (left, top)."""

    kind: str
    size: int
    left: int
    top: int
    glyphs: npt.NDArray[np.bool_]


@dataclass(slots=True)
class Picture:
    """One picture of the set."""

    kind: str
    name: str
    pixels: Pixels
    items: list[Item] = field(default_factory=list)

    def glyphs(self) -> npt.NDArray[np.bool_]:
        """Give the mask of all glyph pixels, H×W."""
        mask = np.zeros(self.pixels.shape[:2], np.bool_)
        for item in self.items:
            rows, columns = item.glyphs.shape
            mask[item.top : item.top + rows, item.left : item.left + columns] |= item.glyphs
        return mask


def planted_set(seed: int, per_kind: int = PER_KIND) -> Iterator[Picture]:
    """Make pictures of every kind with texts of every kind, the same ones for the same seed and fonts."""
    number = 0
    for kind in sources.KINDS:
        for index in range(per_kind):
            rng = random.Random(f"planted {seed} {kind} {index}")
            picture = Picture(kind, f"{kind} {index + 1}", sources.background(kind, index, rng).copy())
            for _ in range(TEXTS):
                _plant(picture, text.KINDS[(number + seed) % len(text.KINDS)], rng)
                number += 1
            yield picture


def clean_set(seed: int, per_kind: int = CLEAN_PER_KIND) -> Iterator[Picture]:
    """Make pictures without any text."""
    for kind in sources.KINDS:
        for index in range(per_kind):
            rng = random.Random(f"clean {seed} {kind} {index}")
            yield Picture(kind, f"clean {kind} {index + 1}", sources.background(kind, index + seed, rng))


def _plant(picture: Picture, kind: text.Kind, rng: random.Random) -> None:
    """Draw one text where it fits, stands clear of the others and can be read; leave it out where no words do."""
    for _ in range(60):
        drawn = text.draw(kind, rng)
        pad = rng.randint(3, 6) if kind.look == "boxed" else 0
        for _ in range(25):
            at = _place(picture, kind, rng, (drawn.alpha.shape[0] + 2 * pad, drawn.alpha.shape[1] + 2 * pad))
            if at and _lay(picture, kind, rng, (drawn, *at, pad)):
                return


def _place(picture: Picture, kind: text.Kind, rng: random.Random, need: tuple[int, int]) -> tuple[int, int] | None:
    """Choose a top left corner: at the very edge, near it (where machines write), or anywhere."""
    rows, columns = picture.pixels.shape[:2]
    down, across = rows - need[0], columns - need[1]
    if down < 8 or across < 8:
        return None
    top, left = rng.randint(4, down - 4), rng.randint(4, across - 4)
    near = rng.random() < 0.65
    edge = rng.choice("tblr")
    gap = rng.randint(0, 1) if kind.name == "at the edge" else rng.randint(4, max(4, round(0.12 * min(rows, columns))))
    if kind.name == "at the edge" or near:
        top = {"t": min(gap, down), "b": max(0, down - gap)}.get(edge, top)
        left = {"l": min(gap, across), "r": max(0, across - gap)}.get(edge, left)
    for item in picture.items:
        height, width = item.glyphs.shape
        is_apart = (
            left + need[1] + 9 < item.left
            or item.left + width + 9 < left
            or top + need[0] + 9 < item.top
            or item.top + height + 9 < top
        )
        if not is_apart:
            return None
    return top, left


def _lay(picture: Picture, kind: text.Kind, rng: random.Random, where: tuple[text.Drawn, int, int, int]) -> bool:
    drawn, top, left, pad = where
    height, width = drawn.alpha.shape[0] + 2 * pad, drawn.alpha.shape[1] + 2 * pad
    patch = picture.pixels[top : top + height, left : left + width].astype(np.float32)
    grey = patch if patch.ndim == 2 else patch @ np.array([0.299, 0.587, 0.114], np.float32)
    mean, spread = float(grey.mean()), float(grey.std())
    ink = _ink(kind.look, mean, spread, rng)
    if ink is None:
        return False
    if kind.look == "boxed":
        patch[:] = 255 - ink[0]
    inside = patch[pad : height - pad, pad : width - pad]
    if ink[0] == ink[1] == ink[2] and patch.ndim == 2:
        inside[:] += (ink[0] - inside) * drawn.alpha
    else:
        picture.pixels = picture.pixels if patch.ndim == 3 else np.repeat(picture.pixels[:, :, None], 3, axis=2)
        patch = patch if patch.ndim == 3 else np.repeat(patch[:, :, None], 3, axis=2)
        inside = patch[pad : height - pad, pad : width - pad]
        inside += (np.array(ink, np.float32) - inside) * drawn.alpha[:, :, None]
    picture.pixels[top : top + height, left : left + width] = np.clip(patch, 0, 255)
    if kind.name == "compressed":
        _compress(picture, (left - 16, top - 16, left + width + 16, top + height + 16), rng.randint(25, 45))
    picture.items.append(Item(kind.name, drawn.size, left + pad, top + pad, drawn.alpha >= 0.5))
    return True


def _ink(look: str, mean: float, spread: float, rng: random.Random) -> tuple[float, float, float] | None:
    """Choose the colour of a text over a place of this brightness, None where nobody could read it there."""
    if look == "boxed":
        shade = 0.0 if mean < 128 else 255.0
        return (shade, shade, shade)
    if look == "faint":
        step = rng.uniform(24, 40)
        shade = mean + step if mean + step < 235 else mean - step
        return (shade, shade, shade) if spread < 7 else None
    if spread > 35:
        return None
    if look == "coloured":
        red, green, blue = rng.choice(_COLOURS)
        clear = abs(0.299 * red + 0.587 * green + 0.114 * blue - mean) > 70
        return (red, green, blue) if clear else None
    shade = float(rng.randint(225, 255) if mean < 128 else rng.randint(0, 25))
    return (shade, shade, shade) if abs(shade - mean) > 85 else None


def _compress(picture: Picture, box: Box, quality: int) -> None:
    """Send one part of the picture through JPEG, on its grid of blocks."""
    rows, columns = picture.pixels.shape[:2]
    left, top = max(0, box[0]) // 16 * 16, max(0, box[1]) // 16 * 16
    right, bottom = min(columns, box[2]), min(rows, box[3])
    part = Image.fromarray(np.ascontiguousarray(picture.pixels[top:bottom, left:right]))
    memory = io.BytesIO()
    part.save(memory, "JPEG", quality=quality)
    picture.pixels[top:bottom, left:right] = np.asarray(Image.open(memory))
