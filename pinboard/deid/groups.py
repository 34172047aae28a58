"""What may pass inside sequences: lookup tables, ultrasound regions, and the functional groups of enhanced objects."""

from __future__ import annotations

import re
from typing import Final

from pinboard.deid import vocabulary as v
from pinboard.deid.checks import Check, Codes, Entries, Fixed, Items, Real, Whole, Word

Elements = dict[str, tuple[str, Check]]

YES_NO: Final = Word(frozenset({"YES", "NO"}))
DESCRIPTOR: Final = Whole(-65_536, 65_536, 3)
MILLIMETRES: Final = Real(1e-6, 10_000)
SPACING: Final = Real(1e-6, 1_000, 2)
POSITION: Final = Real(-100_000, 100_000, 3)
DIRECTIONS: Final = Real(-1.000001, 1.000001, 6)
WINDOW_CENTRE: Final = Real(-1e7, 1e7, (1, 32))
WINDOW_WIDTH: Final = Real(1e-9, 2e7, (1, 32))
VOI: Final = Word(frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"}))
SLOPE: Final = Real(-1e9, 1e9)
INTERCEPT: Final = Real(-1e9, 1e9)
RESCALE_TYPE: Final = Word(v.RESCALE_TYPES)
ANATOMY: Final = Codes(r"[0-9]{6,18}", "SNOMED codes of DICOM CID 4031, 4030 and 4029")
VIEW: Final = Codes(r"[0-9]{6,18}", "SNOMED codes of DICOM CID 4014")
FRAME_TYPE: Final = Word(v.IMAGE_TYPES, (2, 16), "OTHER")
PRESENTATIONS: Final = Word(frozenset({"COLOR", "MONOCHROME", "MIXED", "TRUE_COLOR"}))
VOLUMES: Final = Word(frozenset({"VOLUME", "SAMPLED", "DISTORTED", "MIXED"}))
TECHNIQUES: Final = Word(v.TECHNIQUES)
COMPONENTS: Final = Word(frozenset({"MAGNITUDE", "PHASE", "REAL", "IMAGINARY", "MIXED"}))
CONTRASTS: Final = Word(v.CONTRASTS)
POINTER: Final = Whole(0, 0xFFFFFFFF, only=v.POINTERS)
_NAME: Final = Fixed("REMOVED")
_COUNT: Final = Whole(0, 65_535)


def _word(*words: str) -> tuple[str, Check]:
    return ("CS", Word(frozenset(words)))


LUT: Elements = {"LUTDescriptor": ("SS", DESCRIPTOR), "LUTData": ("OW", Entries())}
MODALITY_LUT = Items({**LUT, "ModalityLUTType": ("LO", RESCALE_TYPE)}, needs=("LUTDescriptor", "LUTData"))
VOI_LUT = Items(LUT, limit=8, needs=("LUTDescriptor", "LUTData"))

REGIONS = Items(
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

_FRAME_TYPE: Elements = {
    "FrameType": ("CS", FRAME_TYPE),
    "PixelPresentation": ("CS", PRESENTATIONS),
    "VolumetricProperties": ("CS", VOLUMES),
    "VolumeBasedCalculationTechnique": ("CS", TECHNIQUES),
}

MAGNETIC: Elements = {
    "MREchoSequence": ("SQ", Items({"EffectiveEchoTime": ("FD", Real(0, 1e5))})),
    "MRAveragesSequence": ("SQ", Items({"NumberOfAverages": ("DS", Real(0, 1_000))})),
    "MRImagingModifierSequence": (
        "SQ",
        Items(
            {
                "MagnetizationTransfer": _word("ON_RESONANCE", "OFF_RESONANCE", "NONE"),
                "BloodSignalNulling": ("CS", YES_NO),
                "Tagging": _word("GRID", "LINE", "NONE"),
                "TransmitterFrequency": ("FD", Real(0, 5_000)),
                "PixelBandwidth": ("DS", Real(0, 1e7)),
            }
        ),
    ),
    "MRReceiveCoilSequence": (
        "SQ",
        Items(
            {
                "ReceiveCoilName": ("SH", _NAME),
                "ReceiveCoilManufacturerName": ("LO", Fixed("")),
                "ReceiveCoilType": _word("BODY", "VOLUME", "SURFACE", "MULTICOIL"),
                "QuadratureReceiveCoil": ("CS", YES_NO),
                "MultiCoilDefinitionSequence": (
                    "SQ",
                    Items({"MultiCoilElementName": ("SH", _NAME), "MultiCoilElementUsed": ("CS", YES_NO)}, limit=256),
                ),
            }
        ),
    ),
    "MRTransmitCoilSequence": (
        "SQ",
        Items(
            {
                "TransmitCoilName": ("SH", _NAME),
                "TransmitCoilManufacturerName": ("LO", Fixed("")),
                "TransmitCoilType": _word("BODY", "VOLUME", "SURFACE"),
            }
        ),
    ),
    "MRTimingAndRelatedParametersSequence": (
        "SQ",
        Items(
            {
                "RepetitionTime": ("DS", Real(0, 1e5)),
                "EchoTrainLength": ("IS", _COUNT),
                "FlipAngle": ("DS", Real(0, 360)),
                "RFEchoTrainLength": ("US", _COUNT),
                "GradientEchoTrainLength": ("US", _COUNT),
                "GradientOutputType": _word("DB_DT", "ELECTRIC_FIELD", "PER_NERVE_STIM"),
                "GradientOutput": ("FD", Real(0, 1e4)),
                "OperatingModeSequence": (
                    "SQ",
                    Items(
                        {
                            "OperatingModeType": _word("STATIC FIELD", "RF", "GRADIENT"),
                            "OperatingMode": _word("IEC_NORMAL", "IEC_FIRST_LEVEL", "IEC_SECOND_LEVEL"),
                        },
                        limit=3,
                    ),
                ),
                "SpecificAbsorptionRateSequence": (
                    "SQ",
                    Items(
                        {
                            "SpecificAbsorptionRateDefinition": _word(
                                "IEC_WHOLE_BODY", "IEC_PARTIAL_BODY", "IEC_HEAD", "IEC_LOCAL"
                            ),
                            "SpecificAbsorptionRateValue": ("FD", Real(0, 1e3)),
                        },
                        limit=4,
                    ),
                ),
            }
        ),
    ),
    "MRModifierSequence": (
        "SQ",
        Items(
            {
                "InversionRecovery": ("CS", YES_NO),
                "InversionTimes": ("FD", Real(0, 1e5, (1, 16))),
                "FlowCompensation": _word("ACCELERATION", "VELOCITY", "OTHER", "NONE"),
                "Spoiling": _word("RF", "GRADIENT", "RF_AND_GRADIENT", "NONE"),
                "T2Preparation": ("CS", YES_NO),
                "SpectrallySelectedExcitation": _word("WATER", "FAT", "NONE"),
                "SpatialPresaturation": _word("SLAB", "NONE"),
                "ParallelAcquisition": ("CS", YES_NO),
                "PartialFourier": ("CS", YES_NO),
            }
        ),
    ),
}

GROUPS: Elements = {
    "PixelMeasuresSequence": (
        "SQ",
        Items(
            {
                "PixelSpacing": ("DS", SPACING),
                "SliceThickness": ("DS", MILLIMETRES),
                "SpacingBetweenSlices": ("DS", Real(-10_000, 10_000)),
            }
        ),
    ),
    "PlanePositionSequence": ("SQ", Items({"ImagePositionPatient": ("DS", POSITION)})),
    "PlaneOrientationSequence": ("SQ", Items({"ImageOrientationPatient": ("DS", DIRECTIONS)})),
    "FrameVOILUTSequence": (
        "SQ",
        Items(
            {
                "WindowCenter": ("DS", WINDOW_CENTRE),
                "WindowWidth": ("DS", WINDOW_WIDTH),
                "VOILUTFunction": ("CS", VOI),
            }
        ),
    ),
    "PixelValueTransformationSequence": (
        "SQ",
        Items(
            {
                "RescaleIntercept": ("DS", INTERCEPT),
                "RescaleSlope": ("DS", SLOPE),
                "RescaleType": ("LO", RESCALE_TYPE),
            }
        ),
    ),
    # The macros that an enhanced object must have; what names a thing or a place in them is written as REMOVED.
    "FrameContentSequence": (
        "SQ",
        Items(
            {
                "FrameAcquisitionNumber": ("US", _COUNT),
                "FrameAcquisitionDateTime": ("DT", Fixed("19000101")),
                "FrameReferenceDateTime": ("DT", Fixed("19000101")),
                "FrameAcquisitionDuration": ("FD", Real(0, 1e9)),
                "StackID": ("SH", Fixed("1")),
                "InStackPositionNumber": ("UL", Whole(1, 100_000)),
                "TemporalPositionIndex": ("UL", Whole(1, 100_000)),
                "DimensionIndexValues": ("UL", Whole(1, 100_000, (1, 8))),
            }
        ),
    ),
    "FrameAnatomySequence": (
        "SQ",
        Items({"FrameLaterality": ("CS", Word(v.LATERALITIES)), "AnatomicRegionSequence": ("SQ", ANATOMY)}),
    ),
    "ParametricMapFrameTypeSequence": ("SQ", Items({"FrameType": ("CS", FRAME_TYPE)})),
    "CTImageFrameTypeSequence": ("SQ", Items(_FRAME_TYPE)),
    "MRImageFrameTypeSequence": (
        "SQ",
        Items(_FRAME_TYPE | {"ComplexImageComponent": ("CS", COMPONENTS), "AcquisitionContrast": ("CS", CONTRASTS)}),
    ),
    "RealWorldValueMappingSequence": (
        "SQ",
        Items(
            {
                "LUTExplanation": ("LO", Fixed("Real world value")),
                "LUTLabel": ("SH", Fixed("MAP")),
                "RealWorldValueFirstValueMapped": ("SS", Whole(-65_535, 65_535)),
                "RealWorldValueLastValueMapped": ("SS", Whole(-65_535, 65_535)),
                "DoubleFloatRealWorldValueFirstValueMapped": ("FD", Real(-1e12, 1e12)),
                "DoubleFloatRealWorldValueLastValueMapped": ("FD", Real(-1e12, 1e12)),
                "RealWorldValueIntercept": ("FD", INTERCEPT),
                "RealWorldValueSlope": ("FD", SLOPE),
                "MeasurementUnitsCodeSequence": (
                    "SQ",
                    Codes("|".join(re.escape(code) for code in v.MEASURES), "units of measurement of UCUM"),
                ),
            },
            limit=8,
            needs=("MeasurementUnitsCodeSequence",),
        ),
    ),
    **MAGNETIC,
}
"""Functional groups by the keyword of their sequence (PS3.3 section C.7.6.16.2)."""
