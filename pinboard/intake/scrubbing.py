"""Has sandbox children take out of a file what it says about a person, and believes nothing of what they answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.custody import Scrubbed
from pinboard.deid.header import NotAllowed, revalidate
from pinboard.deid.identifiers import MOST as MOST_WORDS
from pinboard.deid.tokens import DIGEST_LENGTH
from pinboard.imaging.errors import REFUSALS
from pinboard.imaging.sniff import HEAD, PHOTOS, REFUSED_KINDS, Kind, sniff
from pinboard.intake import words
from pinboard.intake.children import LARGEST_SIDE, RefusedFile, child_answer, whole
from pinboard.intake.documents import DOCUMENTS, Document, Made, pages_of_dicom, pages_of_pdf
from pinboard.intake.drafts import PHOTO_KINDS
from pinboard.intake.filing import Filed
from pinboard.intake.stores import Stores
from pinboard.models import Instance, InstanceKind, Series, Study
from pinboard.sandbox import Answer, MemFile

COUNTED = ("removed", "kept", "replaced", "stripped_bytes")
KINDS = ("private", "overlay", "person", "date", "uid", "sequence", "text", "other")
LARGEST_FILE = 512 * 1024 * 1024
TOGETHER_FILES, TOGETHER_BYTES = 32, 8 * 1024 * 1024
"""Most that one child takes at once; larger files have children of their own."""
_YES_OR_NO = re.compile("YES|NO")
_HASH = re.compile("[0-9a-f]{64}")
_DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a child has to know of the draft that a file came for; plain values, so no session stays open."""

    case_id: int
    name: str
    photo_kind: str
    photo_side: int
    subject: str | None


def scrub(stores: Stores, draft: Draft, mem: MemFile) -> Iterator[Made]:
    """Give what one file becomes: one image, or one for each page; raises `RefusedFile`."""
    if mem.size > min(LARGEST_FILE, stores.config.upload_file_mb * 1024 * 1024):
        raise RefusedFile("too-large-file")
    kind = sniff(mem.head(HEAD), mem.size)
    if kind is Kind.PDF:
        said = {"subject": draft.subject, "study_uid": _photo_study(stores, draft)}
        yield from pages_of_pdf(stores, Document(mem, _header_params(stores), said))
    elif kind in REFUSED_KINDS:
        raise RefusedFile(REFUSED_KINDS[kind])
    elif kind in PHOTOS:
        yield Made(_scrub_photo(stores, draft, mem))
    else:
        yield from _scrub_dicom(stores, draft, mem)


def goes_together(mem: MemFile) -> bool:
    """Tell whether a file is one that a child takes together with others."""
    return mem.size <= TOGETHER_BYTES and sniff(mem.head(HEAD), mem.size) is Kind.DICOM


def scrub_together(stores: Stores, draft: Draft, files: Sequence[MemFile]) -> list[Made | RefusedFile | None]:
    """Give what several files become, or why they do not; None is said of what needs a child of its own."""
    params = _header_params(stores) | _word_key(stores, draft)
    try:
        answer = child_answer(stores, "scrub_each", files, params, kind="header")
    except RefusedFile:
        # A child that fell over one of several says nothing of the others.
        return [None] * len(files)
    said = answer.json.get("files")
    if not isinstance(said, list) or not len(said) == len(answer.parts) == len(files):
        return [None] * len(files)
    return [_one_of_many(one, data) for one, data in zip(said, answer.parts, strict=True)]


def _one_of_many(said: Any, data: bytes) -> Made | RefusedFile | None:
    match said:
        case {"refused": code}:
            if code in DOCUMENTS:
                return None
            return RefusedFile(code if isinstance(code, str) and code in REFUSALS else "damaged")
        case {"header": dict()}:
            return Made(Answer(said, [data]))
    return RefusedFile("damaged")


def _scrub_dicom(stores: Stores, draft: Draft, mem: MemFile) -> Iterator[Made]:
    params, word_key = _header_params(stores), _word_key(stores, draft)
    try:
        yield Made(child_answer(stores, "scrub", [mem], params | word_key, kind="header"))
    except RefusedFile as refused:
        if refused.code not in DOCUMENTS:
            raise
        yield from pages_of_dicom(stores, Document(mem, params, word_key))


