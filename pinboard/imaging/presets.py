"""The windows that readers of a modality know by name, and the one in which a picture without a window is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Header = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preset:
    """A window in the unit of the modality, with its plain English name."""

    key: str
    label: str
    center: float
    width: float


_CT: Final = (
    Preset("abdomen", "Abdomen", 40, 400),
    Preset("lung", "Lung", -600, 1500),
    Preset("mediastinum", "Mediastinum", 50, 350),
    Preset("bone", "Bone", 500, 2000),
    Preset("brain", "Brain", 40, 80),
    Preset("stroke", "Stroke", 35, 35),
    Preset("blood", "Blood on the brain", 80, 200),
    Preset("liver", "Liver", 90, 150),
    Preset("angio", "Vessels with contrast", 300, 600),
)
PRESETS: Final[dict[str, tuple[Preset, ...]]] = {"CT": _CT}
"""By modality, the first one where nothing else is known. What has no unit of its own (MR, X-ray) has none."""

_BRAIN = frozenset({"BRAIN", "HEAD", "SKULL"})
_BONE = frozenset(
    {"ANKLE", "ARM", "CALCANEUS", "CLAVICLE", "CSPINE", "ELBOW", "EXTREMITY", "FEMUR", "FINGER", "FOOT", "FOREARM"}
    | {"HAND", "HIP", "HUMERUS", "IAC", "JAW", "KNEE", "LEG", "LSPINE", "MANDIBLE", "MAXILLA", "PATELLA", "RADIUS"}
    | {"SCAPULA", "SHOULDER", "SINUS", "SPINE", "SSPINE", "TMJ", "TOE", "TSPINE", "ULNA", "WRIST"}
)
_BY_PART: Final = (
    (_BRAIN, "brain"),
    (_BONE, "bone"),
    (frozenset({"CHEST", "HEART", "BREAST", "LUNG", "STERNUM", "RIB"}), "mediastinum"),
)


LABELS: Final = tuple(preset.label for presets in PRESETS.values() for preset in presets)
"""Translated where they are shown."""


def presets_for(header: Header) -> tuple[Preset, ...]:
    """Give the windows of a modality; only values in Hounsfield units have any."""
    return PRESETS.get(str(header.get("Modality")), ()) if unit(header) == "HU" else ()


def preset_for(header: Header) -> Preset | None:
    """Choose the window for a picture whose header has none, by the part of the body."""
    found = presets_for(header)
    if not found:
        return None
    part = header.get("BodyPartExamined")
    key = next((key for parts, key in _BY_PART if part in parts), found[0].key)
    return next(preset for preset in found if preset.key == key)


_RESCALED: Final = {"HU": "HU", "OD": "OD", "MGML": "mg/ml", "PCT": "%", "HU_MOD": "HU", "CPS": "counts/s"}
_PET: Final = {"CNTS": "counts", "PCNT": "%", "CPS": "counts/s", "BQML": "Bq/ml", "GML": "g/ml", "CM2": "cm²"}


def unit(header: Header) -> str:
    """Name the unit of the modality's values, "" where they have none (PS3.3 sections C.11.1.1.2 and C.8.9.1)."""
    if "Units" in header:
        return _PET.get(header["Units"], "")
    if "RescaleType" in header:
        return _RESCALED.get(header["RescaleType"], "")
    # CT is in Hounsfield units unless it says otherwise, once there is a rescale at all.
    return "HU" if header.get("Modality") == "CT" and "RescaleIntercept" in header else ""
