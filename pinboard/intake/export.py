"""Makes the lossless DICOM instance of a published image anew whenever somebody asks for it."""

from __future__ import annotations

import hashlib

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
    return _rebuilt(stores, instance, _frames_of(session, instance))


def rebuilt(stores: Stores, instance_id: int) -> bytes:
    """Give the file of an image that is published now; no session stays open while a child makes it."""
    with stores.reading() as session:
        instance = session.get(Instance, instance_id)
        if instance is None or instance.state != InstanceState.PUBLISHED:
            raise IntakeError("not-published")
        pack = _frames_of(session, instance)
    return _rebuilt(stores, instance, pack)


def scrubbed_again(stores: Stores, instance: Instance) -> Scrubbed:
    """Give a hidden image as something that waits for a look: its header is the allow list's, its pixels are doubted.

    A header child makes the bytes from nothing but allowed elements and the lossless frames, so this is a header step.
    """
    if instance.state != InstanceState.HIDDEN:
        raise IntakeError("not-published")
    with stores.reading() as session:
        pack = _frames_of(session, instance)
    data = _rebuilt(stores, instance, pack)
    return Scrubbed(data, instance.header, hashlib.sha256(data).hexdigest())


def _frames_of(session: Session, instance: Instance) -> MediaFile:
    wanted = (MediaFile.instance_id == instance.id, MediaFile.variant == "frames")
    pack = session.scalar(select(MediaFile).where(*wanted))
    if pack is None:
        raise IntakeError("not-published")
    return pack


def _rebuilt(stores: Stores, instance: Instance, pack: MediaFile) -> bytes:
    shape = [instance.rows, instance.columns] + ([instance.samples] if instance.samples > 1 else [])
    answer = child_answer(
        stores,
        "export",
        [stores.media.read(pack.object_name)],
        {
            "header": instance.header,
            "shape": shape,
            "dtype": instance.dtype,
            "frames": [{"offset": offset, "length": length} for offset, length in pack.index or []],
        },
        kind="header",
    )
    if len(answer.parts) != 1 or answer.parts[0][128:132] != b"DICM":
        raise RefusedFile("damaged")
    return answer.parts[0]
