"""Gives a file the whole way of an upload, in a child or, run as a program, in one unconfined process."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from pathlib import Path

from pinboard.sandbox import ChildFailed, child

KEYS = {"key_id": "a", "pseudonym": "00" * 32, "uid": "11" * 32, "date": "22" * 32, "device": "33" * 32}
STEP = {"keys": KEYS, "today": "2026-01-01"}
BOXES = {"boxes": [[None, 0, 0, 8, 8]]}


def whole_way(run, data):
    """Give the hash of what would be published, or the code of the refusal; `run` takes job, parts and params."""
    try:
        scrubbed = _scrubbed(run, data)
        run("preview", [scrubbed], {"frame": 0})
        value, out = run("develop", [scrubbed], BOXES)
        run("export", [out[0]], value)
        # A photo gets new UIDs each time; its pixels do not change.
        return hashlib.sha256(b"".join(out)).hexdigest()
    except ChildFailed as error:
        return f"failed {error.reason}"
    except Exception as error:
        if not hasattr(error, "code"):
            raise
        return f"refused {error.code}"


def _scrubbed(run, data):
    try:
        return run("scrub", [data], STEP)[1][0]
    except Exception as error:
        if getattr(error, "code", None) != "not-an-image":
            raise
    shape, out = run("photo", [data], {})
    return run("wrap_photo", out, {**STEP, **shape})[1][0]


def main(paths):
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (300, 300))
    jobs = child.load("pinboard.sandbox.jobs")
    before = set(sys.modules)
    outcomes = {path: whole_way(lambda job, *rest: jobs.JOBS[job](*rest), Path(path).read_bytes()) for path in paths}
    print(json.dumps({"outcomes": outcomes, "late": sorted(set(sys.modules) - before)}))  # noqa: T201


if __name__ == "__main__":
    main(json.load(sys.stdin))
