"""Holds the jobs of the main sandbox by name and kind, and guards each: no message of a parser ever leaves a child."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from pinboard.imaging.errors import Refused
from pinboard.sandbox.canvas import NotPainted

Json = dict[str, Any]
Job = Callable[[list[bytes], Json], tuple[Json, Sequence[bytes]]]

JOBS: dict[str, Job] = {}
HEADER_JOBS: set[str] = set()
PIXEL_JOBS: set[str] = set()


def register(names: set[str]) -> Callable[[Job], Job]:
    """Register a job as one of header or pixel kind; whatever it raises about a file leaves as a bare refusal."""

    def named(run: Job) -> Job:
        @functools.wraps(run)
        def guarded(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return run(parts, params)
            except (Refused, NotPainted, MemoryError):
                raise
            except Exception:  # noqa: BLE001 - hostile bytes make parsers raise every type, with values in the message
                raise Refused("damaged") from None

        JOBS[run.__name__] = guarded
        names.add(run.__name__)
        return guarded

    return named
