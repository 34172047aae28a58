"""Fills an installation with synthetic cases, for trying load and scale; one with real cases is left alone."""

from __future__ import annotations

import argparse
import sys
import time

from pinboard.config import load
from pinboard.intake.seeding import HasRealCases, Wanted, fill
from pinboard.intake.stores import Stores
from pinboard.models.ready import ensure_ready


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard seed`."""
    parser.add_argument("--cases", type=int, default=10_000, metavar="N", help="how many cases there shall be")
    parser.add_argument("--boards", type=int, default=20, metavar="N", help="boards they are pinned to")
    parser.add_argument("--readers", type=int, default=20, metavar="N", help="clinicians beside their author")


def run(arguments: argparse.Namespace) -> int:
    """Add cases until there are as many as were asked for."""
    config = load()
    ensure_ready(config)
    stores = Stores.open(config)
    started, wanted = time.monotonic(), Wanted(arguments.cases, arguments.boards, arguments.readers)
    try:
        with stores.sessions() as session:
            added = fill(session, wanted, tell=lambda count: print(f"{count} cases", file=sys.stderr))
    except HasRealCases as refusal:
        print(refusal, file=sys.stderr)
        return 1
    finally:
        stores.close()
    print(f"{added} synthetic cases were added in {time.monotonic() - started:.0f} s.")
    return 0
