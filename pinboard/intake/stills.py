"""Makes single pictures of what is published, for slides and messages: a frame as PNG, a cine or stack as WebP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from pinboard.intake.children import RefusedFile, child_answer, picture_size
from pinboard.intake.errors import IntakeError
from pinboard.intake.export import reading, stored
from pinboard.intake.stores import Stores
from pinboard.sandbox import Busy, MemFile

LONGEST: Final = 640
"""Pixels of the longer side of what moves: it is sent round in a message, not measured on."""
MOST_FRAMES: Final = 300
"""A longer cine is thinned out; each frame is then shown for longer."""
MOST_SLICES: Final = 150
"""So is a longer stack, which has no time of its own: it goes by as fast as a calm hand scrolls."""
_USUAL_MS, _LEAST_MS, _SLICE_MS = 66.0, 20.0, 80
_PNG = b"\x89PNG\r\n\x1a\n"


def still(stores: Stores, instance_id: int, frame: int, window: tuple[float, float] | None = None) -> bytes:
    """Give one frame as PNG, in the window of its file or in another."""
    ((instance, pack),) = stored(stores, [instance_id])
    index = pack.index or []
    if not 0 <= frame < len(index):
        raise IntakeError("no-such-frame")
    data = stores.media.read_range(pack.object_name, *index[frame])
    params = reading(instance) | {"index": frame, "window": list(window) if window else None}
    answer = child_answer(stores, "picture", [data], params, kind="pixel")
    picture_size(answer, magic=_PNG)
    return answer.parts[0]


def cine(stores: Stores, instance_id: int) -> bytes:
    """Give all frames of an instance as an animated WebP, at the speed of the recording."""
    ((instance, pack),) = stored(stores, [instance_id])
    index = pack.index or []
    if len(index) < 2:
        raise IntakeError("no-such-frame")
    chosen = thinned(len(index), MOST_FRAMES)
    each = max((instance.frame_time or _USUAL_MS) * chosen.step, _LEAST_MS)
    frames = [_Frame(0, number, pack.object_name, *index[number]) for number in chosen]
    return _animated(stores, [reading(instance)], frames, key=0, milliseconds=round(each))


def stack(stores: Stores, instance_ids: Sequence[int], key: int) -> bytes:
    """Give slices that follow one another as an animated WebP, in the window of the one at `key`."""
    chosen = thinned(len(instance_ids), MOST_SLICES, key)
    found = stored(stores, [instance_ids[at] for at in chosen])
    frames = [_Frame(at, 0, pack.object_name, *(pack.index or [])[0]) for at, (_one, pack) in enumerate(found)]
    images = [reading(instance) for instance, _pack in found]
    return _animated(stores, images, frames, key=chosen.index(key), milliseconds=_SLICE_MS)


def thinned(count: int, most: int, key: int = 0) -> range:
    """Give which of so many pictures are shown where no more than `most` may be; the one at `key` is among them."""
    step = -(-count // most)
    return range(key % step, count, step)


class _Frame(NamedTuple):
    """One stored frame: of which image, its number there, and where it lies."""

    image: int
    number: int
    object_name: str
    start: int
    length: int


def _animated(
    stores: Stores, images: list[dict[str, Any]], frames: Sequence[_Frame], *, key: int, milliseconds: int
) -> bytes:
    params: dict[str, Any] = {"images": images, "key": key, "milliseconds": milliseconds, "longest": LONGEST}
    try:
        with stores.pool.memfile() as packed:
            params["frames"] = list(_placed(stores, frames, packed))
            answer = child_answer(stores, "cine", [packed], params, kind="pixel")
    except Busy as busy:
        raise IntakeError("busy", retry_after=busy.retry_after) from None
    if len(answer.parts) != 1 or (answer.parts[0][:4], answer.parts[0][8:12]) != (b"RIFF", b"WEBP"):
        raise RefusedFile("damaged")
    return answer.parts[0]


def _placed(stores: Stores, frames: Sequence[_Frame], packed: MemFile) -> Iterator[list[int]]:
    """Gather stored frames in one file, and say of each where it begins."""
    for one in frames:
        yield [one.image, one.number, packed.size, one.length]
        packed.write(stores.media.read_range(one.object_name, one.start, one.length))
