"""The jobs by which published images go out again: the directory of a copy, its instances, one picture, one cine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pinboard.deid import header as headers
from pinboard.deid.dicomdir import Filed, directory
from pinboard.deid.encode import EXPLICIT, encode, file_meta
from pinboard.deid.instance import Pixels, native_length, write
from pinboard.imaging import dicom, frames, renditions, window
from pinboard.imaging.animation import animate
from pinboard.imaging.arrays import Array, Display
from pinboard.imaging.errors import Refused
from pinboard.sandbox.registry import HEADER_JOBS, PIXEL_JOBS, register

Json = dict[str, Any]

_PIXEL_HEAD = 12


@register(HEADER_JOBS)
def catalogue(_parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Say how many bytes each instance of a copy will have; part 0 is the DICOMDIR that names their files."""
    filed = [Filed(headers.revalidate(one["header"]), tuple(one["path"])) for one in params["files"]]
    dtypes = (one["dtype"] for one in params["files"])
    sizes = [_size(one.header, dtype) for one, dtype in zip(filed, dtypes, strict=True)]
    return {"sizes": sizes}, [directory(filed)]


def _size(header: Json, dtype: str) -> int:
    """Count what `export` will write, without the pixels."""
    pixels = native_length(header)
    written = len(file_meta(header, EXPLICIT)) + len(encode(header, is_float=dtype in {"<f4", "<f8"}))
    return written + _PIXEL_HEAD + pixels + pixels % 2


@register(HEADER_JOBS)
def export(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Make the lossless DICOM instance of a header and a frame pack; part 0 is the file."""
    header = headers.revalidate(params["header"])
    shape, dtype = tuple(params["shape"]), params["dtype"]
    pack = memoryview(parts[0])
    native = tuple(
        frames.decode_frame(bytes(pack[at["offset"] : at["offset"] + at["length"]]), shape, dtype).tobytes()
        for at in params["frames"]
    )
    float_keyword = {"<f4": "FloatPixelData", "<f8": "DoubleFloatPixelData"}.get(dtype, "PixelData")
    pixels = Pixels(dicom.EXPLICIT, native, float_keyword)
    if pixels.size != native_length(header):
        raise Refused("damaged")
    return {"size": pixels.size}, [write(header, pixels)]


@register(HEADER_JOBS)
def export_each(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Make the instances of many images in one child, whose start takes longer than one of them."""
    return {}, [export([pack], wanted)[1][0] for pack, wanted in zip(parts, params["instances"], strict=True)]


@register(PIXEL_JOBS)
def picture(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Show one stored frame without loss; part 0 is a PNG."""
    stored = frames.decode_frame(parts[0], tuple(params["shape"]), params["dtype"])
    chosen = params.get("window")
    values = (float(chosen[0]), float(chosen[1])) if chosen else None
    shown = window.to_display(stored, params["header"], index=params["index"], window=values)
    rows, columns = shown.shape[:2]
    return {"width": columns, "height": rows}, [renditions.png(shown)]


@register(PIXEL_JOBS)
def cine(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Join stored frames into an animated WebP, part 0.

    `images` says how each instance is read; `frames` of which of them each is, its number there, and where it lies in
    the pack. Slices of several instances are all shown in the window of the one at `key`.
    """
    shown = list(params["frames"])
    if not shown:
        raise Refused("damaged")
    stills = _stills(memoryview(parts[0]), params)
    return {"frames": len(shown)}, [animate(stills, params["milliseconds"], longest=params["longest"])]


def _stills(pack: memoryview, params: Json) -> Iterator[Display]:
    images = _alike(pack, params)
    mapping: window.Mapping | None = None
    before = -1
    for which, index, offset, length in params["frames"]:
        image = images[which]
        stored = _stored(pack, image, offset, length)
        if mapping is None or which != before or window.is_per_frame(image["header"]):
            mapping, before = window.mapping_for(image["header"], stored, index=index), which
        yield mapping.apply(stored)


def _alike(pack: memoryview, params: Json) -> list[Json]:
    """Let slices that each bring a window of their own be shown in one, so that a stack does not flicker."""
    images: list[Json] = params["images"]
    if len(images) == 1:
        return images
    which, index, offset, length = params["frames"][params["key"]]
    mapping = window.mapping_for(images[which]["header"], _stored(pack, images[which], offset, length), index=index)
    return [image | {"header": window.shown_like(image["header"], mapping)} for image in images]


def _stored(pack: memoryview, image: Json, offset: int, length: int) -> Array:
    return frames.decode_frame(bytes(pack[offset : offset + length]), tuple(image["shape"]), image["dtype"])
