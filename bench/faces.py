"""Counts in how many of 19 variants of one portrait the face is suggested: python -m bench.faces.

Exit code 1 where fewer than 17 are. The variants are made from a sample (PINBOARD_SAMPLES) and are never written.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from bench.planted.sources import SAMPLES
from pinboard.sandbox import Pool
from pinboard.sandbox.look import look

PORTRAIT = "photos/face-grace-hopper.jpg"
FACE = (165, 150, 350, 322)
"""Forehead to chin, ear to ear, as somebody sees it."""
NEEDED = 17
COVERED = 0.95
"""Share of the face that has to lie in one rectangle."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Variant:
    """A picture and where the face is in it, as a mask."""

    name: str
    image: Image.Image
    face: npt.NDArray[np.bool_]

    def is_covered(self, boxes: list[Box]) -> bool:
        """Tell whether one of the boxes covers the face."""
        return any(self.face[y0:y1, x0:x1].sum() >= COVERED * self.face.sum() for x0, y0, x1, y1 in boxes)


def variants() -> Iterator[Variant]:
    """Make the portrait turned, tilted, small, dark, pale, blurred, in parts and masked."""
    portrait = Image.open(SAMPLES / PORTRAIT).convert("RGB")
    mask = Image.new("L", portrait.size)
    ImageDraw.Draw(mask).rectangle((*FACE[:2], FACE[2] - 1, FACE[3] - 1), fill=255)

    def made(name: str, change: Callable[[Image.Image], Image.Image], *, moves: bool = False) -> Variant:
        moved = change(mask) if moves else mask
        return Variant(name, change(portrait), np.asarray(moved) > 127)

    yield made("as it is", lambda image: image)
    for degrees in (90, 180, 270, 20, -30):
        name = f"turned by {degrees}°"
        yield made(name, lambda image, by=degrees: image.rotate(by, Image.Resampling.BICUBIC, expand=True), moves=True)
    for share in (0.5, 0.25, 0.15):
        yield made(f"at {share:.0%}", lambda image, by=share: image.resize(_times(image.size, by)), moves=True)
    yield made("dark", lambda image: ImageEnhance.Brightness(image).enhance(0.25))
    yield made("pale", lambda image: Image.eval(image, lambda value: 165 + value * 90 // 255))
    yield made("grey", lambda image: image.convert("L"))
    yield made("blurred", lambda image: image.filter(ImageFilter.GaussianBlur(6)))
    yield made("compressed", _compressed)
    yield made("half", lambda image: image.crop((0, 0, 258, image.height)), moves=True)
    yield made("lower half masked", lambda image: _filled(image, (160, 232, 356, 345), (150, 190, 215)))
    yield made("eyes barred", lambda image: _filled(image, (155, 170, 365, 225), (0, 0, 0)))
    yield made("eyes only", lambda image: image.crop((165, 165, 355, 235)), moves=True)
    yield made("mouth only", lambda image: image.crop((195, 235, 325, 325)), moves=True)


def _times(size: tuple[int, int], share: float) -> tuple[int, int]:
    return round(size[0] * share), round(size[1] * share)


def _compressed(image: Image.Image) -> Image.Image:
    memory = io.BytesIO()
    image.save(memory, "JPEG", quality=5)
    return Image.open(memory)


def _filled(image: Image.Image, box: Box, colour: tuple[int, int, int]) -> Image.Image:
    out = image.copy()
    ImageDraw.Draw(out).rectangle(box, fill=colour)
    return out


def faces_in(pool: Pool, image: Image.Image) -> list[Box]:
    """Give the faces that the product would suggest."""
    memory = io.BytesIO()
    image.save(memory, "PNG")
    seen = look(pool, memory.getvalue(), wants_faces=True, foreground=True)
    if not seen.is_whole:
        raise RuntimeError("the networks did not finish; is the extra `vision` installed?")
    return [one.corners for one in seen.suggested if one.kind == "face"]


def main() -> int:
    """Look at each variant and print what was found."""
    pool, hits = Pool(), 0
    for variant in variants():
        boxes = faces_in(pool, variant.image)
        is_hit = variant.is_covered(boxes)
        hits += is_hit
        print(f"{'found ' if is_hit else 'MISSED'}  {variant.name:20} {boxes}")
    pool.close()
    print(f"\n{hits} of 19, {NEEDED} are needed")
    return 0 if hits >= NEEDED else 1


if __name__ == "__main__":
    sys.exit(main())
