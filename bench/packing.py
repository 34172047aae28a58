"""Measures how frames are best packed: python -m bench.packing. Time is of the processor and the packer alone.

It decides `pinboard.imaging.frames.QUALITY`. On the samples of 24 slices each, in milliseconds for a frame and in parts
of the plain size: CT brotli 5 12.3, 0.390; 4 6.7, 0.392; 3 4.6, 0.395; 2 3.5, 0.396; zlib 6 25.2, 0.397; zlib 1 6.0,
0.436. MR brotli 5 3.3, 0.293; 3 1.2, 0.295; zlib 1 1.5, 0.329. So 3: a third of the time of 5 for 1 % more bytes.
"""

from __future__ import annotations

import statistics
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import brotli

from pinboard.imaging import dicom, frames
from tests.samples import ROOT

SERIES, MOST, TIMES = ("ct-series", "mr-series"), 24, 3
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    **{f"brotli {quality}": partial(brotli.compress, quality=quality) for quality in (5, 4, 3, 2)},
    **{f"zlib {level}": partial(zlib.compress, level=level) for level in (6, 1)},
}


def cost(pack: Callable[[bytes], bytes], planes: bytes) -> tuple[float, int]:
    """Give the milliseconds and the size of one frame."""
    best, size = float("inf"), 0
    for _try in range(TIMES):
        began = time.process_time()
        size = len(pack(planes))
        best = min(best, time.process_time() - began)
    return best * 1000, size


def main() -> int:
    """Measure every packer on every series."""
    for series in SERIES:
        paths = sorted(Path(ROOT, series).rglob("*.dcm"))[:MOST]
        planes = [
            brotli.decompress(frames.encode_frame(dicom.frame(dicom.read(path.read_bytes()), 0))) for path in paths
        ]
        for name, pack in PACKERS.items() if planes else ():
            costs = [cost(pack, one) for one in planes]
            part = sum(size for _ms, size in costs) / sum(map(len, planes))
            print(f"{series}  {name}  {statistics.median(ms for ms, _size in costs):.1f} ms  {part:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
