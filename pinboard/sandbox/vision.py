"""The process that looks at one picture: it opens the networks, gives up everything else, looks, and is gone.

It never sees a file, only 8-bit planes that a pixel child decoded.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from pinboard.sandbox import child, confine
from pinboard.sandbox.cold import confine_to
from pinboard.sandbox.wire import send, unframe

_MOST_INPUT = 512 << 20
_NICE = 5


def main(module: str, *folders: str) -> None:
    """Read planes from the standard input, write rectangles to the standard output."""
    if sys.platform == "linux":
        confine.die_with_parent(os.getppid())
    if hasattr(os, "nice"):
        os.nice(_NICE)
    sys.path.extend(folders)
    request, parts = unframe(sys.stdin.buffer.read, _MOST_INPUT)
    jobs: Any = importlib.import_module(module)
    # The weights are files, so they are read before files are out of reach.
    jobs.prepare(request["params"])
    confine_to(request, parts, without_files=True)
    send(sys.stdout.buffer.write, child.pieces(jobs, request, lambda: (request["params"], parts)))
    sys.stdout.buffer.flush()
