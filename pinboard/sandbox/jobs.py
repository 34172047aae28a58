"""What a sandbox child can be asked to do; the one place where imaging and deid meet.

A header job is pure Python and may hold the pseudonym keys. A pixel job runs the C decoders and never sees a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pinboard.sandbox.carrying
import pinboard.sandbox.covering
import pinboard.sandbox.documents
import pinboard.sandbox.unpacking  # noqa: F401 - like those above it registers jobs
from pinboard.deid import header as headers
from pinboard.deid import instance as instances
from pinboard.deid import photo as photos
from pinboard.deid.concepts import anatomy
from pinboard.deid.identifiers import identifiers
from pinboard.deid.instance import Pixels
from pinboard.deid.profile import PROFILE_VERSION
from pinboard.deid.pseudonym import Keys
from pinboard.imaging import dicom, renditions, window
from pinboard.imaging.arrays import Array
from pinboard.imaging.errors import Refused
from pinboard.imaging.keyframe import Covers
from pinboard.imaging.likeness import Fingerprint, dhash
from pinboard.imaging.photo import read_photo
from pinboard.imaging.sniff import HEAD, REFUSED_KINDS, Kind, sniff
from pinboard.sandbox.canvas import canvas_for, look_again, painted_frames
from pinboard.sandbox.child import describe
from pinboard.sandbox.developing import Pack, developed
from pinboard.sandbox.inspecting import wrong_with
from pinboard.sandbox.planes import planes_of
from pinboard.sandbox.registry import HEADER_JOBS, JOBS, PIXEL_JOBS, register
from pinboard.sandbox.sheets import sheet_of
from pinboard.sandbox.summary import has_risk, needs_attest, summary, uids

Json = dict[str, Any]

__all__ = ["HEADER_JOBS", "JOBS", "PIXEL_JOBS"]

_PREVIEW_SIDE = 2048
_LOSSY = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81"})

# Read once, before children are forked: a confined child can open no file.
anatomy()


@register(HEADER_JOBS)
def scrub(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Rebuild a DICOM file from the allow list; part 0 is the new file."""
    data = parts[0]
    kind = sniff(bytes(data[:HEAD]), len(data))
    if kind is not Kind.DICOM:
        raise Refused(REFUSED_KINDS.get(kind, "not-an-image"))
    dataset = dicom.read(data)
    dicom.check(dataset)
    keys = Keys.from_params(params["keys"])
    rebuilt = headers.rebuild(
        dataset,
        keys,
        today=date.fromisoformat(params["today"]),
        chart_record=params.get("chart_record"),
    )
    pixels = instances.take_pixels(dataset, rebuilt.header)
    if pixels.syntax in _LOSSY:
        rebuilt.header.setdefault("LossyImageCompression", "01")
    out = instances.write(rebuilt.header, pixels)
    rebuilt.receipt.stripped_bytes = max(_pixel_size(dataset) - pixels.size, 0)
    answer = summary(rebuilt.header) | {
        "report": rebuilt.receipt.as_json(),
        "identifiers": {
            "patient": rebuilt.subject,
            "has_patient_id": rebuilt.has_patient_id,
            **uids(rebuilt.header),
        },
        "burned_in": headers.burned_in(dataset),
        "transfer_syntax": pixels.syntax,
    }
    answer["has_risk"] = has_risk(rebuilt.header, answer["burned_in"])
    answer["needs_attest"] = needs_attest(rebuilt.header, answer["burned_in"])
    answer["device"] = headers.device_of(dataset, rebuilt.header, keys)
    if "word_key" in params:
        answer["words"] = identifiers(dataset, bytes.fromhex(params["word_key"]))
    return answer, [out]


