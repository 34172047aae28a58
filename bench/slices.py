"""Measures how long a CT slice takes to become a picture: python -m bench.slices [--rounds 40].

Time of the processor, not of the clock, of one slice after another in one warm process: parsed, decoded, windowed and
encoded, without the sandbox around it. Exit code 1 where the median of the samples' CT takes more than 2.5 ms.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pinboard.deid.header import extract
from pinboard.imaging import dicom, frames, renditions, window
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
from tests.samples import ROOT

BOUND_MS = 2.5
Step = Callable[[], object]


def scrubbed() -> list[bytes]:
    """Give the slices of the samples' CT as they lie in the vault."""
    paths = sorted(Path(ROOT, "ct-series").rglob("*.dcm"))
    return [JOBS["scrub"]([path.read_bytes()], keys_params())[1][0] for path in paths]


def picture(data: bytes) -> bytes:
    """Show one slice as the preview of a draft or a frame of a published case is shown."""
    dataset = dicom.read(data)
    shown = window.to_display(dicom.frame(dataset, 0), extract(dataset, derived=True, only=window.SHOWING))
    return renditions.preview_jpeg(shown)


def parts(data: bytes) -> dict[str, Step]:
    """Give each step by itself, with what it needs at hand."""
    dataset = dicom.read(data)
    header, frame = extract(dataset, derived=True, only=window.SHOWING), dicom.frame(dataset, 0)
    shown = window.to_display(frame, header)
    return {
        "parse and header": lambda: extract(dicom.read(data), derived=True, only=window.SHOWING),
        "decode": lambda: dicom.frame(dataset, 0),
        "window": lambda: window.to_display(frame, header),
        "JPEG": lambda: renditions.preview_jpeg(shown),
        "pack": lambda: frames.encode_frame(frame),
    }


def median_ms(step: Step, rounds: int) -> float:
    """Give the median time of the processor of one call, in ms."""
    taken = []
    for _ in range(rounds):
        start = time.process_time_ns()
        step()
        taken.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(taken)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    slices = scrubbed()
    if not slices:
        print("the samples are not here (PINBOARD_SAMPLES)")
        return 2
    picture(slices[0])
    whole = statistics.median(median_ms(lambda one=data: picture(one), rounds) for data in slices[:8])  # type: ignore[misc]
    print(f"CT slice to JPEG      {whole:6.2f} ms of processor time (at most {BOUND_MS})")
    for name, step in parts(slices[0]).items():
        print(f"  {name:<20}{median_ms(step, rounds):6.2f} ms")
    return int(whole > BOUND_MS)


if __name__ == "__main__":
    sys.exit(main())
