"""Looks at everything that is stored and lists what violates the profile, or prints one signed line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pinboard import clock
from pinboard.config import load
from pinboard.intake.stores import Stores
from pinboard.models.ready import ensure_ready
from pinboard.proof.line import is_genuine, key_from, public_text, signing_key
from pinboard.proof.prove import prove
from pinboard.proof.runs import keep_new


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard prove`."""
    parser.add_argument("--key", action="store_true", help="print the public key that proves a line, and do no more")
    parser.add_argument(
        "--verify", metavar="LINE", help="tell whether a line is genuine, and do no more; - reads it from stdin"
    )
    parser.add_argument("--with", dest="public", metavar="KEY", help="the public key for --verify, if it is not ours")


def run(arguments: argparse.Namespace) -> int:
    """Prove, or speak about a proof; the exit code is 1 if anything is wrong."""
    if arguments.verify is not None:
        return _verify(arguments.verify, arguments.public)
    config = load()
    if arguments.key:
        print(public_text(signing_key(config.keys).public_key()))
        return 0
    ensure_ready(config)
    stores = Stores.open(config)
    try:
        started_at = clock.now()
        proved = prove(stores, _watch if sys.stderr.isatty() else _silent)
        keep_new(stores, proved, started_at=started_at)
    finally:
        stores.close()
    for one in proved.violations:
        print(f"{one.code} | {one.thing} | {one.sentence}")
    if proved.violations:
        print(f"{len(proved.violations)} violations.", file=sys.stderr)
        return 1
    print(proved.line)
    return 0


def _verify(line: str, public: str | None) -> int:
    text = sys.stdin.read() if line == "-" else line
    try:
        key = key_from(public) if public else signing_key(_keys()).public_key()
    except ValueError:
        print("This is not a public key.", file=sys.stderr)
        return 2
    if not is_genuine(text, key):
        print("The line is not genuine: it was changed, or another key signed it.")
        return 1
    print("The line is genuine.")
    return 0


def _keys() -> Path:
    return load().keys


def _watch(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rLooked at {done} of {total} cases and images.", end=end, file=sys.stderr, flush=True)


def _silent(_done: int, _total: int) -> None:
    """Say nothing where nobody watches."""
