"""What the standard wants present though nothing is known of it: written empty, or with a text of ours.

None of it is in a header as Pinboard keeps it; it is added when a file is written, by the class of its object. The
modules are those of PS3.3; types 2 and 2C may be empty, type 1 may not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pinboard.deid.vocabulary import PAIRED

if TYPE_CHECKING:
    from collections.abc import Iterator

Header = dict[str, Any]

_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
_ANY: Final = {
    "StudyDate": "DA",
    "StudyTime": "TM",
    "AccessionNumber": "SH",
    "Manufacturer": "LO",
    "ReferringPhysicianName": "PN",
    "PatientBirthDate": "DA",
    "PatientSex": "CS",
    "StudyID": "SH",
    "SeriesNumber": "IS",
    "InstanceNumber": "IS",
}
_MAGNETIC: Final = {"ScanOptions": "CS", "MRAcquisitionType": "CS", "EchoTime": "DS", "EchoTrainLength": "IS"}
_COMPUTED: Final = {"BodyPartExamined": "CS", "ViewPosition": "CS"}
_FLUOROSCOPY: Final = {"KVP": "DS", "ExposureTime": "IS", "XRayTubeCurrent": "IS", "Exposure": "IS"}
_DIGITAL: Final = {
    "AnatomicRegionSequence": "SQ",
    "PositionerType": "CS",
    "DetectorType": "CS",
    "AcquisitionContextSequence": "SQ",
    "PatientOrientation": "CS",
}
_BLANKS: Final[dict[str, dict[str, str]]] = {
    "1": _COMPUTED,
    "4": _MAGNETIC,
    "1.1": _DIGITAL,
    "1.1.1": _DIGITAL,
    "1.2": _DIGITAL,
    "1.2.1": _DIGITAL,
    "1.3": _DIGITAL,
    "1.3.1": _DIGITAL,
    "12.1": _FLUOROSCOPY,
    "12.2": _FLUOROSCOPY,
    "77.1.1": {"AcquisitionContextSequence": "SQ"},
    "77.1.4": {"AcquisitionContextSequence": "SQ"},
}
"""Empty where nothing is known, by the end of the class's UID."""

_PLANES: Final = frozenset({"2", "4", "20", "128"})
_ENHANCED: Final = frozenset(
    {"2.1", "4.1", "4.3", "128.1", "130", "12.1.1", "12.2.1", "13.1.1", "13.1.2", "13.1.3", "30"}
)
_EQUIPMENT: Final = {
    "ContentTime": ("TM", "000000"),
    "Manufacturer": ("LO", "REMOVED"),
    "ManufacturerModelName": ("LO", "REMOVED"),
    "DeviceSerialNumber": ("LO", "REMOVED"),
    "SoftwareVersions": ("LO", "REMOVED"),
}
_UNREVIEWED: Final = {"BurnedInAnnotation": ("CS", "YES")}
"""As long as nobody has looked, text in the pixels is not denied."""
_TEXTS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "4": {"SequenceVariant": ("CS", "NONE"), "ScanningSequence": ("CS", "RM")},
    **dict.fromkeys(("1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1"), _UNREVIEWED),
    **dict.fromkeys(_ENHANCED, _EQUIPMENT),
    "30": {
        **_EQUIPMENT,
        "ContentLabel": ("CS", "IMAGE"),
        "ContentDescription": ("LO", ""),
        "ContentCreatorName": ("PN", ""),
        "RecognizableVisualFeatures": ("CS", "YES"),
        "AcquisitionContextSequence": ("SQ", ""),
    },
}
_TIMES: Final = (("FrameTimeVector", 0x00181065), ("FrameTime", 0x00181063))


def required(header: Header) -> dict[str, tuple[str, str | int]]:
    """Give VR and value of each element that has to be written beside those of a header."""
    end = header["SOPClassUID"].removeprefix(_STORAGE)
    wanted: dict[str, tuple[str, str | int]] = {keyword: (vr, "") for keyword, vr in _ANY.items()}
    wanted |= {keyword: (vr, "") for keyword, vr in _BLANKS.get(end, {}).items()}
    wanted |= _TEXTS.get(end, {})
    wanted |= {keyword: (vr, "") for keyword, vr in _of_place(header, end)}
    timed = [tag for keyword, tag in _TIMES if keyword in header]
    if header.get("NumberOfFrames", 1) > 1 and timed:
        wanted["FrameIncrementPointer"] = ("AT", timed[0])
    return {keyword: value for keyword, value in wanted.items() if keyword not in header}


def _of_place(header: Header, end: str) -> Iterator[tuple[str, str]]:
    """Give the empty elements that depend on how much is known of the place in the body."""
    has_planes = {"ImagePositionPatient", "ImageOrientationPatient"} <= header.keys()
    if "FrameOfReferenceUID" in header or has_planes or end in _PLANES:
        yield "PositionReferenceIndicator", "LO"
    if not (has_planes and end in _PLANES) and end not in _ENHANCED:
        yield "PatientOrientation", "CS"
    part = header.get("BodyPartExamined")
    if "ImageLaterality" not in header and end not in _ENHANCED and (part is None or part in PAIRED):
        yield "Laterality", "CS"
