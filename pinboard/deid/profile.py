"""The allow list: every element that may pass from a file into Pinboard, with its check and the reason.

Nothing is removed from a header; a new one is made from these rows. What has no row does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pinboard.deid import groups as g
from pinboard.deid import vocabulary as v
from pinboard.deid.checks import Check, Codes, Entries, Items, Named, Real, Shape, Whole, Word

PROFILE_VERSION: Final = "2"
KNOWN_VERSIONS: Final = frozenset({"1", "2"})
"""Every version under which something may have been published."""

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
    Element("PatientIdentityRemoved", "CS", g.YES_NO, "says that this header was rebuilt", "derived"),
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
    Element("BurnedInAnnotation", "CS", g.YES_NO, "only after a person reviewed the pixels", "derived"),
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
        g.ANATOMY,
        "what is seen, coded",
    ),
    Element("ViewCodeSequence", "SQ", g.VIEW, "from where, coded"),
    Element("OrganExposed", "CS", Word(frozenset({"BREAST"})), "what is seen"),
    # How it was made
    Element("PresentationIntentType", "CS", Word(frozenset({"FOR PRESENTATION", "FOR PROCESSING"})), "grey levels"),
    Element("PositionerType", "CS", Word(v.POSITIONERS), "geometry of an X-ray image"),
    Element("DetectorType", "CS", Word(v.DETECTORS), "X-ray contrast"),
    Element("RadiationSetting", "CS", Word(frozenset({"SC", "GR"})), "fluoroscopy or exposure"),
    Element("ContentQualification", "CS", Word(frozenset({"PRODUCT", "RESEARCH", "SERVICE"})), "trust in a map"),
    Element("ScanningSequence", "CS", Word(v.SEQUENCES, (1, 5), skips=True), "MR contrast"),
    Element("SequenceVariant", "CS", Word(v.VARIANTS, (1, 8), skips=True), "MR contrast"),
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
    Element("SliceThickness", "DS", g.MILLIMETRES, "measuring"),
    Element("SpacingBetweenSlices", "DS", Real(-10_000, 10_000), "measuring"),
    Element("SliceLocation", "DS", Real(-100_000, 100_000), "order of the images"),
    Element("ImagePositionPatient", "DS", g.POSITION, "order of the images, linked scrolling"),
    Element("ImageOrientationPatient", "DS", g.DIRECTIONS, "which way the picture faces"),
    Element("PixelSpacing", "DS", g.SPACING, "measuring"),
    Element("ImagerPixelSpacing", "DS", g.SPACING, "measuring"),
    Element("NominalScannedPixelSpacing", "DS", g.SPACING, "measuring"),
    Element("EstimatedRadiographicMagnificationFactor", "DS", Real(0.1, 20), "measuring"),
    Element("PixelSpacingCalibrationType", "CS", Word(frozenset({"FIDUCIAL", "GEOMETRY"})), "measuring"),
    Element("PixelAspectRatio", "IS", Whole(1, 65_535, 2), "shape of the picture"),
    Element("SequenceOfUltrasoundRegions", "SQ", g.REGIONS, "where the picture ends and the scales within it"),
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
    Element("PixelIntensityRelationship", "CS", Word(frozenset({"LIN", "LOG", "DISP"})), "grey levels"),
    Element("PixelIntensityRelationshipSign", "SS", Whole(-1, 1, only=frozenset({-1, 1})), "grey levels"),
    Element("PixelPresentation", "CS", g.PRESENTATIONS, "grey levels"),
    Element("VolumetricProperties", "CS", g.VOLUMES, "geometry"),
    Element("VolumeBasedCalculationTechnique", "CS", g.TECHNIQUES, "how it was computed"),
    Element("ComplexImageComponent", "CS", g.COMPONENTS, "MR contrast"),
    Element("AcquisitionContrast", "CS", g.CONTRASTS, "MR contrast"),
    Element("RescaleIntercept", "DS", g.INTERCEPT, "grey levels"),
    Element("RescaleSlope", "DS", g.SLOPE, "grey levels"),
    Element("RescaleType", "LO", g.RESCALE_TYPE, "grey levels"),
    Element("Units", "CS", Word(v.UNITS), "meaning of PET values"),
    Element("WindowCenter", "DS", g.WINDOW_CENTRE, "grey levels"),
    Element("WindowWidth", "DS", g.WINDOW_WIDTH, "grey levels"),
    Element("VOILUTFunction", "CS", g.VOI, "grey levels"),
    Element("PresentationLUTShape", "CS", Word(frozenset({"IDENTITY", "INVERSE"})), "grey levels"),
    Element("ModalityLUTSequence", "SQ", g.MODALITY_LUT, "grey levels"),
    Element("VOILUTSequence", "SQ", g.VOI_LUT, "grey levels"),
    *(
        Element(f"{colour}PaletteColorLookupTableDescriptor", "SS", g.DESCRIPTOR, "colours")
        for colour in ("Red", "Green", "Blue")
    ),
    *(
        Element(f"{form}{colour}PaletteColorLookupTableData", "OW", Entries(), reason)
        for form, reason in (("", "colours"), ("Segmented", "colours; written out as a plain table"))
        for colour in ("Red", "Green", "Blue")
    ),
    # Enhanced objects
    Element(
        "DimensionOrganizationSequence",
        "SQ",
        Items({"DimensionOrganizationUID": ("UI", _UID)}, limit=8),
        "order of the frames; keyed",
        "derived",
    ),
    Element(
        "DimensionIndexSequence",
        "SQ",
        Items(
            {
                "DimensionOrganizationUID": ("UI", _UID),
                "DimensionIndexPointer": ("AT", g.POINTER),
                "FunctionalGroupPointer": ("AT", g.POINTER),
            },
            limit=8,
            needs=("DimensionOrganizationUID", "DimensionIndexPointer"),
        ),
        "order of the frames; keyed",
        "derived",
    ),
    Element("SharedFunctionalGroupsSequence", "SQ", Items(g.GROUPS), "geometry and grey levels of all frames"),
    Element(
        "PerFrameFunctionalGroupsSequence",
        "SQ",
        Items(g.GROUPS, limit=2_000, keeps_empty=True),
        "geometry and grey levels of each frame",
    ),
)

BY_KEYWORD: Final = {element.keyword: element for element in ALLOWED}

NEEDED: Final = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsAllocated",
)
"""Without these there is no picture."""

USED: Final = (
    *NEEDED,
    *("SOPClassUID", "Modality", "ImageType", "Manufacturer", "ConversionType"),
    *("PatientSex", "BodyPartExamined", "Laterality", "ImageLaterality", "ViewPosition", "PatientPosition"),
    *("PatientOrientation", "AnatomicRegionSequence", "ViewCodeSequence", "PresentationIntentType"),
    *("SeriesNumber", "AcquisitionNumber", "InstanceNumber", "NumberOfFrames", "FrameTime", "FrameTimeVector"),
    *("CineRate", "RecommendedDisplayFrameRate", "SliceThickness", "SpacingBetweenSlices", "SliceLocation"),
    *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"),
    *("SequenceOfUltrasoundRegions", "PlanarConfiguration", "BitsStored", "PixelRepresentation"),
    *("PixelPaddingValue", "LossyImageCompression", "RescaleIntercept", "RescaleSlope", "RescaleType"),
    *("WindowCenter", "WindowWidth", "VOILUTFunction", "PresentationLUTShape", "ModalityLUTSequence"),
    *("VOILUTSequence", "RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "Units"),
    *("ScanningSequence", "SequenceVariant", "MRAcquisitionType", "RepetitionTime", "EchoTime", "InversionTime"),
    *("FlipAngle", "MagneticFieldStrength", "KVP", "PixelIntensityRelationship"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
)
"""What showing, measuring, ordering and understanding an image takes; a test asks for 98 % of what files have of it."""


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
