"""What a sandbox child can be asked to do; the one place where imaging and deid meet.

A header job is pure Python and may hold the pseudonym keys. A pixel job runs the C decoders and never sees a key.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from pinboard.deid import header as headers
from pinboard.deid import instance as instances
from pinboard.deid import photo as photos
from pinboard.deid import pixels as painting
from pinboard.deid.instance import Pixels
from pinboard.deid.profile import PROFILE_VERSION
from pinboard.deid.pseudonym import Keys
from pinboard.imaging import dicom, frames, renditions, series, window
from pinboard.imaging.arrays import Array, Display
from pinboard.imaging.errors import Refused
from pinboard.imaging.photo import read_photo
from pinboard.imaging.sniff import HEAD, REFUSED_KINDS, Kind, sniff

Json = dict[str, Any]
Job = Callable[[list[bytes], Json], tuple[Json, Sequence[bytes]]]

JOBS: dict[str, Job] = {}
HEADER_JOBS: set[str] = set()
PIXEL_JOBS: set[str] = set()

_PREVIEW_SIDE = 2048
_RISKY_MODALITIES = frozenset({"US", "XC", "ES", "DMS", "OT", "SC", "GM", "IVUS", "XA", "RF", "OP", "SM"})
_COLOUR = frozenset({"YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT"})


def _job(names: set[str]) -> Callable[[Job], Job]:
    """Register a job; whatever it raises about a file leaves as a refusal without message."""

    def register(run: Job) -> Job:
        @functools.wraps(run)
        def guarded(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return run(parts, params)
            except (Refused, MemoryError):
                raise
            # What hostile bytes make pydicom and numpy raise; anything else is an error of ours and says so.
            except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError, RecursionError):
                raise Refused("damaged") from None
            except (OSError, NotImplementedError, AssertionError, RuntimeError):
                raise Refused("damaged") from None

        JOBS[run.__name__] = guarded
        names.add(run.__name__)
        return guarded

    return register


@_job(HEADER_JOBS)
def scrub(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Rebuild a DICOM file from the allow list; part 0 is the new file."""
    data = parts[0]
    kind = sniff(bytes(data[:HEAD]), len(data))
    if kind is not Kind.DICOM:
        raise Refused(REFUSED_KINDS.get(kind, "not-an-image"))
    dataset = dicom.read(data)
    dicom.check(dataset)
    rebuilt = headers.rebuild(
        dataset,
        Keys.from_params(params["keys"]),
        today=date.fromisoformat(params["today"]),
        chart_record=params.get("chart_record"),
    )
    pixels = instances.take_pixels(dataset, rebuilt.header)
    out = instances.write(rebuilt.header, pixels)
    rebuilt.receipt.stripped_bytes = max(_pixel_size(dataset) - pixels.size, 0)
    answer = _summary(rebuilt.header) | {
        "report": rebuilt.receipt.as_json(),
        "identifiers": {
            "patient": rebuilt.subject,
            "has_patient_id": rebuilt.has_patient_id,
            **_uids(rebuilt.header),
        },
        "burned_in": headers.burned_in(dataset),
        "transfer_syntax": pixels.syntax,
    }
    answer["has_risk"] = _has_risk(rebuilt.header, answer["burned_in"])
    return answer, [out]


def _pixel_size(dataset: Any) -> int:
    return sum(len(dataset[keyword].value) for keyword in dicom.PIXEL_KEYWORDS if keyword in dataset)


