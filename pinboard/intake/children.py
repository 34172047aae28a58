"""Asks sandbox children and believes nothing they say before it is checked here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pinboard.intake.errors import IntakeError
from pinboard.intake.stores import Stores
from pinboard.sandbox import Answer, Busy, ChildFailed, ChildRefused, MemFile
from pinboard.sandbox.limits import Kind

# What it means for the owner of a file that its child did not come back.
_FAILURES = {"memory": "too-large", "time": "too-large", "crash": "damaged", "error": "damaged"}

LARGEST_SIDE = 65_535
MOST_FRAMES = 2_000


class RefusedFile(Exception):  # noqa: N818 - a refusal is an answer about a file, not a fault
    """A file that is not taken; `code` has a sentence in `errors`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def child_answer(
    stores: Stores,
    job: str,
    parts: Sequence[bytes | MemFile],
    params: dict[str, Any],
    *,
    kind: Kind,
    foreground: bool = True,
) -> Answer:
    """Run one job; what the child will not or cannot do comes back as `RefusedFile`, a full house as `IntakeError`."""
    try:
        return stores.pool.run(job, list(parts), params, kind=kind, foreground=foreground)
    except ChildRefused as refusal:
        raise RefusedFile(refusal.code) from None
    except ChildFailed as failure:
        raise RefusedFile(_FAILURES[failure.reason]) from None
    except Busy as busy:
        raise IntakeError("busy", retry_after=busy.retry_after) from None


def picture_size(answer: Answer, *, magic: bytes) -> tuple[int, int]:
    """Give width and height of a picture that a child made, once it looks like one."""
    if len(answer.parts) != 1 or not answer.parts[0].startswith(magic):
        raise RefusedFile("damaged")
    return whole(answer.json, "width", LARGEST_SIDE), whole(answer.json, "height", LARGEST_SIDE)


def whole(values: dict[str, Any], name: str, most: int, least: int = 1) -> int:
    """Give a whole number from a child's answer if it lies within its bounds."""
    value = values.get(name)
    if type(value) is not int or not least <= value <= most:
        raise RefusedFile("damaged")
    return value
