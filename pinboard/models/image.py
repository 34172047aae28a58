"""The pictures of a case in DICOM's own order: study, series, instance, frame."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.area import DrawnBox, Suggestion
from pinboard.models.base import Base, PublicId, Word
from pinboard.models.case import Case


class InstanceState(enum.StrEnum):
    """Whether a picture is part of its case."""

    DRAFT = "draft"
    LEFT_OUT = "left-out"
    """Received, but its author did not choose it for the case; it may be brought in until the case is published."""
    PUBLISHED = "published"
    HIDDEN = "hidden"
    """Taken out of sight while it is mended; the rest of its case stays."""
    REMOVED = "removed"


class InstanceKind(enum.StrEnum):
    """What an instance is to its series."""

    IMAGE = "image"
    LOCALIZER = "localizer"
    """A scout on which slices were planned; it stands aside from them."""
    MOSAIC = "mosaic"
    """Many slices tiled into one frame, as some MR devices store them."""
    PAGE = "page"
    """A page of a report."""
    ECG = "ecg"
    """Waveforms drawn to scale."""


class ScanState(enum.StrEnum):
    """How far the search for text and faces in an image is."""

    WAITING = "waiting"
    DONE = "done"
    PARTLY = "partly"
    """Only the search that needs no model was made, because the extra `vision` is not installed."""
    FAILED = "failed"


class Study(Base):
    """One examination, with dates only as a distance from the subject's first."""

    __tablename__ = "study"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(24))
    """Which key made the UID and the shifted date."""
    shifted_on: Mapped[str | None] = mapped_column(String(8))
    position: Mapped[int] = mapped_column(default=0)

    series: Mapped[list[Series]] = relationship(lazy="raise_on_sql", order_by="Series.position, Series.id")

    __table_args__ = (UniqueConstraint("case_id", "uid"),)


class Series(Base):
    """A run of instances that belong together; a photo is a series of one instance with one frame."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(String(64))
    modality: Mapped[str] = mapped_column(String(16))
    number: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    alt_text: Mapped[str] = mapped_column(String(400), default="")
    is_recognizable: Mapped[bool] = mapped_column(Boolean, default=True)
    """Head, neck, face or unknown: every exporter asks."""
    key_instance_id: Mapped[int | None]
    key_frame: Mapped[int] = mapped_column(default=0)
    key_id: Mapped[str] = mapped_column(String(24))

    instances: Mapped[list[Instance]] = relationship(lazy="raise_on_sql", order_by="Instance.position, Instance.id")

    __table_args__ = (UniqueConstraint("case_id", "uid"),)


class Instance(Base):
    """One DICOM object: its allowed header, where its pixels are, and how to read a frame."""

    __tablename__ = "instance"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(String(64))
    state: Mapped[InstanceState] = mapped_column(Word(InstanceState), default=InstanceState.DRAFT)
    kind: Mapped[InstanceKind] = mapped_column(Word(InstanceKind), default=InstanceKind.IMAGE)
    is_subject_only: Mapped[bool] = mapped_column(Boolean, default=False)
    """Of a full set from which a face could be rebuilt: only the person in the images may be given it."""
    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[int | None]

    rows: Mapped[int]
    columns: Mapped[int]
    frame_count: Mapped[int] = mapped_column(default=1)
    frame_time: Mapped[float | None] = mapped_column(Float)
    """Milliseconds from one frame to the next."""
    is_photo: Mapped[bool] = mapped_column(Boolean, default=False)
    has_risk: Mapped[bool] = mapped_column(Boolean, default=False)
    """Ultrasound, photo, endoscopy, secondary capture, or burned-in text not denied."""
    header: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Allowed elements by keyword; the exported instance is rebuilt from this and the frames."""
    scrub_counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many elements the header step removed and kept, by kind."""
    burned_in: Mapped[str | None] = mapped_column(String(3))
    """What the file said of text in its pixels: YES, NO or nothing."""
    needs_attest: Mapped[bool] = mapped_column(Boolean, default=True)
    """Of a kind that a second clinician has to look at before it leaves the clinic."""

    view: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Spacing, orientation, windows and rescale for the viewer, taken from the header when the image is published."""

    scan: Mapped[ScanState | None] = mapped_column(Word(ScanState))
    detector: Mapped[str | None] = mapped_column(String(80))
    """Name and version of what looked for text and faces."""
    device: Mapped[str | None] = mapped_column(String(64))
    """Keyed hash of maker, model, matrix and colour; gone with the draft."""
    dhash: Mapped[str | None] = mapped_column(String(16), index=True)
    """Difference hash of the middle frame as painted, 64 bits in hex."""
    pixel_mac: Mapped[str | None] = mapped_column(String(64), index=True)
    """Keyed hash of the decoded pixels: the very same picture gives the same."""

    blob: Mapped[str | None] = mapped_column(String(26))
    """Name in the vault while this is a draft."""
    blob_sha256: Mapped[str | None] = mapped_column(String(64))
    media_name: Mapped[str | None] = mapped_column(String(26), unique=True)
    """The random name in picture URLs, given at publish; a new one whenever the pixels change."""
    dtype: Mapped[str | None] = mapped_column(String(8))
    samples: Mapped[int] = mapped_column(default=1)
    tone: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    series: Mapped[Series] = relationship(lazy="raise_on_sql", overlaps="instances")
    # The database takes both along with their image.
    boxes: Mapped[list[DrawnBox]] = relationship(lazy="raise_on_sql", order_by="DrawnBox.id", passive_deletes="all")
    suggestions: Mapped[list[Suggestion]] = relationship(
        lazy="raise_on_sql", order_by="Suggestion.id", passive_deletes="all"
    )

    __table_args__ = (Index(None, "case_id", "state"), UniqueConstraint("case_id", "uid"))