def _scrub_photo(stores: Stores, draft: Draft, mem: MemFile) -> Answer:
    """Copy the pixels into a new picture first, so that no metadata reaches the child that holds keys."""
    decoded = child_answer(stores, "photo", [mem], {"longest": draft.photo_side}, kind="pixel")
    shape = {
        "rows": whole(decoded.json, "rows", LARGEST_SIDE),
        "columns": whole(decoded.json, "columns", LARGEST_SIDE),
        "samples": whole(decoded.json, "samples", 3),
    }
    if [len(part) for part in decoded.parts] != [shape["rows"] * shape["columns"] * shape["samples"]]:
        raise RefusedFile("damaged")
    said = {
        "kind_of_photo": PHOTO_KINDS.get(draft.photo_kind, "other"),
        "subject": draft.subject,
        "study_uid": _photo_study(stores, draft),
    }
    return child_answer(stores, "wrap_photo", decoded.parts, _header_params(stores) | shape | said, kind="header")


def _photo_study(stores: Stores, draft: Draft) -> str | None:
    """Give the study that the photos of this case share, and the pages of reports that came by themselves."""
    with stores.reading() as session:
        return photo_study(session, draft.case_id)


def photo_study(session: Session, case_id: int) -> str | None:
    """Look only among series that photos and pages make: a CD has hundreds of slices."""
    has_one = select(Instance.id).where(
        Instance.series_id == Series.id, Instance.is_photo | (Instance.kind == InstanceKind.PAGE)
    )
    found = (
        select(Study.uid)
        .join(Series, Series.study_id == Study.id)
        .where(Study.case_id == case_id, Study.shifted_on.is_(None))
        .where(Series.modality.in_([*PHOTO_KINDS, "DOC"]), has_one.exists())
    )
    return session.scalar(found.limit(1))


def _header_params(stores: Stores) -> dict[str, Any]:
    return {"keys": stores.keys.deid.as_params(), "today": clock.now().date().isoformat()}


def _word_key(stores: Stores, draft: Draft) -> dict[str, Any]:
    return {"word_key": words.word_key(stores.keys, draft.name).hex()}


def believed(made: Made) -> tuple[Scrubbed, Filed]:
    """Check a header child's answer with the same vocabulary; hostile bytes may own the process that gave it."""
    answer = made.answer
    try:
        header = revalidate(answer.json["header"])
    except (NotAllowed, KeyError, TypeError, AttributeError):
        raise RefusedFile("damaged") from None
    data = answer.parts[0] if len(answer.parts) == 1 else b""
    if data[128:132] != b"DICM" or any(data[:128]):
        raise RefusedFile("damaged")
    identifiers = answer.json.get("identifiers")
    filed = Filed(
        counts=_counts(answer.json.get("report")),
        has_risk=answer.json.get("has_risk") is not False,
        burned_in=_one_of(answer, "burned_in", _YES_OR_NO),
        needs_attest=answer.json.get("needs_attest") is not False,
        device=_one_of(answer, "device", _HASH),
        words=_words(answer),
        kind=made.kind,
        names_subject=isinstance(identifiers, dict) and identifiers.get("has_patient_id") is True,
    )
    return Scrubbed(data, header, hashlib.sha256(data).hexdigest()), filed


def _words(answer: Answer) -> tuple[str, ...]:
    """Take hashes and nothing else; what a child gives in their place is not kept."""
    given = answer.json.get("words")
    if not isinstance(given, list):
        return ()
    return tuple(one for one in given[:MOST_WORDS] if isinstance(one, str) and _DIGEST.fullmatch(one))


def _one_of(answer: Answer, name: str, form: re.Pattern[str]) -> str | None:
    value = answer.json.get(name)
    return value if isinstance(value, str) and form.fullmatch(value) else None


def _counts(report: object) -> dict[str, Any]:
    """Keep numbers by kind and codes of the profile; a text from a child is not kept."""
    if not isinstance(report, dict):
        return {}
    kinds = report.get("removed_by_kind")
    by_kind = {kind: kinds[kind] for kind in KINDS if type(kinds.get(kind)) is int} if isinstance(kinds, dict) else {}
    numbers = {name: report[name] for name in COUNTED if type(report.get(name)) is int}
    return numbers | {"removed_by_kind": by_kind}
