"""The types that carry a picture through its life, so that nothing unreviewed can reach the media store.

Each type is constructed in the modules that the contract test names and nowhere else: `Scrubbed` by the header
step, of an upload or of a published image that is redacted again, and by the vault, `Reviewed` by the review, what
can be served by publishing. Data carries the types over requests; the hashes in them are computed anew when they are
used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Header = dict[str, Any]
"""Allowed elements by keyword, JSON types only."""

Fill = Literal["block", "blur"]

WireBox = list[int | str | None]
"""A box as it crosses borders: `[frame, x0, y0, x1, y1]`, with a sixth element "blur" where it is one."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle to paint, in pixels of the native frame; `frame` None means every frame."""

    x0: int
    y0: int
    x1: int
    y1: int
    frame: int | None = None
    fill: Fill = "block"

    def as_list(self) -> WireBox:
        """Give the form that crosses to a sandbox child and into a receipt; a block says nothing of its fill."""
        corners: WireBox = [self.frame, self.x0, self.y0, self.x1, self.y1]
        return corners if self.fill == "block" else [*corners, self.fill]


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A DICOM instance that holds only what the allow list names; its pixels have been seen by nobody."""

    instance: bytes = field(repr=False)
    header: Header = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A scrubbed instance together with the boxes a person confirmed for exactly these bytes."""

    scrubbed: Scrubbed
    boxes: tuple[Box, ...]
    profile_version: str
    confirmed_by: int


@dataclass(frozen=True, slots=True)
class Rendition:
    """A derived picture in one size, safe to serve."""

    name: str
    variant: str
    content_type: str
    width: int
    height: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FramePack:
    """Every frame of an instance in one file: native and lossless, or as 8-bit previews."""

    name: str
    variant: Literal["frames", "previews"]
    index: tuple[tuple[int, int], ...]
    """Offset and length in bytes of each frame."""
    data: bytes = field(repr=False)
