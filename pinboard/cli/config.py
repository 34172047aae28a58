"""Prints what is set, so that a question about an installation can be answered with facts."""

from __future__ import annotations

import argparse

from pinboard.config import load, shown
from pinboard.settings import SETTINGS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard config`."""
    parser.add_argument("--help-settings", action="store_true", help="print what each setting means instead")


def run(arguments: argparse.Namespace) -> int:
    """Print one setting per line."""
    if arguments.help_settings:
        for setting in SETTINGS:
            print(f"{setting.variable} ({setting.default or 'not set'})\n    {setting.help}")
        return 0
    values = shown(load())
    for setting in SETTINGS:
        print(f"{setting.variable}={values[setting.key]}")
    return 0
