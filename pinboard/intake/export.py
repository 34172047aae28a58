"""Makes the lossless DICOM instance of a published image anew whenever somebody asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.custody import Scrubbed
from pinboard.intake.children import RefusedFile, child_answer
from pinboard.intake.errors import IntakeError
from pinboard.intake.stores import Stores
from pinboard.models import Instance, InstanceState, MediaFile


def instance_bytes(stores: Stores, session: Session, instance: Instance) -> bytes:
    """Give the file: allowed header, painted pixels, Explicit VR Little Endian.

    Whoever asks for it was let in by `policy` before; the session is closed by its owner before the bytes are sent.
    """
    if instance.state != InstanceState.PUBLISHED:
        raise IntakeError("not-published")
    return _rebuilt(stores, [(instance, _frames_of(session, instance))])[0]


def rebuilt(stores: Stores, instance_ids: Sequence[int]) -> list[bytes]:
    """Give the files of images that are published now, in their order; no session stays open while a child works."""
    return _rebuilt(stores, stored(stores, instance_ids))


def stored(stores: Stores, instance_ids: Sequence[int]) -> list[tuple[Instance, MediaFile]]:
    """Give images that are published now, each with its pack of frames, in the order that was asked for."""
    wanted = (
        select(Instance, MediaFile)
        .join(MediaFile, (MediaFile.instance_id == Instance.id) & (MediaFile.variant == "frames"))
        .where(Instance.id.in_(instance_ids), Instance.state == InstanceState.PUBLISHED)
    )
    with stores.reading() as session:
        found = {instance.id: (instance, pack) for instance, pack in session.execute(wanted)}
    if len(found) != len(instance_ids):
        raise IntakeError("not-published")
    return [found[instance_id] for instance_id in instance_ids]


def reading(instance: Instance) -> dict[str, Any]:
    """Say to a child how the stored frames of an image are read."""
    shape = [instance.rows, instance.columns] + ([instance.samples] if instance.samples > 1 else [])
    return {"header": instance.header, "shape": shape, "dtype": instance.dtype}


def scrubbed_again(stores: Stores, instance: Instance) -> Scrubbed:
    """Give a hidden image as something that waits for a look: its header is the allow list's, its pixels are doubted.

    A header child makes the bytes from nothing but allowed elements and the lossless frames, so this is a header step.
    """
    if instance.state != InstanceState.HIDDEN:
        raise IntakeError("not-published")
    with stores.reading() as session:
        pack = _frames_of(session, instance)
    (data,) = _rebuilt(stores, [(instance, pack)])
    return Scrubbed(data, instance.header, hashlib.sha256(data).hexdigest())


def _frames_of(session: Session, instance: Instance) -> MediaFile:
    wanted = (MediaFile.instance_id == instance.id, MediaFile.variant == "frames")
    pack = session.scalar(select(MediaFile).where(*wanted))
    if pack is None:
        raise IntakeError("not-published")
    return pack


def _rebuilt(stores: Stores, images: Sequence[tuple[Instance, MediaFile]]) -> list[bytes]:
    packs = [stores.media.read(pack.object_name) for _instance, pack in images]
    wanted = [reading(instance) | {"frames": _places(pack)} for instance, pack in images]
    parts = child_answer(stores, "export_each", packs, {"instances": wanted}, kind="header").parts
    if len(parts) != len(images) or any(part[128:132] != b"DICM" for part in parts):
        raise RefusedFile("damaged")
    return list(parts)


def _places(pack: MediaFile) -> list[dict[str, int]]:
    return [{"offset": offset, "length": length} for offset, length in pack.index or []]
