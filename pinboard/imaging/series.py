"""Says how the instances of a series belong together, from scrubbed headers alone."""

from __future__ import annotations

from typing import Any

Header = dict[str, Any]

_RECOGNIZABLE = frozenset(
    {"BRAIN", "EAR", "EYE", "EYELID", "FACE", "HEAD", "HEADNECK", "IAC", "JAW", "MANDIBLE", "MAXILLA", "MOUTH"}
    | {"NECK", "NECKCHEST", "NECKCHESTABDOMEN", "NECKCHESTABDPELV", "NOSE", "ORBIT", "PAROTID", "SCALP", "SINUS"}
    | {"SKULL", "TMJ", "TONGUE", "WHOLEBODY", "ZYGOMA"}
)
_VOLUMES = frozenset({"CT", "MR", "PT", "NM"})
_PHOTOS = frozenset({"XC", "DMS", "ES", "OT", "GM"})


def is_recognizable(header: Header) -> bool:
    """Tell whether a face might be seen in or rebuilt from these images: head, neck, or a part nobody named."""
    modality, part = header.get("Modality"), header.get("BodyPartExamined")
    if part in _RECOGNIZABLE:
        return True
    return modality in _PHOTOS or (modality in _VOLUMES and part is None)


def slice_position(header: Header) -> float | None:
    """Give the distance of a slice along its normal in mm (PS3.3 section C.7.6.2), None where it is not known."""
    position, axes = header.get("ImagePositionPatient"), header.get("ImageOrientationPatient")
    if not position or not axes or len(position) != 3 or len(axes) != 6:
        return None
    r, c = axes[:3], axes[3:]
    normal = (r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0])
    return float(sum(p * n for p, n in zip(position, normal, strict=True)))


def sort_key(header: Header) -> tuple[float, float]:
    """Order the instances of a series: by instance number, then by slice position."""
    number = header.get("InstanceNumber")
    return float(number if number is not None else 1e9), slice_position(header) or 0.0
