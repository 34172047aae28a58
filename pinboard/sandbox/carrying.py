"""The jobs by which published images go out again: the directory of a copy, one picture, one cine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pinboard.deid import header as headers
from pinboard.deid.dicomdir import Filed, directory
from pinboard.deid.encode import EXPLICIT, encode, file_meta
from pinboard.deid.instance import native_length
from pinboard.imaging import frames, renditions, window
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
    """Join stored frames into an animated WebP, part 0; `frames` says where each lies and which one it is."""
    shown = list(params["frames"])
    if not shown:
        raise Refused("damaged")
    return {"frames": len(shown)}, [animate(_stills(parts[0], params), params["milliseconds"])]


def _stills(pack: bytes, params: Json) -> Iterator[Display]:
    header, shape, data = params["header"], tuple(params["shape"]), memoryview(pack)
    is_per_frame = window.is_per_frame(header)
    mapping: window.Mapping | None = None
    for index, offset, length in params["frames"]:
        stored: Array = frames.decode_frame(bytes(data[offset : offset + length]), shape, params["dtype"])
        if mapping is None or is_per_frame:
            mapping = window.mapping_for(header, stored, index=index)
        yield mapping.apply(stored)
