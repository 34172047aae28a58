"""Runs background jobs in a process of their own, beside web processes that share its database."""

from __future__ import annotations

import argparse
import sys

from pinboard.config import load
from pinboard.intake.stores import Stores
from pinboard.jobs import run_worker


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard worker`: none."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Work until a signal asks this process to end."""
    del arguments
    config = load()
    if config.worker != "separate":
        print(
            "Jobs run in the web process here. Set PINBOARD_WORKER=separate to run them by this command.",
            file=sys.stderr,
        )
        return 2
    stores = Stores.open(config)
    try:
        run_worker(stores)
    finally:
        stores.close()
    return 0
