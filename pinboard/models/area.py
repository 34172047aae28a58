"""The areas of an image: drawn by its author, suggested by software, remembered of a device."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pinboard.models.base import Base, Word


class Fill(enum.StrEnum):
    """What an area is painted with."""

    BLOCK = "block"
    BLUR = "blur"
    """A smooth surface computed from the pixels around the area; it holds nothing of the inside."""


class SuggestionKind(enum.StrEnum):
    """Why an area is suggested."""

    TEXT = "text"
    FACE = "face"
    OUTSIDE = "outside"
    """Outside the regions that an ultrasound device declared as image."""
    MEMORY = "memory"
    """Painted before on images of the same device and shape."""
    STROKES = "strokes"
    """Lines as thin and as bright as letters; a weak sign."""


class DrawnBox(Base):
    """An area the author wants painted, in pixels of the native frame."""

    __tablename__ = "drawn_box"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"), index=True)
    frame: Mapped[int | None]
    """None paints every frame."""
    x0: Mapped[int]
    y0: Mapped[int]
    x1: Mapped[int]
    y1: Mapped[int]
    fill: Mapped[Fill] = mapped_column(Word(Fill), default=Fill.BLOCK)


class Suggestion(Base):
    """An area that software would paint; only a person makes a drawn box of it."""

    __tablename__ = "suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SuggestionKind] = mapped_column(Word(SuggestionKind))
    confidence: Mapped[float] = mapped_column(Float)
    """From 0 to 1."""
    frame: Mapped[int | None]
    """None for every frame."""
    x0: Mapped[int]
    y0: Mapped[int]
    x1: Mapped[int]
    y1: Mapped[int]


class RememberedBox(Base):
    """An area that was painted, or thrown away, on images of one device and shape; it knows no case."""

    __tablename__ = "remembered_box"

    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(String(64))
    x0: Mapped[int]
    y0: Mapped[int]
    x1: Mapped[int]
    y1: Mapped[int]
    fill: Mapped[Fill] = mapped_column(Word(Fill), default=Fill.BLOCK)
    kept: Mapped[int] = mapped_column(default=0)
    thrown: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("device", "x0", "y0", "x1", "y1"),)
