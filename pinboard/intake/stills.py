"""Makes single pictures of what is published, for slides and messages: a frame as PNG, a cine as animated WebP."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from pinboard.intake.children import RefusedFile, child_answer, picture_size
from pinboard.intake.errors import IntakeError
from pinboard.intake.stores import Stores
from pinboard.models import Instance, InstanceState, MediaFile

MOST_FRAMES: Final = 300
"""A longer cine is thinned out; each frame is then shown for longer."""
_USUAL_MS, _LEAST_MS = 66.0, 20.0
_PNG = b"\x89PNG\r\n\x1a\n"


def still(stores: Stores, instance_id: int, frame: int, window: tuple[float, float] | None = None) -> bytes:
    """Give one frame as PNG, in the window of its file or in another."""
    instance, pack = _stored(stores, instance_id)
    index = pack.index or []
    if not 0 <= frame < len(index):
        raise IntakeError("no-such-frame")
    data = stores.media.read_range(pack.object_name, *index[frame])
    params = _reading(instance) | {"index": frame, "window": list(window) if window else None}
    answer = child_answer(stores, "picture", [data], params, kind="pixel")
    picture_size(answer, magic=_PNG)
    return answer.parts[0]


def cine(stores: Stores, instance_id: int) -> bytes:
    """Give all frames of an instance as an animated WebP, at the speed of the recording."""
    instance, pack = _stored(stores, instance_id)
    index = pack.index or []
    if len(index) < 2:
        raise IntakeError("no-such-frame")
    step = -(-len(index) // MOST_FRAMES)
    parts, frames, at = [], [], 0
    for number in range(0, len(index), step):
        start, length = index[number]
        parts.append(stores.media.read_range(pack.object_name, start, length))
        frames.append([number, at, length])
        at += length
    each = max((instance.frame_time or _USUAL_MS) * step, _LEAST_MS)
    params = _reading(instance) | {"frames": frames, "milliseconds": round(each)}
    answer = child_answer(stores, "cine", [b"".join(parts)], params, kind="pixel")
    if len(answer.parts) != 1 or (answer.parts[0][:4], answer.parts[0][8:12]) != (b"RIFF", b"WEBP"):
        raise RefusedFile("damaged")
    return answer.parts[0]


def _stored(stores: Stores, instance_id: int) -> tuple[Instance, MediaFile]:
    with stores.reading() as session:
        instance = session.get(Instance, instance_id)
        wanted = (MediaFile.instance_id == instance_id, MediaFile.variant == "frames")
        pack = session.scalar(select(MediaFile).where(*wanted))
    if instance is None or pack is None or instance.state != InstanceState.PUBLISHED:
        raise IntakeError("not-published")
    return instance, pack


def _reading(instance: Instance) -> dict[str, Any]:
    shape = [instance.rows, instance.columns] + ([instance.samples] if instance.samples > 1 else [])
    return {"header": instance.header, "shape": shape, "dtype": instance.dtype}
