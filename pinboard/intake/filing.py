"""Finds the place of a scrubbed instance in its case: subject, study, series, instance."""

from __future__ import annotations

from collections.abc import Sequence
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
from pinboard.models import Case, Instance, InstanceKind, InstanceState, Series, Study, Subject, User

_PHOTO_CLASSES = "1.2.840.10008.5.1.4.1.1.77.1."


@dataclass(frozen=True, slots=True)
class Filed:
    """What goes into the rows beside the instance itself."""

    counts: dict[str, Any]
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


def file_each(session: Session, case: Case, filed: Sequence[Filed], by_id: int) -> list[Instance | RefusedFile]:
    """Make the rows of instances, each or why it is not taken: "other-subject" or "duplicate".

    Whatever speaks against one is found before anything of it is written, so that its neighbours stay.
    """
    uids = [one.header["SOPInstanceUID"] for one in filed]
    known = select(Instance.uid).where(Instance.case_id == case.id, Instance.uid.in_(uids))
    places = _Places(session, case, set(session.scalars(known)))
    found: list[Instance | RefusedFile] = []
    for one in filed:
        try:
            found.append(places.take(one))
        except RefusedFile as refused:
            found.append(refused)
    session.flush()
    taken = [one for one in found if isinstance(one, Instance)]
    for instance in taken:
        series = session.get_one(Series, instance.series_id)
        if series.key_instance_id is None:
            series.key_instance_id, series.key_frame = instance.id, instance.frame_count // 2
    if taken:
        case.updated_at = clock.now()
        record(session, session.get(User, by_id), "upload", case, images=len(taken))
    return found


class _Places:
    """The subject, the studies and the series of one case, each looked up once for many files."""

    def __init__(self, session: Session, case: Case, known: set[str]) -> None:
        self._session = session
        self._case = case
        self._known = known
        self._subject = session.get(Subject, case.subject_id) if case.subject_id is not None else None
        self._studies: dict[str, Study] = {}
        self._series: dict[str, Series] = {}

    def take(self, filed: Filed) -> Instance:
        header, case = filed.header, self._case
        uid = header["SOPInstanceUID"]
        # One case is about one person.
        if filed.names_subject and self._subject is not None and self._subject.chart_code != header["PatientID"]:
            raise RefusedFile("other-subject")
        if uid in self._known:
            raise RefusedFile("duplicate")
        if filed.names_subject and self._subject is None:
            self._subject = subject_for(self._session, header["PatientID"], filed.key_id)
            case.subject_id = self._subject.id
        self._known.add(uid)
        instance = _instance(case, self._series_of(filed), filed)
        self._session.add(instance)
        return instance

    def _series_of(self, filed: Filed) -> Series:
        header = filed.header
        study_uid, uid = header["StudyInstanceUID"], header["SeriesInstanceUID"]
        if study_uid not in self._studies:
            self._studies[study_uid] = _study(self._session, self._case, header, filed)
        if uid not in self._series:
            self._series[uid] = _series(self._session, self._case, self._studies[study_uid], header)
        series = self._series[uid]
        if might_be_known(header) and not series.is_recognizable:
            series.is_recognizable = True
        if filed.kind is InstanceKind.PAGE:
            series.modality = "DOC"
        return series


def _instance(case: Case, series: Series, filed: Filed) -> Instance:
    header = filed.header
    return Instance(
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
    return series


def _next(session: Session, column: Any, where: Any) -> int:
    return (session.scalar(select(func.max(column)).where(where)) or 0) + 1
