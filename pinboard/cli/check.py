"""Prints what is wrong with this installation, each with its id and what to do."""

from __future__ import annotations

import argparse

from pinboard.checks import findings
from pinboard.config import load


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard check`, of which there are none."""


def run(_arguments: argparse.Namespace) -> int:
    """Print the findings; the exit code is 1 if one of them is an error."""
    found = findings(load())
    for one in found:
        print(f"{one.id} {'error' if one.is_error else 'note'}: {one.sentence}\n     {one.hint}")
    if not found:
        print("Nothing is wrong.")
    return 1 if any(one.is_error for one in found) else 0
