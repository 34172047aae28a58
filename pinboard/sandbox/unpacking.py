"""Unpacks archives in a child that holds no keys: it may be as hostile as an archive can make it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pinboard.imaging import archive
from pinboard.imaging.errors import Refused
from pinboard.sandbox.registry import PIXEL_JOBS, register

Json = dict[str, Any]


@register(PIXEL_JOBS)
def archive_entries(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:  # noqa: ARG001 - a job's form
    """List the files of an archive: place and promised length of each, never what it is called."""
    return {"entries": [[one.index, one.size] for one in archive.entries(parts[0])]}, []


@register(PIXEL_JOBS)
def unpack(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Unpack some files of an archive; `refused` says of each why it is not taken, "" with its bytes in its part."""
    codes: list[str] = []
    out: list[bytes] = []
    for index in params["indices"][: archive.BATCH_FILES]:
        try:
            out.append(archive.unpack(parts[0], int(index), int(params["most"])))
            codes.append("")
        except Refused as refusal:
            out.append(b"")
            codes.append(refusal.code)
    return {"refused": codes}, out
