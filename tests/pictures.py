"""Puts bytes behind the rows of pictures that a factory made, and names their addresses."""

from sqlalchemy import select

from pinboard.custody import FramePack, Rendition
from pinboard.ids import public_id
from pinboard.models import Instance, MediaFile
from tests.factories import add


def store(session, stores, instance):
    """Give one picture its renditions and a pack with a preview of each frame."""
    rows = session.scalars(select(MediaFile).where(MediaFile.instance_id == instance.id)).all()
    receipt_id = rows[0].receipt_id
    for row in rows:
        thing = Rendition(public_id(), row.variant, "image/webp", row.width, row.height, f"RIFF {row.variant}".encode())
        stored = stores.media.put(thing, receipt_id)
        row.object_name, row.sha256, row.size = stored.object_name, stored.sha256, stored.size
    frames = [f"frame {number}".encode() for number in range(instance.frame_count)]
    starts = [sum(map(len, frames[:place])) for place in range(len(frames))]
    index = [[start, len(frame)] for start, frame in zip(starts, frames, strict=True)]
    pack = FramePack(public_id(), "previews", tuple(map(tuple, index)), b"".join(frames))
    stored = stores.media.put(pack, receipt_id)
    add(
        session,
        MediaFile(
            object_name=stored.object_name, media_name=instance.media_name, variant="previews",
            case_id=instance.case_id, instance_id=instance.id, receipt_id=receipt_id, content_type="image/jpeg",
            width=1, height=1, size=stored.size, sha256=stored.sha256, index=index,
        ),
    )  # fmt: skip


def images(session, case):
    """Give the images of a case in order."""
    return list(session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)))


def store_all(session, stores, case):
    """Give every picture of a case its bytes."""
    for instance in images(session, case):
        store(session, stores, instance)


def addresses(instance):
    """Give every address under /media at which one picture is served."""
    variants = [*(f"w{width}" for width in (236, 474, 736, 1200)), *(f"f{n}" for n in range(instance.frame_count))]
    return [f"/media/{instance.media_name}/{variant}" for variant in variants]
