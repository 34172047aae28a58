"""Has one reviewed image painted and encoded by a child, and checks every part of the answer before it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pinboard.custody import FramePack, Header, Rendition, Reviewed, WireBox
from pinboard.deid.header import NotAllowed, revalidate
from pinboard.intake.children import LARGEST_SIDE, MOST_FRAMES, RefusedFile, child_answer, whole
from pinboard.intake.fingerprint import Marks, marks_of
from pinboard.intake.stores import Stores
from pinboard.sandbox import Answer

VARIANT_WIDTHS = (236, 474, 736, 1200)
VARIANTS = (*(f"w{width}" for width in VARIANT_WIDTHS), "frames", "previews")
DTYPES = frozenset({"|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"})

_MOST_ENTROPY = 8.0
_WEBP = b"RIFF", b"WEBP"
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Kept:
    """One object that lies in the media store, as its row will describe it."""

    object_name: str
    variant: str
    content_type: str
    width: int
    height: int
    size: int
    sha256: str
    index: list[list[int]] | None = None


@dataclass(frozen=True, slots=True)
class Developed:
    """What became of one instance: how to read a frame, and how its objects will be described."""

    header: Header
    dtype: str
    samples: int
    tone: int
    key_frame: int
    """The frame that its pictures show."""
    entropy: float
    """How much that frame shows, see `imaging.keyframe`."""
    painted: list[WireBox]
    marks: Marks
    kept: tuple[Kept, ...]


def develop(
    stores: Stores, reviewed: Reviewed, names: dict[str, str], key_frame: int | None
) -> tuple[Developed, list[Rendition | FramePack]]:
    """Paint and encode one instance in a child; give what it is, and the objects to store."""
    answer = child_answer(
        stores,
        "develop",
        [reviewed.scrubbed.instance],
        {"boxes": [box.as_list() for box in reviewed.boxes], "key_frame": key_frame},
        kind="pixel",
        foreground=False,
    )
    header = _header(answer, reviewed)
    things = _things(answer, header, names)
    dtype = answer.json.get("dtype")
    if dtype not in DTYPES:
        raise RefusedFile("damaged")
    developed = Developed(
        header=header,
        dtype=dtype,
        samples=header["SamplesPerPixel"],
        tone=whole(answer.json, "tone", 15, 0),
        key_frame=whole(answer.json, "key_frame", (header.get("NumberOfFrames") or 1) - 1, 0),
        entropy=_entropy(answer.json.get("entropy")),
        painted=_painted(answer, reviewed),
        marks=marks_of(answer, stores.keys),
        kept=tuple(_kept(thing, header) for thing in things),
    )
    return developed, things


def _header(answer: Answer, reviewed: Reviewed) -> Header:
    """Check the new header, and that the child did not change whose image this is or which."""
    try:
        header = revalidate(answer.json["header"])
    except (NotAllowed, KeyError, TypeError, AttributeError):
        raise RefusedFile("damaged") from None
    before = reviewed.scrubbed.header
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID", "Rows", "Columns"):
        if header.get(keyword) != before.get(keyword):
            raise RefusedFile("damaged")
    if (header.get("NumberOfFrames") or 1) != (before.get("NumberOfFrames") or 1):
        raise RefusedFile("damaged")
    return header


def _things(answer: Answer, header: Header, names: dict[str, str]) -> list[Rendition | FramePack]:
    """Give frames, previews and pictures in the order of the parts."""
    frames, previews, *pictures = answer.parts or [b"", b""]
    count = header.get("NumberOfFrames") or 1
    packs = [
        _pack(answer, names, variant="frames", data=frames, count=count),
        _pack(answer, names, variant="previews", data=previews, count=count),
    ]
    return [*packs, *pictures_of(answer, pictures, names)]


def pictures_of(answer: Answer, pictures: Sequence[bytes], names: Mapping[str, str]) -> list[Rendition]:
    """Give the small pictures that a child made of a painted frame, under the names of their variants."""
    sizes = answer.json.get("renditions")
    if not isinstance(sizes, list) or not 1 <= len(sizes) == len(pictures) <= len(VARIANT_WIDTHS):
        raise RefusedFile("damaged")
    return [_rendition(size, data, names) for size, data in zip(sizes, pictures, strict=True)]


def _pack(
    answer: Answer, names: dict[str, str], *, variant: Literal["frames", "previews"], data: bytes, count: int
) -> FramePack:
    """Check that the index covers the pack exactly, frame by frame, in order."""
    index = answer.json.get(variant)
    if not isinstance(index, list) or len(index) != count or count > MOST_FRAMES:
        raise RefusedFile("damaged")
    at, found = 0, []
    for entry in index:
        if not isinstance(entry, dict) or entry.get("offset") != at:
            raise RefusedFile("damaged")
        length = whole(entry, "length", len(data) - at)
        if variant == "previews" and not data.startswith(_JPEG, at):
            raise RefusedFile("damaged")
        found.append((at, length))
        at += length
    if at != len(data):
        raise RefusedFile("damaged")
    return FramePack(names[variant], variant, tuple(found), data)


def pictured(answer: Answer, names: Mapping[str, str]) -> tuple[int, list[Rendition], list[Kept]]:
    """Give tone and small pictures of a frame that was painted before, and how their rows describe them."""
    made = pictures_of(answer, answer.parts, names)
    return whole(answer.json, "tone", 15, 0), made, [_kept(one, {}) for one in made]


def _rendition(size: Any, data: bytes, names: Mapping[str, str]) -> Rendition:
    if not isinstance(size, dict) or (data[:4], data[8:12]) != _WEBP:
        raise RefusedFile("damaged")
    width, height = whole(size, "width", VARIANT_WIDTHS[-1]), whole(size, "height", LARGEST_SIDE)
    variant = next(f"w{rung}" for rung in VARIANT_WIDTHS if rung >= width)
    return Rendition(names[variant], variant, "image/webp", width, height, data)


def _entropy(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= _MOST_ENTROPY:
        raise RefusedFile("damaged")
    return float(value)


def _painted(answer: Answer, reviewed: Reviewed) -> list[WireBox]:
    """Give the rectangles as painted; there must be some wherever there were boxes."""
    painted = answer.json.get("painted")
    if not isinstance(painted, list) or bool(painted) != bool(reviewed.boxes):
        raise RefusedFile("damaged")
    for box in painted:
        if not isinstance(box, list) or len(box) < 5 or box[5:] not in ([], ["blur"]):
            raise RefusedFile("damaged")
        if not (box[0] is None or type(box[0]) is int) or not all(type(corner) is int for corner in box[1:5]):
            raise RefusedFile("damaged")
    return painted


def _kept(thing: Rendition | FramePack, header: Header) -> Kept:
    sha256 = hashlib.sha256(thing.data).hexdigest()
    if isinstance(thing, Rendition):
        return Kept(thing.name, thing.variant, thing.content_type, thing.width, thing.height, len(thing.data), sha256)
    kind = "image/jpeg" if thing.variant == "previews" else "application/octet-stream"
    return Kept(
        object_name=thing.name,
        variant=thing.variant,
        content_type=kind,
        width=header["Columns"],
        height=header["Rows"],
        size=len(thing.data),
        sha256=sha256,
        index=[list(pair) for pair in thing.index],
    )
