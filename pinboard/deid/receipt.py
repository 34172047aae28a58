"""Counts what a scrub took away, by kind; a receipt never holds a value."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: dict[str, str] = {
    "PN": "person",
    **dict.fromkeys(("DA", "DT", "TM", "AS"), "date"),
    "UI": "uid",
    "SQ": "sequence",
    **dict.fromkeys(("LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE", "CS"), "text"),
}


@dataclass(slots=True)
class Receipt:
    """Numbers of top-level elements of one file."""

    profile: str
    removed: int = 0
    kept: int = 0
    replaced: int = 0
    removed_by_kind: dict[str, int] = field(default_factory=dict)
    stripped_bytes: int = 0
    """Bytes taken out of compressed frames or cut off behind the pixels."""
    kept_codes: tuple[str, ...] = ()
    """Options of PS3.15 annex E that are claimed, as codes."""

    def as_json(self) -> dict[str, Any]:
        """Give JSON types."""
        return {**asdict(self), "kept_codes": list(self.kept_codes)}


def kind_of(group: int, vr: str | None) -> str:
    """Name the kind of a removed element: private, overlay, person, date, uid, text, sequence or other."""
    if group % 2:
        return "private"
    if 0x5000 <= group <= 0x60FF:
        return "overlay"
    return _KINDS.get(vr or "", "other")


def counted(kinds: Mapping[str, int]) -> dict[str, int]:
    """Sort counts by name, so that receipts compare."""
    return dict(sorted(kinds.items()))