class Confirmation(Base):
    """Somebody looked at exactly these bytes with exactly these boxes; a moved box un-confirms by itself."""

    __tablename__ = "confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"), unique=True)
    blob_sha256: Mapped[str] = mapped_column(String(64))
    boxes_sha256: Mapped[str] = mapped_column(String(64))
    profile_version: Mapped[str] = mapped_column(String(24))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime]


class UploadState(enum.StrEnum):
    """How one file of an upload fared."""

    WAITING = "waiting"
    RECEIVING = "receiving"
    RECEIVED = "received"
    REFUSED = "refused"


class Upload(Base):
    """A slot for one file. The file's own name is never sent, so there is no column for it."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    number: Mapped[int]
    """"Image 3": what the queue calls it."""
    state: Mapped[UploadState] = mapped_column(Word(UploadState), default=UploadState.WAITING)
    refusal: Mapped[str | None] = mapped_column(String(40))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]


class Receipt(Base):
    """What was removed and painted, under which profile, by whom. Never a value."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"), index=True)
    profile_version: Mapped[str] = mapped_column(String(24))
    codes: Mapped[list[Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    boxes: Mapped[list[Any]] = mapped_column(JSON)
    detector: Mapped[str | None] = mapped_column(String(80))
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    confirmed_at: Mapped[datetime]
    hashes: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class MediaFile(Base):
    """One object in the media store. Without a receipt there is no row, and without a row nothing is served."""

    __tablename__ = "media_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    object_name: Mapped[str] = mapped_column(String(26), unique=True)
    """Where the bytes are; known to the server alone."""
    media_name: Mapped[str] = mapped_column(String(26))
    variant: Mapped[str] = mapped_column(String(12))
    """w236 w474 w736 w1200, frames, previews."""
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"), index=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    content_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    index: Mapped[list[Any] | None] = mapped_column(JSON)
    """[[offset, length]] per frame of a pack."""

    __table_args__ = (UniqueConstraint("media_name", "variant"),)


class MediaIntent(Base):
    """Names about to be written under a lease; whatever is left of an expired lease is deleted."""

    __tablename__ = "media_intent"

    object_name: Mapped[str] = mapped_column(String(26), primary_key=True)
    lease_id: Mapped[str] = mapped_column(String(26), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
