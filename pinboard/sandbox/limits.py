"""What one child may take, for each kind of child, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MEGABYTE = 1 << 20

Kind = Literal["header", "pixel", "vision"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one job; memory counts above what the fork server itself occupies."""

    memory: int
    per_byte: int
    deadline: float
    answer: int

    def memory_for(self, size: int) -> int:
        """Give the address space for an input of `size` bytes, which a job reads, parses and writes anew."""
        return self.memory + self.per_byte * size


LIMITS: dict[Kind, Limits] = {
    # Pure Python, may hold the pseudonym keys.
    "header": Limits(memory=512 * MEGABYTE, per_byte=4, deadline=30, answer=1024 * MEGABYTE),
    # Runs the C decoders, never holds a key; cines go frame by frame, photos through draft().
    "pixel": Limits(memory=768 * MEGABYTE, per_byte=3, deadline=120, answer=1024 * MEGABYTE),
    # Runs the networks, on 8-bit planes that a pixel child made; what it occupies stays far below what it maps.
    "vision": Limits(memory=4096 * MEGABYTE, per_byte=3, deadline=60, answer=4 * MEGABYTE),
}

IN_FLIGHT = 1024 * MEGABYTE
"""Bytes of uploads and inputs that may wait or be worked on at one time in one process."""
