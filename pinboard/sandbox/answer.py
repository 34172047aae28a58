"""Reads a child's answer as what it is: bytes from a process that hostile input may own."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pinboard.sandbox.errors import ChildFailed, ChildRefused, Reason
from pinboard.sandbox.wire import TooLargeError, WireError, unframe

_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DETAIL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}( [a-z_]{1,40}:[0-9]{1,5})?")
_REASONS: dict[int, Reason] = {signal.SIGXCPU: "time", signal.SIGKILL: "memory"} if hasattr(signal, "SIGXCPU") else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job gave back."""

    json: dict[str, Any]
    parts: list[bytes]


def read_answer(take: Callable[[int], bytes], limit: int) -> Answer:
    """Read one answer, or raise what the child says became of its job."""
    try:
        head, parts = unframe(take, limit)
    except TooLargeError as error:
        raise ChildFailed("memory", "Answer") from error
    except WireError as error:
        raise ChildFailed("error", "Answer") from error
    match head:
        case {"value": dict(value)}:
            return Answer(value, parts)
        case {"refused": str(code)} if _CODE.fullmatch(code):
            raise ChildRefused(code)
        case {"failed": "memory"}:
            raise ChildFailed("memory")
        case {"failed": "error", "detail": str(detail)} if _DETAIL.fullmatch(detail):
            raise ChildFailed("error", detail)
    raise ChildFailed("error", "Answer")


def reason_for(status: int) -> Reason:
    """Say why a child ended that gave no answer and that nobody here killed.

    A kill from outside is the kernel's, for want of memory.
    """
    return _REASONS.get(-status, "crash")
