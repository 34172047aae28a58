"""Lays what an enhanced object says of all frames, and of one, over its header."""

from __future__ import annotations

from typing import Any, Final

Header = dict[str, Any]

VALUES: Final = ("PixelValueTransformationSequence", "FrameVOILUTSequence")
"""The groups that say how stored values are meant and shown."""
_PLACES: Final = ("PixelMeasuresSequence", "PlanePositionSequence", "PlaneOrientationSequence")


def frame_header(header: Header, index: int) -> Header:
    """Give the header of one frame, the shared and then its own groups laid over (PS3.3 section C.7.6.16)."""
    shared = header.get("SharedFunctionalGroupsSequence") or [{}]
    per_frame = header.get("PerFrameFunctionalGroupsSequence") or []
    flat = {key: value for key, value in header.items() if not key.endswith("FunctionalGroupsSequence")}
    for groups in (shared[0], per_frame[index] if index < len(per_frame) else {}):
        for name in (*VALUES, *_PLACES):
            for item in groups.get(name, ())[:1]:
                flat.update(item)
    return flat


def is_per_frame(header: Header) -> bool:
    """Tell whether frames of this instance may need different tables of grey values."""
    groups = header.get("PerFrameFunctionalGroupsSequence") or []
    return len({repr([item.get(name) for name in VALUES]) for item in groups}) > 1
