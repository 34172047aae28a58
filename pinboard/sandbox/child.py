"""Runs one job and turns whatever becomes of it into an answer without messages."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from pinboard.sandbox.limits import Kind
from pinboard.sandbox.preload import preload
from pinboard.sandbox.wire import Buffer, frame

Job = Callable[[list[bytes], dict[str, Any]], tuple[dict[str, Any], Sequence[Buffer]]]
LoadInput = Callable[[], tuple[dict[str, Any], list[bytes]]]

CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_OURS = str(Path(__file__).resolve().parents[1])


class Jobs(Protocol):
    """What a module of jobs has to name, besides its HEADER_JOBS, PIXEL_JOBS or VISION_JOBS."""

    JOBS: dict[str, Job]


def pieces(jobs: Jobs, request: dict[str, Any], load_input: LoadInput) -> list[Buffer]:
    """Run the job that a request names and give the framed answer, whatever happened."""
    try:
        params, parts = load_input()
        value, out = _job(jobs, request["job"], request["kind"])(parts, params)
        return list(frame({"value": value}, out))
    except MemoryError:
        head = {"failed": "memory"}
    except Exception as error:  # noqa: BLE001 - every outcome must cross, and only as names
        head = describe(error)
    # Outside the except block, so that the frames of the failed job and what they hold are gone.
    return list(frame(head, []))


def _job(jobs: Jobs, name: str, kind: Kind) -> Job:
    # A job runs in its own kind of child only: one that decodes pixels never sees a key.
    if name not in getattr(jobs, f"{kind.upper()}_JOBS", ()):
        raise LookupError
    return jobs.JOBS[name]


def describe(error: Exception) -> dict[str, str]:
    """Give the code of a refusal, else the type and the line of ours; never the message."""
    code = getattr(error, "code", None)
    if isinstance(code, str) and CODE.fullmatch(code):
        return {"refused": code}
    return {"failed": "error", "detail": f"{type(error).__name__} {_line(error.__traceback__)}".strip()}


def _line(trace: TracebackType | None) -> str:
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(_OURS):
            place = f"{Path(name).stem}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def load(module: str, folders: Sequence[str] = ()) -> Jobs:
    """Import the jobs and everything that they would import late, because a confined child cannot."""
    sys.path.extend(folders)
    preload()
    jobs: Any = importlib.import_module(module)
    found: Jobs = jobs
    return found
