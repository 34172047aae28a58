"""Puts many small slices into one picture, so that a person can look at every slice of a series."""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from PIL import Image

from pinboard.deid import header as headers
from pinboard.imaging import dicom
from pinboard.imaging.arrays import Display
from pinboard.imaging.errors import Refused
from pinboard.imaging.likeness import dhash
from pinboard.imaging.neighbours import GRID
from pinboard.sandbox.canvas import Boxes, canvas_for

Json = dict[str, Any]

MOST: Final = 24
LARGEST: Final = 1024
QUALITY: Final = 88


def sheet_of(parts: list[bytes], params: Json) -> tuple[Json, list[bytes]]:
    """Give a strip of square tiles in the order of `cells`, and what each looks like.

    `cells` holds `[part, frame]` each, `boxes` the areas of each part, which are shown painted; `tile` is the side
    of a tile in pixels, 0 for no strip, and `length` the number of tiles that a strip has room for. What cannot be
    decoded leaves its tile black and says so. What a slice looks like is told of its pixels without the areas.
    """
    tile, cells = int(params["tile"]), params["cells"]
    length = max(int(params["length"]), len(cells))
    if len(cells) > MOST or length > MOST or not 0 <= tile <= LARGEST:
        raise Refused("too-large")
    opened: dict[int, tuple[Any, Json]] = {}
    strip = np.zeros((tile, tile * length), dtype=np.uint8)
    told: list[Json] = []
    for place, (part, frame) in enumerate(cells):
        try:
            if part not in opened:
                dataset = dicom.read(parts[part])
                opened[part] = dataset, headers.extract(dataset, derived=True)
            plain = _shown(*opened[part], frame, [])
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one slice that cannot be shown keeps no other from being seen
            told.append({"refused": error.code if isinstance(error, Refused) else "damaged"})
            continue
        # Of the pixels as they came, so that an area on one slice makes no oddity of those beside it.
        told.append(_look(plain))
        if tile:
            boxes = params["boxes"][part]
            shown = _shown(*opened[part], frame, boxes) if boxes else plain
            strip = _put(strip, _fitted(shown, tile), place * tile)
    return {"width": strip.shape[1], "height": tile, "cells": told}, [_jpeg(strip)] if tile else []


def _shown(dataset: Any, header: Json, index: int, boxes: Boxes) -> Display:
    if not 0 <= index < dicom.frame_count(dataset):
        raise Refused("damaged")
    frame = dicom.frame(dataset, index)
    canvas = canvas_for(header, frame, index=index, boxes=boxes)
    return canvas.mapping.apply(canvas.paint(frame, index))


def _look(shown: Display) -> Json:
    grey = np.asarray(Image.fromarray(shown).convert("L")) if shown.ndim == 3 else shown
    rows, columns = grey.shape
    # Letters are small and bright: what a resized picture would average away, the brightest of each cell keeps.
    edges = [np.unique(np.arange(GRID) * side // GRID) for side in (rows, columns)]
    cells = np.maximum.reduceat(np.maximum.reduceat(grey, edges[0], axis=0), edges[1], axis=1)
    grid = np.zeros((GRID, GRID), dtype=np.uint8)
    grid[: cells.shape[0], : cells.shape[1]] = cells
    return {"mean": float(grey.mean()), "brightest": grid.tobytes().hex(), "dhash": dhash(shown)}


def _fitted(shown: Display, tile: int) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(shown))
    scale = tile / max(image.size)
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _put(strip: Display, image: Image.Image, left: int) -> Display:
    pixels = np.asarray(image)
    if pixels.ndim > strip.ndim:
        strip = np.repeat(strip[..., None], 3, axis=2)
    elif pixels.ndim < strip.ndim:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    tile = strip.shape[0]
    top, start = (tile - image.height) // 2, left + (tile - image.width) // 2
    strip[top : top + image.height, start : start + image.width] = pixels
    return strip


def _jpeg(strip: Display) -> bytes:
    out = io.BytesIO()
    Image.fromarray(strip).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