@_job(PIXEL_JOBS)
def photo(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Copy the pixels of a photo; part 0 is them, row by row."""
    picture = read_photo(parts[0], params.get("longest", 2048))
    rows, columns = picture.shape[:2]
    return {"rows": rows, "columns": columns, "samples": 3 if picture.ndim == 3 else 1}, [picture.tobytes()]


@_job(HEADER_JOBS)
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
    answer = _summary(header) | {
        "report": {"profile": PROFILE_VERSION, "removed": 0, "kept": 0, "replaced": 0, "removed_by_kind": {}},
        "identifiers": {
            "patient": header["PatientID"],
            "has_patient_id": bool(record or taken.subject),
            **_uids(header),
        },
        "burned_in": None,
        "transfer_syntax": dicom.EXPLICIT,
        "has_risk": True,
    }
    return answer, [out]


@_job(PIXEL_JOBS)
def preview(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Show one frame of a scrubbed instance; part 0 is a JPEG."""
    dataset = dicom.read(parts[0])
    index = _index(params.get("frame"), dataset)
    chosen = params.get("window")
    shown = window.to_display(
        dicom.frame(dataset, index),
        headers.extract(dataset, derived=True),
        index=index,
        window=(float(chosen[0]), float(chosen[1])) if chosen else None,
    )
    rows, columns = shown.shape[:2]
    jpeg = renditions.preview_jpeg(shown, longest=params.get("longest", _PREVIEW_SIDE))
    return {"width": columns, "height": rows, "tone": renditions.tone(shown)}, [jpeg]


@_job(PIXEL_JOBS)
def develop(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Paint, verify and encode a reviewed instance, one frame at a time.

    Parts: the lossless frame pack, the pack of 8-bit previews, then the WebP renditions in the order of the JSON.
    """
    dataset = dicom.read(parts[0])
    header = headers.extract(dataset, derived=True)
    count = dicom.frame_count(dataset)
    key = _index(params.get("key_frame"), dataset)
    first = dicom.frame(dataset, key)
    boxes = _grown(params.get("boxes") or [], first, count)
    mapping = window.mapping_for(header, first, index=key)
    black = _black(first, mapping)
    packed, previews = _Pack(), _Pack()
    cover: Display | None = None
    for index, painted in _painted(dataset, boxes=boxes, black=black, like=first):
        shown = _mapping(mapping, header, painted, index).apply(painted)
        packed.add(frames.encode_frame(painted))
        previews.add(renditions.preview_jpeg(shown))
        cover = shown if index == key else cover
    if cover is None:
        raise Refused("damaged")
    pictures = renditions.ladder(cover)
    answer = {
        "header": _developed(header, first),
        "frames": packed.index,
        "previews": previews.index,
        "renditions": [{"width": w, "height": h, "bytes": len(webp)} for w, h, webp in pictures],
        "tone": renditions.tone(cover),
        "checks": {"painted_constant": True, "outside_unchanged": True, "frames": count},
        "painted": boxes,
        "dtype": first.dtype.newbyteorder("<").str,
        "shape": list(first.shape),
        "key_frame": key,
    }
    return answer, [packed.whole(), previews.whole(), *(webp for _, _, webp in pictures)]


@_job(HEADER_JOBS)
def export(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Make the lossless DICOM instance of a header and a frame pack; part 0 is the file."""
    header = headers.revalidate(params["header"])
    shape, dtype = tuple(params["shape"]), params["dtype"]
    pack = memoryview(parts[0])
    native = tuple(
        frames.decode_frame(bytes(pack[at["offset"] : at["offset"] + at["length"]]), shape, dtype).tobytes()
        for at in params["frames"]
    )
    float_keyword = {"<f4": "FloatPixelData", "<f8": "DoubleFloatPixelData"}.get(dtype, "PixelData")
    pixels = Pixels(dicom.EXPLICIT, native, float_keyword)
    if pixels.size != instances.native_length(header):
        raise Refused("damaged")
    return {"size": pixels.size}, [instances.write(header, pixels)]


class _Pack:
    """Gathers the frames of one pack file."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.index: list[dict[str, int]] = []

    def add(self, part: bytes) -> None:
        self.index.append({"offset": len(self.data), "length": len(part)})
        self.data += part

    def whole(self) -> bytes:
        return bytes(self.data)


def _painted(dataset: Any, *, boxes: list[list[int | None]], black: float, like: Array) -> Iterator[tuple[int, Array]]:
    """Give each frame painted, after proving that nothing else of it changed."""
    for index in range(dicom.frame_count(dataset)):
        frame = dicom.frame(dataset, index)
        if frame.shape != like.shape or frame.dtype != like.dtype:
            raise Refused("damaged")
        here = painting.boxes_of(boxes, index)
        painted = painting.paint(frame, here, black)
        # The check reads the encoded frame back, so that it proves what is stored.
        stored = frames.decode_frame(frames.encode_frame(painted), painted.shape, painted.dtype) if here else painted
        if here and not painting.is_clean(frame, stored, here, black):
            raise AssertionFailed
        yield index, painted


class AssertionFailed(Exception):  # noqa: N818 - it names what happened
    """Painting did not do what it promises; the instance must not be published."""


def _grown(boxes: list[list[int | None]], frame: Array, count: int) -> list[list[int | None]]:
    rows, columns = frame.shape[:2]
    grown: list[list[int | None]] = []
    for where, *corners in boxes:
        if where is not None and not 0 <= where < count:
            raise Refused("damaged")
        x0, y0, x1, y1 = (int(corner or 0) for corner in corners)
        if bigger := painting.grow((x0, y0, x1, y1), rows=rows, columns=columns):
            grown.append([where, *bigger])
    return grown


def _black(frame: Array, mapping: window.Mapping) -> float:
    """Give the stored value that a painted box gets: one that shows as black, from the frame's own range if it can."""
    if frame.ndim == 3:
        return 0
    ends = [frame.min(), frame.max()]
    if frame.dtype.kind in "iu":
        bits = int(mapping.header.get("BitsStored") or frame.dtype.itemsize * 8)
        signed = frame.dtype.kind == "i"
        ends += [-(2 ** (bits - 1)) if signed else 0, 2 ** (bits - 1) - 1 if signed else 2**bits - 1]
    candidates = np.array([ends], dtype=frame.dtype)
    shown = mapping.apply(candidates)
    return candidates[0, int(shown[0].argmin())].item()  # type: ignore[no-any-return]


def _mapping(mapping: window.Mapping, header: Json, frame: Array, index: int) -> window.Mapping:
    return window.mapping_for(header, frame, index=index) if window.is_per_frame(header) else mapping


def _index(wanted: int | None, dataset: Any) -> int:
    """Take the frame that was asked for, else the middle one."""
    count = dicom.frame_count(dataset)
    index = count // 2 if wanted is None else int(wanted)
    if not 0 <= index < count:
        raise Refused("damaged")
    return index


def _developed(header: Json, frame: Array) -> Json:
    """Give the header of the lossless instance: pixel attributes as decoded, colour as RGB, marked as reviewed."""
    out = {key: value for key, value in headers.reviewed(header).items() if "PaletteColor" not in key}
    bits = frame.dtype.itemsize * 8
    out["Rows"], out["Columns"] = frame.shape[:2]
    out["BitsAllocated"] = bits
    out["BitsStored"] = min(out["BitsStored"], bits)
    out["PixelRepresentation"] = int(frame.dtype.kind == "i")
    if frame.ndim == 3:
        out |= {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    if frame.dtype.kind == "f" or header["PhotometricInterpretation"] == "PALETTE COLOR":
        out["BitsStored"] = bits
    out["HighBit"] = out["BitsStored"] - 1
    return headers.revalidate(out)


def _summary(header: Json) -> Json:
    return {
        "header": header,
        "rows": header["Rows"],
        "columns": header["Columns"],
        "frames": header.get("NumberOfFrames", 1),
        "samples": header["SamplesPerPixel"],
        "photometric": header["PhotometricInterpretation"],
        "modality": header["Modality"],
        "age_band": headers.age_band(header.get("PatientAge")),
        "sex": header.get("PatientSex"),
        "body_part": header.get("BodyPartExamined"),
        "is_recognizable": series.is_recognizable(header),
    }


def _uids(header: Json) -> Json:
    return {
        "study": header["StudyInstanceUID"],
        "series": header["SeriesInstanceUID"],
        "instance": header["SOPInstanceUID"],
    }


def _has_risk(header: Json, burned_in: str | None) -> bool:
    """Tell whether text in the pixels is likely enough to look twice."""
    is_capture = header["SOPClassUID"].startswith("1.2.840.10008.5.1.4.1.1.7") and header["SOPClassUID"][25:26] in {"", "."}
    is_derived = "SECONDARY" in header.get("ImageType", []) or is_capture
    return burned_in != "NO" and (burned_in == "YES" or header["Modality"] in _RISKY_MODALITIES or is_derived)
