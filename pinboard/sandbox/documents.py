"""Jobs that make images of what has none: the pages of a PDF, and electrocardiograms drawn to scale.

The document is taken out of its DICOM object where the keys are, rendered where they are not, and its pages are given
a header where they are again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from pinboard.deid import document as documents
from pinboard.deid import header as headers
from pinboard.deid import instance as instances
from pinboard.deid.document import Page
from pinboard.deid.identifiers import identifiers
from pinboard.deid.photo import Photo
from pinboard.deid.profile import PROFILE_VERSION
from pinboard.deid.pseudonym import Keys
from pinboard.imaging import dicom, ecg
from pinboard.imaging.errors import Refused
from pinboard.imaging.kinds import ENCAPSULATED_PDF, TRACINGS
from pinboard.imaging.pages import read_page
from pinboard.imaging.tracing import LEADS, MOST_LEADS, Recording, Values, read_recordings
from pinboard.sandbox.registry import HEADER_JOBS, PIXEL_JOBS, register
from pinboard.sandbox.summary import summary, uids

Json = dict[str, Any]

_PDF: Final = b"%PDF-"
_HEAD: Final = 1024
_LABELS: Final = frozenset(LEADS.values())


@register(HEADER_JOBS)
def document(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:  # noqa: ARG001 - as every job
    """Take the document out of a DICOM object.

    `kind` "pdf": part 0 is the file. `kind` "ecg": a part for each recording, leads × samples in millivolts.
    """
    dataset = dicom.read(parts[0])
    sop_class = str(dataset.get("SOPClassUID", "") or "")
    if sop_class == ENCAPSULATED_PDF:
        pdf = bytes(dataset.get("EncapsulatedDocument") or b"")
        if _PDF not in pdf[:_HEAD]:
            raise Refused("damaged")
        return {"kind": "pdf"}, [pdf]
    if sop_class not in TRACINGS:
        raise Refused("unsupported-kind")
    found = read_recordings(dataset)
    # Laid out once here, so that what is too long is refused before anything is drawn.
    sheets = len(ecg.sheets(found))
    return {"kind": "ecg", "recordings": [_plain(one) for one in found], "pages": sheets}, [
        one.values.astype("<f4").tobytes() for one in found
    ]


@register(PIXEL_JOBS)
def page(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Render one page of a PDF; part 0 is its pixels, row by row."""
    read = read_page(parts[0], params["index"])
    said = {"pages": read.count, "digest": hashlib.sha256(parts[0]).hexdigest()}
    return said | _size(read.picture), [read.picture.tobytes()]


@register(PIXEL_JOBS)
def draw(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Draw one sheet of the recordings that `document` gave; part 0 is its pixels, row by row."""
    recordings = [_recording(said, part) for said, part in zip(params["recordings"], parts, strict=True)]
    sheets = ecg.sheets(recordings)
    picture = ecg.draw(sheets[params["index"]])
    return {"pages": len(sheets), **_size(picture)}, [picture.tobytes()]


@register(HEADER_JOBS)
def wrap_page(parts: list[bytes], params: Json) -> tuple[Json, Sequence[bytes]]:
    """Make a DICOM instance of one page; part 0 is the new file.

    Parts: the pixels, then the DICOM object that the document was in, if it was in one.
    """
    keys = Keys.from_params(params["keys"])
    drawn = Page(
        drawn=params["drawn"],
        index=params["index"],
        rows=params["rows"],
        columns=params["columns"],
        samples=params["samples"],
        pixels=bytes(parts[0]),
        spacing=ecg.SPACING if params["drawn"] == "ecg" else None,
    )
    answer, header = _in_dicom(parts[1], drawn, keys, params) if len(parts) > 1 else _alone(drawn, keys, params)
    header = headers.revalidate(header)
    if len(parts[0]) != instances.native_length(header):
        raise Refused("damaged")
    out = instances.write(header, instances.Pixels(dicom.EXPLICIT, (parts[0],)))
    answer["identifiers"] |= uids(header)
    return summary(header) | answer | {
        "burned_in": None,
        "transfer_syntax": dicom.EXPLICIT,
        # What is drawn here from numbers holds no text but its own; a page of a report is nothing but text.
        "has_risk": drawn.drawn == "page",
        "needs_attest": True,
    }, [out]


def _in_dicom(data: bytes, drawn: Page, keys: Keys, params: Json) -> tuple[Json, Json]:
    dataset = dicom.read(data)
    rebuilt = headers.rebuild(documents.as_capture(dataset, drawn), keys, today=date.fromisoformat(params["today"]))
    answer: Json = {
        "report": rebuilt.receipt.as_json(),
        "identifiers": {"patient": rebuilt.subject, "has_patient_id": rebuilt.has_patient_id},
        # The device that printed a report says where on a page it writes whose it is.
        "device": headers.device_of(dataset, rebuilt.header, keys) if drawn.drawn == "page" else None,
    }
    if "word_key" in params:
        answer["words"] = identifiers(dataset, bytes.fromhex(params["word_key"]))
    return answer, rebuilt.header


def _alone(drawn: Page, keys: Keys, params: Json) -> tuple[Json, Json]:
    case = Photo(
        rows=drawn.rows,
        columns=drawn.columns,
        samples=drawn.samples,
        kind="other",
        subject=params.get("subject"),
        study_uid=params.get("study_uid"),
    )
    header = documents.lone_header(drawn, case, keys, digest=params["digest"])
    report = {"profile": PROFILE_VERSION, "removed": 0, "kept": 0, "replaced": 0, "removed_by_kind": {}}
    identity = {"patient": header["PatientID"], "has_patient_id": bool(case.subject)}
    return {"report": report, "identifiers": identity, "device": None}, header


def _plain(one: Recording) -> Json:
    return {"labels": list(one.labels), "rate": one.rate, "is_computed": one.is_computed}


def _recording(said: Json, data: bytes) -> Recording:
    # Drawn as text: whoever sent the recording, only the names of leads are.
    labels = tuple(label if label in _LABELS else "" for label in said["labels"][:MOST_LEADS])
    values: Values = np.frombuffer(data, "<f4").reshape(len(labels), -1)
    return Recording(labels, values, float(said["rate"]), bool(said["is_computed"]))


def _size(picture: Any) -> Json:
    rows, columns = picture.shape[:2]
    return {"rows": rows, "columns": columns, "samples": 3 if picture.ndim == 3 else 1}
