"""Loads the demo board while somebody watches; the web process does the same as a job."""

from __future__ import annotations

import argparse

from pinboard.config import load
from pinboard.intake.demo import load_demo
from pinboard.intake.stores import Stores
from pinboard.models.ready import ensure_ready


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard demo`: none."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Publish the demo cases that are not there yet."""
    del arguments
    config = load()
    ensure_ready(config)
    stores = Stores.open(config)
    try:
        added = load_demo(stores)
    finally:
        stores.close()
    print(f"{added} demo cases were added." if added else "Every demo case was there already.")
    return 0
