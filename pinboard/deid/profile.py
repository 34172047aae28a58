"""The allow list: every element that may pass from a file into Pinboard, with its check and the reason.

Nothing is removed from a header; a new one is made from these rows. What has no row does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pinboard.deid import vocabulary as v
from pinboard.deid.checks import Check, Codes, Entries, Items, Named, Real, Shape, Whole, Word

PROFILE_VERSION: Final = "1"

Origin = Literal["kept", "derived"]
"""`kept` is read from the file and checked; `derived` is made by Pinboard, whatever the file says."""


@dataclass(frozen=True, slots=True)
class Element:
    """One row of the allow list."""

    keyword: str
    vr: str
    check: Check
    reason: str
    origin: Origin = "kept"


CHART_CODE: Final = r"P(-[0-9A-HJKMNP-TV-Z]{4}){3}"
_UID = Shape(r"2\.25\.[1-9][0-9]{0,38}", "a UID under 2.25")
_DAY = Shape(r"1[89][0-9]{2}[01][0-9][0-3][0-9]|20[0-9]{2}[01][0-9][0-3][0-9]", "a date")
_SUBJECT = Shape(CHART_CODE, "a chart code")
_YES_NO = Word(frozenset({"YES", "NO"}))
_DESCRIPTOR = Whole(-65_536, 65_536, 3)
_MILLIMETRES = Real(1e-6, 10_000)
_SPACING = Real(1e-6, 1_000, 2)
_POSITION = Real(-100_000, 100_000, 3)
_DIRECTIONS = Real(-1.000001, 1.000001, 6)
_WINDOW_CENTRE = Real(-1e7, 1e7, (1, 32))
_WINDOW_WIDTH = Real(1e-9, 2e7, (1, 32))
_VOI = Word(frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"}))
_SLOPE = Real(-1e9, 1e9)
_INTERCEPT = Real(-1e9, 1e9)
_RESCALE_TYPE = Word(v.RESCALE_TYPES)

_LUT: dict[str, tuple[str, Check]] = {"LUTDescriptor": ("SS", _DESCRIPTOR), "LUTData": ("OW", Entries())}
_MODALITY_LUT = Items({**_LUT, "ModalityLUTType": ("LO", _RESCALE_TYPE)}, needs=("LUTDescriptor", "LUTData"))
_VOI_LUT = Items(_LUT, limit=8, needs=("LUTDescriptor", "LUTData"))

_REGIONS = Items(
    {
        "RegionSpatialFormat": ("US", Whole(0, 5)),
        "RegionDataType": ("US", Whole(0, 18)),
        "RegionFlags": ("UL", Whole(0, 7)),
        "RegionLocationMinX0": ("UL", Whole(0, 65_535)),
        "RegionLocationMinY0": ("UL", Whole(0, 65_535)),
        "RegionLocationMaxX1": ("UL", Whole(0, 65_535)),
        "RegionLocationMaxY1": ("UL", Whole(0, 65_535)),
        "ReferencePixelX0": ("SL", Whole(-65_535, 65_535)),
        "ReferencePixelY0": ("SL", Whole(-65_535, 65_535)),
        "PhysicalUnitsXDirection": ("US", Whole(0, 12)),
        "PhysicalUnitsYDirection": ("US", Whole(0, 12)),
        "ReferencePixelPhysicalValueX": ("FD", Real(-1e6, 1e6)),
        "ReferencePixelPhysicalValueY": ("FD", Real(-1e6, 1e6)),
        "PhysicalDeltaX": ("FD", Real(-1e6, 1e6)),
        "PhysicalDeltaY": ("FD", Real(-1e6, 1e6)),
    },
    limit=32,
    needs=("RegionLocationMinX0", "RegionLocationMinY0", "RegionLocationMaxX1", "RegionLocationMaxY1"),
)

_GROUPS: dict[str, tuple[str, Check]] = {
    "PixelMeasuresSequence": (
        "SQ",
        Items(
            {
                "PixelSpacing": ("DS", _SPACING),
                "SliceThickness": ("DS", _MILLIMETRES),
                "SpacingBetweenSlices": ("DS", Real(-10_000, 10_000)),
            }
        ),
    ),
    "PlanePositionSequence": ("SQ", Items({"ImagePositionPatient": ("DS", _POSITION)})),
    "PlaneOrientationSequence": ("SQ", Items({"ImageOrientationPatient": ("DS", _DIRECTIONS)})),
    "FrameVOILUTSequence": (
        "SQ",
        Items(
            {
                "WindowCenter": ("DS", _WINDOW_CENTRE),
                "WindowWidth": ("DS", _WINDOW_WIDTH),
                "VOILUTFunction": ("CS", _VOI),
            }
        ),
    ),
    "PixelValueTransformationSequence": (
        "SQ",
        Items(
            {
                "RescaleIntercept": ("DS", _INTERCEPT),
                "RescaleSlope": ("DS", _SLOPE),
                "RescaleType": ("LO", _RESCALE_TYPE),
            }
        ),
    ),
}

ALLOWED: Final[tuple[Element, ...]] = (
    # What it is
    Element("ImageType", "CS", Word(v.IMAGE_TYPES, (2, 16), "OTHER"), "original, derived or a screen capture"),
    Element("SOPClassUID", "UI", Word(v.SOP_CLASSES), "which kind of image object it is"),
    Element("SOPInstanceUID", "UI", _UID, "links frames and marks to the instance; keyed", "derived"),
    Element("StudyInstanceUID", "UI", _UID, "keeps the images of one study together; keyed", "derived"),
    Element("SeriesInstanceUID", "UI", _UID, "keeps the images of one series together; keyed", "derived"),
    Element("FrameOfReferenceUID", "UI", _UID, "tells which series share coordinates; keyed", "derived"),
    Element("StudyDate", "DA", _DAY, "days between studies; shifted by a keyed number of days", "derived"),
    Element("SeriesDate", "DA", _DAY, "as the study date, shifted alike", "derived"),
    Element("AcquisitionDate", "DA", _DAY, "as the study date, shifted alike", "derived"),
    Element("ContentDate", "DA", _DAY, "as the study date, shifted alike", "derived"),
    Element("Modality", "CS", Word(v.MODALITIES), "how the image was made"),
    Element("ConversionType", "CS", Word(v.CONVERSIONS), "that a secondary capture is one"),
    Element("Manufacturer", "LO", Named(v.MANUFACTURERS), "what artefacts and scales to expect"),
    # Whose it is
    Element("PatientName", "PN", _SUBJECT, "the chart code, so that viewers show it", "derived"),
    Element("PatientID", "LO", _SUBJECT, "the subject's keyed pseudonym", "derived"),
    Element("PatientSex", "CS", Word(v.SEXES), "bears on the diagnosis"),
    Element("PatientAge", "AS", Shape(r"0[0-9]{2}[DMY]", "lower bound of a band, 90 at most"), "in bands", "derived"),
    Element("PatientIdentityRemoved", "CS", _YES_NO, "says that this header was rebuilt", "derived"),
    Element(
        "DeidentificationMethod",
        "LO",
        Shape(r"Pinboard [0-9A-Za-z.+]{1,24} profile [0-9]{1,4}", "product and version"),
        "by which software and profile",
        "derived",
    ),
    Element(
        "DeidentificationMethodCodeSequence",
        "SQ",
        Codes("|".join(v.METHOD_CODES), "codes of DICOM CID 7050", len(v.METHOD_CODES)),
        "which options of PS3.15 annex E are claimed",
        "derived",
    ),
    Element(
        "LongitudinalTemporalInformationModified",
        "CS",
        Word(frozenset({"MODIFIED", "REMOVED"})),
        "says that dates were shifted",
        "derived",
    ),
    Element("BurnedInAnnotation", "CS", _YES_NO, "only after a person reviewed the pixels", "derived"),
    # Where it is
    Element("BodyPartExamined", "CS", Word(v.BODY_PARTS), "what is seen"),
    Element("Laterality", "CS", Word(v.LATERALITIES), "which side"),
    Element("ImageLaterality", "CS", Word(v.LATERALITIES), "which side"),
    Element("ViewPosition", "CS", Word(v.VIEWS), "from where"),
    Element("PatientPosition", "CS", Word(v.POSITIONS), "how the subject lay"),
    Element("PatientOrientation", "CS", Shape(r"[LRAPHF]{1,3}", "direction letters", 2), "which way the picture faces"),
    Element(
        "AnatomicRegionSequence",
        "SQ",
        Codes(r"[0-9]{6,18}", "SNOMED codes of DICOM CID 4031 and 4029"),
        "what is seen, coded",
    ),
    # How it was made
    Element("ScanningSequence", "CS", Word(v.SEQUENCES, (1, 5)), "MR contrast"),
    Element("SequenceVariant", "CS", Word(v.VARIANTS, (1, 8)), "MR contrast"),
    Element("MRAcquisitionType", "CS", Word(frozenset({"2D", "3D"})), "MR contrast"),
    Element("RepetitionTime", "DS", Real(0, 1e5), "MR contrast"),
    Element("EchoTime", "DS", Real(0, 1e4), "MR contrast"),
    Element("InversionTime", "DS", Real(0, 1e5), "MR contrast"),
    Element("FlipAngle", "DS", Real(0, 360), "MR contrast"),
    Element("MagneticFieldStrength", "DS", Real(0, 30), "MR contrast"),
    Element("KVP", "DS", Real(0, 1_000), "X-ray contrast"),
    # Numbers that order a series
    Element("SeriesNumber", "IS", Whole(0, 99_999), "order of the series"),
    Element("AcquisitionNumber", "IS", Whole(0, 99_999), "order of the images"),
    Element("InstanceNumber", "IS", Whole(0, 99_999), "order of the images"),
    # Geometry
    Element("SliceThickness", "DS", _MILLIMETRES, "measuring"),
    Element("SpacingBetweenSlices", "DS", Real(-10_000, 10_000), "measuring"),
    Element("SliceLocation", "DS", Real(-100_000, 100_000), "order of the images"),
    Element("ImagePositionPatient", "DS", _POSITION, "order of the images, linked scrolling"),
    Element("ImageOrientationPatient", "DS", _DIRECTIONS, "which way the picture faces"),
    Element("PixelSpacing", "DS", _SPACING, "measuring"),
    Element("ImagerPixelSpacing", "DS", _SPACING, "measuring"),
    Element("NominalScannedPixelSpacing", "DS", _SPACING, "measuring"),
    Element("EstimatedRadiographicMagnificationFactor", "DS", Real(0.1, 20), "measuring"),
    Element("PixelSpacingCalibrationType", "CS", Word(frozenset({"FIDUCIAL", "GEOMETRY"})), "measuring"),
    Element("PixelAspectRatio", "IS", Whole(1, 65_535, 2), "shape of the picture"),
    Element("SequenceOfUltrasoundRegions", "SQ", _REGIONS, "where the picture ends and the scales within it"),
    # Time within a cine
    Element("FrameTime", "DS", Real(0, 60_000), "speed of a cine"),
    Element("FrameTimeVector", "DS", Real(0, 60_000, (1, 2_000)), "speed of a cine"),
    Element("CineRate", "IS", Whole(1, 1_000), "speed of a cine"),
    Element("RecommendedDisplayFrameRate", "IS", Whole(1, 1_000), "speed of a cine"),
    # Pixels
    Element("SamplesPerPixel", "US", Whole(1, 3, only=frozenset({1, 3})), "decoding"),
    Element("PhotometricInterpretation", "CS", Word(v.PHOTOMETRICS), "decoding"),
    Element("PlanarConfiguration", "US", Whole(0, 1), "decoding"),
    Element("NumberOfFrames", "IS", Whole(1, 2_000), "decoding"),
    Element("Rows", "US", Whole(1, 65_535), "decoding"),
    Element("Columns", "US", Whole(1, 65_535), "decoding"),
    Element("BitsAllocated", "US", Whole(1, 64, only=frozenset({1, 8, 16, 32, 64})), "decoding"),
    Element("BitsStored", "US", Whole(1, 64), "decoding"),
    Element("HighBit", "US", Whole(0, 63), "decoding; written anew", "derived"),
    Element("PixelRepresentation", "US", Whole(0, 1), "decoding"),
    Element("PixelPaddingValue", "SS", Whole(-65_536, 65_536), "showing what lies outside the picture as black"),
    Element("PixelPaddingRangeLimit", "SS", Whole(-65_536, 65_536), "as the padding value"),
    Element("LossyImageCompression", "CS", Word(frozenset({"00", "01"})), "that detail may be lost"),
    Element("LossyImageCompressionRatio", "DS", Real(1, 10_000, (1, 8)), "how much"),
    Element("LossyImageCompressionMethod", "CS", Word(v.COMPRESSIONS, (1, 8)), "how"),
    # Grey levels and colours
    Element("RescaleIntercept", "DS", _INTERCEPT, "grey levels"),
    Element("RescaleSlope", "DS", _SLOPE, "grey levels"),
    Element("RescaleType", "LO", _RESCALE_TYPE, "grey levels"),
    Element("Units", "CS", Word(v.UNITS), "meaning of PET values"),
    Element("WindowCenter", "DS", _WINDOW_CENTRE, "grey levels"),
    Element("WindowWidth", "DS", _WINDOW_WIDTH, "grey levels"),
    Element("VOILUTFunction", "CS", _VOI, "grey levels"),
    Element("PresentationLUTShape", "CS", Word(frozenset({"IDENTITY", "INVERSE"})), "grey levels"),
    Element("ModalityLUTSequence", "SQ", _MODALITY_LUT, "grey levels"),
    Element("VOILUTSequence", "SQ", _VOI_LUT, "grey levels"),
    *(
        Element(f"{colour}PaletteColorLookupTableDescriptor", "SS", _DESCRIPTOR, "colours")
        for colour in ("Red", "Green", "Blue")
    ),
    *(
        Element(f"{form}{colour}PaletteColorLookupTableData", "OW", Entries(), "colours")
        for form in ("", "Segmented")
        for colour in ("Red", "Green", "Blue")
    ),
    # Enhanced objects
    Element("SharedFunctionalGroupsSequence", "SQ", Items(_GROUPS), "geometry and grey levels of all frames"),
    Element(
        "PerFrameFunctionalGroupsSequence",
        "SQ",
        Items(_GROUPS, limit=2_000, keeps_empty=True),
        "geometry and grey levels of each frame",
    ),
)

BY_KEYWORD: Final = {element.keyword: element for element in ALLOWED}

BLANK: Final = {
    "StudyTime": "TM",
    "AccessionNumber": "SH",
    "ReferringPhysicianName": "PN",
    "PatientBirthDate": "DA",
    "StudyID": "SH",
}
"""Elements that the standard wants present; they are written empty."""

NEEDED: Final = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsAllocated",
)
"""Without these there is no picture."""


def describe() -> list[dict[str, Any]]:
    """Give the table for the documentation: keyword, VR, where the value comes from, what passes, why."""
    return [
        {
            "keyword": element.keyword,
            "vr": element.vr,
            "origin": element.origin,
            "passes": element.check.describe(),
            "reason": element.reason,
        }
        for element in ALLOWED
    ]
