"""Measures the header step beside plain pydicom and dicognito: python -m bench.headers [--files 200] [--rounds 5].

Each reads the same files from memory and writes them to memory, in turns, so that a busy machine slows all alike. Exit
code 1 where Pinboard takes more than 1.5 times as long as reading and writing with pydicom alone.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

from pinboard.deid.pseudonym import Keys
from pinboard.sandbox.jobs import JOBS
from tests.samples import ROOT

BOUND = 1.5
PARAMS = {"keys": Keys.derive(bytes(32), "bench").as_params(), "today": "2026-11-24"}
Step = Callable[[bytes], object]


def small(count: int) -> list[bytes]:
    """Give copies of pydicom's small CT as instances of their own."""
    path = get_testdata_file("CT_small.dcm", download=False)
    if path is None:
        raise FileNotFoundError("CT_small.dcm belongs to pydicom's wheel")
    dataset = pydicom.dcmread(path)
    found = []
    for number in range(count):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber = number
        found.append(_written(dataset))
    return found


def series(count: int) -> list[bytes]:
    """Give the slices of the samples' CT, again and again until there are enough."""
    paths = sorted(Path(ROOT, "ct-series").rglob("*.dcm"))
    return [paths[number % len(paths)].read_bytes() for number in range(count)] if paths else []


def _written(dataset: pydicom.Dataset) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def plain(data: bytes) -> object:
    """Read and write with pydicom and change nothing."""
    return _written(pydicom.dcmread(io.BytesIO(data)))


def ours(data: bytes) -> object:
    """Rebuild as a sandbox child does."""
    return JOBS["scrub"]([data], PARAMS)


def dicognito() -> Step:
    """Give the step of dicognito, with the seed that keeps patients together."""
    from dicognito.anonymizer import Anonymizer

    anonymizer = Anonymizer(seed="bench")

    def step(data: bytes) -> object:
        dataset = pydicom.dcmread(io.BytesIO(data))
        anonymizer.anonymize(dataset)
        return _written(dataset)

    return step


def steps() -> dict[str, Step]:
    """Give what is compared; dicognito only where it is installed."""
    found: dict[str, Step] = {"pydicom read + write": plain, "Pinboard": ours}
    try:
        found["dicognito"] = dicognito()
    except ImportError:
        print("dicognito is not installed (pip install dicognito); it is left out")
    return found


def measure(files: list[bytes], rounds: int) -> dict[str, float]:
    """Give the seconds per file of each step: the median over rounds in which they take turns."""
    compared = steps()
    times: dict[str, list[float]] = {name: [] for name in compared}
    for step in compared.values():
        step(files[0])
    for _ in range(rounds):
        for name, step in compared.items():
            start = time.process_time()
            for data in files:
                step(data)
            times[name].append((time.process_time() - start) / len(files))
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> int:
    """Print a table for small files and for whole slices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    sets: dict[str, list[bytes]] = {"CT of 128 × 128": small(chosen.files), "CT of 512 × 512": series(chosen.files)}
    holds = True
    for name, files in sets.items():
        if not files:
            print(f"{name}: the samples are not here (PINBOARD_SAMPLES)")
            continue
        seconds = measure(files, chosen.rounds)
        base = seconds["pydicom read + write"]
        print(f"\n{name}, {len(files)} files, median of {chosen.rounds} rounds, one core")
        for step, taken in seconds.items():
            print(f"  {step:22}{1 / taken:8.0f} files/s{taken * 1000:8.2f} ms{taken / base:7.2f} ×")
        holds = holds and seconds["Pinboard"] <= BOUND * base
    print("\nwithin the bound" if holds else f"\nmore than {BOUND} times as long as reading and writing")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