@register(HEADER_JOBS)
def scrub_each(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Rebuild many files in one child; `files` says of each its summary or its refusal, refused ones have no bytes."""
    summaries: list[Json] = []
    out: list[bytes] = []
    for part in parts:
        try:
            said, made = scrub([part], params)
            out += made
        except MemoryError:
            # Of one file alone it says something; of many, nothing about each.
            raise
        except Exception as error:  # noqa: BLE001 - one damaged file says nothing about its neighbours
            said = describe(error)
            out.append(b"")
        summaries.append(said)
    return {"files": summaries}, out


def _pixel_size(dataset: Any) -> int:
    return sum(len(dataset[keyword].value) for keyword in dicom.PIXEL_KEYWORDS if keyword in dataset)


@register(PIXEL_JOBS)
def photo(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Copy the pixels of a photo; part 0 is them, row by row."""
    picture = read_photo(parts[0], params.get("longest", 2048))
    rows, columns = picture.shape[:2]
    return {"rows": rows, "columns": columns, "samples": 3 if picture.ndim == 3 else 1}, [picture.tobytes()]


@register(HEADER_JOBS)
def wrap_photo(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Make a DICOM instance of a photo's pixels; part 0 is the new file."""
    taken = photos.Photo(
        rows=params["rows"],
        columns=params["columns"],
        samples=params["samples"],
        kind=params.get("kind_of_photo") or "clinical",
        subject=params.get("subject"),
        study_uid=params.get("study_uid"),
    )
    record = params.get("chart_record")
    header = headers.revalidate(
        photos.photo_header(taken, Keys.from_params(params["keys"]), chart_record=record),
    )
    if len(parts[0]) != instances.native_length(header):
        raise Refused("damaged")
    out = instances.write(header, Pixels(dicom.EXPLICIT, (parts[0],)))
    answer = summary(header) | {
        "report": {"profile": PROFILE_VERSION, "removed": 0, "kept": 0, "replaced": 0, "removed_by_kind": {}},
        "identifiers": {
            "patient": header["PatientID"],
            "has_patient_id": bool(record or taken.subject),
            **uids(header),
        },
        "burned_in": None,
        "transfer_syntax": dicom.EXPLICIT,
        "has_risk": True,
        "needs_attest": True,
        "device": None,
    }
    return answer, [out]


@register(PIXEL_JOBS)
def preview(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Show one frame of a scrubbed instance, with boxes as they would be painted; part 0 is a JPEG."""
    dataset = dicom.read(parts[0])
    index = _index(params.get("frame"), dataset)
    frame, header = dicom.frame(dataset, index), headers.extract(dataset, derived=True, only=window.SHOWING)
    canvas = canvas_for(header, frame, index=index, boxes=params.get("boxes") or [], window=params.get("window"))
    shown = canvas.mapping.apply(canvas.paint(frame, index))
    rows, columns = shown.shape[:2]
    jpeg = renditions.preview_jpeg(shown, longest=params.get("longest", _PREVIEW_SIDE))
    return {"width": columns, "height": rows, "tone": renditions.tone(shown)}, [jpeg]


@register(PIXEL_JOBS)
def sheet(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Show many slices of scrubbed instances small, with boxes as they would be painted; part 0 is a JPEG strip."""
    return sheet_of(parts, params)


@register(PIXEL_JOBS)
def develop(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Paint, verify and encode a reviewed instance, one frame at a time.

    Parts: the lossless frame pack, the pack of 8-bit previews, then the WebP renditions in the order of the JSON. They
    show the key frame that was asked for, else the one that shows the most.
    """
    dataset = dicom.read(parts[0])
    header = headers.extract(dataset, derived=True)
    key, middle = _index(params.get("key_frame"), dataset), _index(None, dataset)
    first = dicom.frame(dataset, key)
    canvas = canvas_for(header, first, index=key, boxes=params.get("boxes") or [])
    packed, previews, fingerprint = Pack(), Pack(), Fingerprint()
    covers = Covers(params.get("key_frame"), dicom.frame_count(dataset))
    likeness: str | None = None
    for index, painted, encoded in painted_frames(dataset, canvas, first):
        shown = canvas.show(painted, index)
        look_again(shown, canvas.areas(index))
        packed.add(encoded)
        previews.add(renditions.preview_jpeg(shown))
        fingerprint.add(painted)
        covers.look(index, shown)
        likeness = _likeness(header, painted, index) if index == middle else likeness
    if covers.best is None:
        raise Refused("damaged")
    pictures = renditions.ladder(covers.best)
    answer = {
        "header": developed(header, first),
        "frames": packed.index,
        "previews": previews.index,
        "renditions": [{"width": w, "height": h, "bytes": len(webp)} for w, h, webp in pictures],
        "tone": renditions.tone(covers.best),
        "checks": {"painted": True, "outside_unchanged": True, "frames": len(packed.index)},
        "painted": canvas.boxes,
        "dhash": likeness,
        "pixels_sha256": fingerprint.hex(),
        "dtype": first.dtype.newbyteorder("<").str,
        "shape": list(first.shape),
        "key_frame": covers.frame,
        "entropy": round(covers.entropy, 4),
    }
    return answer, [packed.whole(), previews.whole(), *(webp for _, _, webp in pictures)]


@register(PIXEL_JOBS)
def inspect(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Say which stored frames are damaged or show what their receipt calls painted."""
    return wrong_with(parts, params), []


@register(PIXEL_JOBS)
def fingerprint(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Give the marks by which a scrubbed instance is found again, as `develop` would give them with these boxes."""
    dataset = dicom.read(parts[0])
    header = headers.extract(dataset, derived=True)
    key, middle = _index(params.get("key_frame"), dataset), _index(None, dataset)
    canvas = canvas_for(header, dicom.frame(dataset, key), index=key, boxes=params.get("boxes") or [])
    marks = Fingerprint()
    likeness: str | None = None
    for index in range(dicom.frame_count(dataset)):
        painted = canvas.paint(dicom.frame(dataset, index), index)
        marks.add(painted)
        likeness = _likeness(header, painted, index) if index == middle else likeness
    return {"dhash": likeness, "pixels_sha256": marks.hex()}, []


@register(PIXEL_JOBS)
def planes(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Make the 8-bit pictures that the vision child looks at; `found` is what needs no network."""
    return planes_of(parts[0], has_networks=params["has_networks"])


def _likeness(header: Json, painted: Array, index: int) -> str | None:
    return dhash(window.to_display(painted, header, index=index))


def _index(wanted: int | None, dataset: Any) -> int:
    """Take the frame that was asked for, else the middle one."""
    count = dicom.frame_count(dataset)
    index = count // 2 if wanted is None else int(wanted)
    if not 0 <= index < count:
        raise Refused("damaged")
    return index
