"""Makes the lossless DICOM instance of a published image anew whenever somebody asks for it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.intake.children import RefusedFile, child_answer
from pinboard.intake.errors import IntakeError
from pinboard.intake.stores import Stores
from pinboard.models import Instance, InstanceState, MediaFile


def instance_bytes(stores: Stores, session: Session, instance: Instance) -> bytes:
    """Give the file: allowed header, painted pixels, Explicit VR Little Endian.

    Whoever asks for it was let in by `policy` before; the session is closed by its owner before the bytes are sent.
    """
    wanted = (MediaFile.instance_id == instance.id, MediaFile.variant == "frames")
    pack = session.scalar(select(MediaFile).where(*wanted))
    if pack is None or instance.state != InstanceState.PUBLISHED:
        raise IntakeError("not-published")
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
