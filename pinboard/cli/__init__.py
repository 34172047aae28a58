"""The command line: one module per command, and only the module of the command that was typed is loaded.

A command's module has `configure(parser)`, which adds its arguments, and `run(arguments)`, which gives the exit code.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from pinboard import __version__
from pinboard.config import ConfigError

COMMANDS = {
    "serve": "run the web server",
    "worker": "run background jobs in a process of their own",
    "check": "look for what is wrong with this installation",
    "config": "print every setting in force, secrets masked",
    "user": "add, disable, reset or log out an account",
    "demo": "load the demo board",
    "deid": "de-identify files into a folder",
    "scan": "write the areas of pictures that a review would suggest",
    "seed": "fill an empty installation with synthetic cases",
    "prove": "look at everything that is stored, and sign that nothing violates the profile",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words else "--help"
    if name in {"-V", "--version"}:
        print(f"Pinboard {__version__}")
        return 0
    if name not in COMMANDS:
        return _usage(is_asked=name in {"-h", "--help", "help"})
    # Loaded by name, so that `pinboard deid` needs no web framework and `pinboard serve` no image decoder.
    command = importlib.import_module(f"pinboard.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"pinboard {name}", description=_sentence(COMMANDS[name]))
    command.configure(parser)
    try:
        return int(command.run(parser.parse_args(words[1:])))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _usage(*, is_asked: bool) -> int:
    lines = ["usage: pinboard COMMAND [arguments]", ""]
    lines += [f"  {name:8}{text}" for name, text in COMMANDS.items()]
    lines += ["", "`pinboard COMMAND --help` says more. docs/operations.md shows them at work."]
    print("\n".join(lines), file=sys.stdout if is_asked else sys.stderr)
    return 0 if is_asked else 2


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
