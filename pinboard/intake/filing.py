"""Finds the place of a scrubbed instance in its case: subject, study, series, instance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pinboard import clock, ids
from pinboard.custody import Header, Scrubbed
from pinboard.imaging.series import is_recognizable, kind_of
from pinboard.intake.arrange import ARRIVED
from pinboard.intake.children import RefusedFile
from pinboard.intake.drafts import subject_for
from pinboard.intake.notes import record
from pinboard.models import Case, Instance, InstanceKind, InstanceState, Series, Study, User

_PHOTO_CLASSES = "1.2.840.10008.5.1.4.1.1.77.1."


@dataclass(frozen=True, slots=True)
class Filed:
    """What goes into the rows beside the instance itself."""

    counts: dict[str, Any]
    by_id: int
    has_risk: bool = True
    burned_in: str | None = None
    needs_attest: bool = True
    device: str | None = None
    names_subject: bool = False
    """Whether the file, or somebody who typed a record number, said whose image it is."""
    words: tuple[str, ...] = ()
    """Keyed hashes of the identifiers in the file's header."""
    kind: InstanceKind | None = None
    """Of what was rendered or drawn here; None where the header says what it is."""
    blob: str = ""
    key_id: str = ""
    header: Header = field(default_factory=dict, repr=False)
    sha256: str = ""

    def under(self, blob: str, key_id: str, scrubbed: Scrubbed) -> Filed:
        """Add where the pixels are sealed, which key made the UIDs, and the header that goes into the row."""
        return replace(self, blob=blob, key_id=key_id, header=scrubbed.header, sha256=scrubbed.sha256)


def file_instance(session: Session, case: Case, filed: Filed) -> Instance:
    """Make the rows of one instance, or raise `RefusedFile` with "other-subject" or "duplicate"."""
    header = filed.header
    _join_subject(session, case, header, filed)
    if session.scalar(select(Instance.id).where(Instance.case_id == case.id, Instance.uid == header["SOPInstanceUID"])):
        raise RefusedFile("duplicate")
    study = _study(session, case, header, filed)
    series = _series(session, case, study, header)
    if filed.kind is InstanceKind.PAGE:
        series.modality = "DOC"
    instance = Instance(
        public_id=ids.public_id(),
        case_id=case.id,
        series_id=series.id,
        uid=header["SOPInstanceUID"],
        # At the end of everything: to find its place here would cost more with every file before it.
        position=ARRIVED,
        number=header.get("InstanceNumber"),
        rows=header["Rows"],
        columns=header["Columns"],
        frame_count=header.get("NumberOfFrames") or 1,
        frame_time=frame_time(header),
        is_photo=is_photo(header),
        has_risk=filed.has_risk,
        burned_in=filed.burned_in,
        needs_attest=filed.needs_attest,
        device=filed.device,
        header=header,
        scrub_counts=filed.counts,
        blob=filed.blob,
        blob_sha256=filed.sha256,
        kind=filed.kind or InstanceKind(kind_of(header)),
        samples=header["SamplesPerPixel"],
        state=InstanceState.DRAFT,
        created_at=clock.now(),
    )
    session.add(instance)
    session.flush()
    if series.key_instance_id is None:
        series.key_instance_id, series.key_frame = instance.id, instance.frame_count // 2
    case.updated_at = clock.now()
    record(session, session.get(User, filed.by_id), "upload", case)
    return instance


def frame_time(header: Header) -> float | None:
    """Give the milliseconds between frames, from whichever element says so."""
    if header.get("FrameTime"):
        return float(header["FrameTime"])
    steps = [step for step in header.get("FrameTimeVector") or [] if step > 0]
    if steps:
        return float(sum(steps) / len(steps))
    rate = header.get("RecommendedDisplayFrameRate") or header.get("CineRate")
    return 1000 / rate if rate else None


def is_photo(header: Header) -> bool:
    """Tell a picture of a camera from an examination."""
    return str(header["SOPClassUID"]).startswith(_PHOTO_CLASSES) or header.get("ConversionType") == "DI"


def might_be_known(header: Header) -> bool:
    """Tell whether a person might be known by the picture; a body part that nobody named counts as a head."""
    if header.get("Modality") == "ECG":
        return False
    return is_photo(header) or "BodyPartExamined" not in header or is_recognizable(header)


def _join_subject(session: Session, case: Case, header: Header, filed: Filed) -> None:
    """One case is about one person; a file that names nobody takes the case's."""
    if not filed.names_subject:
        return
    subject = subject_for(session, header["PatientID"], filed.key_id)
    if case.subject_id is None:
        case.subject_id = subject.id
    elif case.subject_id != subject.id:
        raise RefusedFile("other-subject")


def _study(session: Session, case: Case, header: Header, filed: Filed) -> Study:
    uid = header["StudyInstanceUID"]
    study = session.scalar(select(Study).where(Study.case_id == case.id, Study.uid == uid))
    if study is None:
        study = Study(
            case_id=case.id,
            uid=uid,
            key_id=filed.key_id,
            shifted_on=header.get("StudyDate"),
            position=_next(session, Study.position, Study.case_id == case.id),
        )
        session.add(study)
        session.flush()
    return study


def _series(session: Session, case: Case, study: Study, header: Header) -> Series:
    uid = header["SeriesInstanceUID"]
    series = session.scalar(select(Series).where(Series.case_id == case.id, Series.uid == uid))
    if series is None:
        series = Series(
            public_id=ids.public_id(),
            study_id=study.id,
            case_id=case.id,
            uid=uid,
            modality=header.get("Modality") or "OT",
            number=header.get("SeriesNumber"),
            position=_next(session, Series.position, Series.case_id == case.id),
            is_recognizable=might_be_known(header),
            key_id=study.key_id,
        )
        session.add(series)
        session.flush()
    elif might_be_known(header):
        series.is_recognizable = True
    return series


def _next(session: Session, column: Any, where: Any) -> int:
    return (session.scalar(select(func.max(column)).where(where)) or 0) + 1
