"""Measures how much burned-in text the detector suggests: python -m bench.burned_in [--seed 3 [17 …]] [--misses].

Exit code 1 where a floor is missed. The pictures are made from the samples (PINBOARD_SAMPLES) and are never written.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys

from PIL import Image

from bench.planted import clean_set, planted_set
from bench.planted.make import CLEAN_PER_KIND, PER_KIND, Box, Pixels
from bench.planted.score import Find, Score, mean, score
from pinboard.deid.detect.weights import detector_name
from pinboard.sandbox import Pool
from pinboard.sandbox.look import look

SEEDS = (3, 17)
"""The first was used while thresholds were chosen, the second never."""


def detector(pool: Pool) -> Find:
    """Give the detector as the product uses it: in a process of its own, which starts for each picture."""

    def find(pixels: Pixels) -> list[Box]:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        seen = look(pool, file.getvalue(), wants_faces=False, foreground=True)
        if not seen.is_whole:
            raise RuntimeError("the networks did not finish; is the extra `vision` installed?")
        return [one.corners for one in seen.suggested]

    return find


def processor_seconds() -> float:
    """Give the time that the children which ran networks have computed; other work on the machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def floors(result: Score, *, megabytes: float, seconds: float) -> dict[str, bool]:
    """Compare a result with what must hold; `seconds` is what one picture took of a core."""
    return {
        "items covered ≥ 95 %": result.item_recall >= 0.95,
        "glyph pixels covered ≥ 98.5 %": result.glyph_recall >= 0.985,
        "wrongly covered ≤ 1 %": mean(result.wrong) <= 0.01,
        "wrongly covered when clean ≤ 0.1 %": mean(result.clean_wrong) <= 0.001,
        "seconds per picture on one core ≤ 4": seconds <= 4,
        "memory ≤ 0.8 GB": megabytes <= 800,
    }


def main() -> int:
    """Measure one or more sets and print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--per-kind", type=int, default=PER_KIND, help="pictures of each of the five kinds")
    parser.add_argument("--misses", action="store_true", help="list what was not covered")
    chosen = parser.parse_args()
    print(detector_name())
    pool, holds = Pool(), True
    for seed in chosen.seed:
        clean = max(1, chosen.per_kind * CLEAN_PER_KIND // PER_KIND)
        before = processor_seconds()
        result = score(planted_set(seed, chosen.per_kind), clean_set(seed, clean), detector(pool))
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        seconds = (processor_seconds() - before) / len(result.seconds)
        print(f"\nseed {seed}\n{result.table()}\n")
        print(f"largest child: {megabytes:.0f} MB; its processor time: {seconds:.2f} s per picture\n")
        for name, is_met in floors(result, megabytes=megabytes, seconds=seconds).items():
            print(f"{'met   ' if is_met else 'MISSED'}  {name}")
            holds &= is_met
        if chosen.misses:
            print("\nnot covered:", *result.missed, sep="\n  ")
    pool.close()
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
