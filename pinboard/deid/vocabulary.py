"""The closed lists of words that may pass from a file's header into Pinboard."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODALITIES: Final = _words(
    "AR BDUS BI BMD CR CT CFM DG DMS DX ECG EPS ES FA GM HC IO IVOCT IVUS KER LEN LS MG MR NM OAM OCT OP OPM OPT "
    "OPTBSV OPTENF OT PA PT PX RF RG SM SRF ST TG US VA XA XC CD DD EC MA MS CP DF FS VF AS"
)

SOP_CLASSES: Final = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{end}"
    for end in _words(
        "1 1.1 1.1.1 1.2 1.2.1 1.3 1.3.1 2 2.1 2.2 3 3.1 4 4.1 4.3 4.4 5 6 6.1 6.3 7 7.1 7.2 7.3 7.4 12.1 12.1.1 12.2 "
        "12.2.1 12.3 13.1.1 13.1.2 13.1.3 13.1.4 13.1.5 14.1 14.2 20 30 77.1 77.2 77.1.1 77.1.2 77.1.3 77.1.4 77.1.5.1 "
        "77.1.5.2 77.1.5.4 77.1.5.5 77.1.5.6 77.1.5.7 77.1.5.8 77.1.6 77.1.7 77.1.8 77.1.9 81.1 82.1 128 128.1 130"
    )
)
"""Storage classes whose objects are pictures for a case."""

SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
CLASS_OF_MODALITY: Final = {
    "CR": "1.2.840.10008.5.1.4.1.1.1",
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "US": "1.2.840.10008.5.1.4.1.1.6.1",
}
"""For files older than SOP classes, which name none."""

IMAGE_TYPES: Final = frozenset(
    {"", "SINGLE PLANE", "SINGLE A", "SINGLE B", "BIPLANE A", "BIPLANE B", "PROJECTION IMAGE"}
) | _words(
    "ORIGINAL DERIVED PRIMARY SECONDARY AXIAL LOCALIZER MOSAIC MIXED NONE OTHER ADDITION AVERAGE SUBTRACTION MPR MIP "
    "MIN_IP PROJECTION REFORMATTED RESAMPLED FILTERED FLUOROSCOPY LABEL OVERLAY SCREEN CAPTURE SINGLE_FRAME "
    "MULTI_FRAME BIPLANE VOLUME TOMO STATIC DYNAMIC GATED WHOLE_BODY RECON VELOCITY MAGNITUDE PHASE REAL "
    "IMAGINARY M P R I ADC FA TRACEW DIFFUSION PERFUSION T1 T2 T2_STAR PROTON_DENSITY FLOW_ENCODED ANGIO "
    "ANGIO_TIME CARDIAC TIME_OF_FLIGHT WATER FAT IN_PHASE OUT_OF_PHASE GENERATED_2D TOMOSYNTHESIS ABDOMINAL "
    "BREAST FETAL_HEART GYNECOLOGY OB OBSTETRICAL PEDIATRIC SMALL_PARTS TRANSESOPHAGEAL TRANSTHORACIC VASCULAR "
    "ENDOVAGINAL ENDORECTAL INTRAVASCULAR INTRAOPERATIVE STRESS RESTING COLOR DOPPLER"
)

PHOTOMETRICS: Final = frozenset(
    {
        "MONOCHROME1",
        "MONOCHROME2",
        "PALETTE COLOR",
        "RGB",
        "YBR_FULL",
        "YBR_FULL_422",
        "YBR_PARTIAL_422",
        "YBR_PARTIAL_420",
        "YBR_ICT",
        "YBR_RCT",
    }
)

BODY_PARTS: Final = _words(
    "ABDOMEN ABDOMENPELVIS ADRENAL ANKLE ANUS AORTA ARM AXILLA BACK BILEDUCT BLADDER BRAIN BREAST BRONCHUS BUTTOCK "
    "CALCANEUS CALF CAROTID CEREBELLUM CERVIX CHEEK CHEST CHESTABDOMEN CHESTABDPELVIS CLAVICLE COCCYX COLON CORNEA "
    "CORONARYARTERY CSPINE CTSPINE DUODENUM EAR ELBOW ESOPHAGUS EXTREMITY EYE EYELID FACE FEMUR FETUS FINGER FOOT "
    "FOREARM GALLBLADDER HAND HEAD HEADNECK HEART HIP HUMERUS IAC ILEUM ILIUM JAW JEJUNUM KIDNEY KNEE LARYNX LEG LIVER "
    "LSPINE LSSPINE LUNG LYMPHNODE MANDIBLE MAXILLA MEDIASTINUM MOUTH MUSCLE NECK NECKCHEST NECKCHESTABDOMEN "
    "NECKCHESTABDPELV NOSE OPTICCANAL ORBIT OVARY PANCREAS PAROTID PATELLA PELVIS PENIS PERINEUM PHARYNX PLACENTA "
    "PROSTATE RADIUS RECTUM RETINA RIB SCALP SCAPULA SCLERA SCROTUM SHOULDER SINUS SKIN SKULL SPINE SPLEEN SSPINE "
    "STERNUM STOMACH SUBMANDIBULAR TESTIS THIGH THORAX THUMB THYMUS THYROID TIBIA TLSPINE TMJ TOE TONGUE TRACHEA "
    "TSPINE TOOTH TEETH ULNA URETER URETHRA UTERUS VAGINA VULVA WHOLEBODY WRIST ZYGOMA"
)

PAIRED: Final = _words(
    "ADRENAL ANKLE ARM AXILLA BREAST BUTTOCK CALCANEUS CALF CAROTID CHEEK CLAVICLE CORNEA EAR ELBOW EXTREMITY EYE "
    "EYELID FEMUR FINGER FOOT FOREARM HAND HIP HUMERUS IAC KIDNEY KNEE LEG MAXILLA OPTICCANAL ORBIT OVARY PAROTID "
    "PATELLA RADIUS RIB SCAPULA SCLERA SHOULDER SUBMANDIBULAR TESTIS THIGH THUMB TIBIA TMJ TOE ULNA URETER WRIST ZYGOMA"
)
"""Body parts of which a person has two."""

VIEWS: Final = _words(
    "AP PA LL RL RLD LLD RLO LLO LPO RPO RAO LAO CC MLO ML LM LMO SIO XCC XCCL XCCM FB ISO LAT LATERAL OBL OBLIQUE "
    "AXIAL PANORAMIC OCCLUSAL BITEWING PERIAPICAL LORDOTIC SUNRISE FROG TANGENTIAL AT CV RM RL RI RS LI LS"
)
POSITIONS: Final = _words("HFP HFS HFDR HFDL FFDR FFDL FFP FFS LFP LFS RFP RFS AFP AFS PFP PFS SITTING")
LATERALITIES: Final = _words("R L U B")
SEXES: Final = _words("M F O")
CONVERSIONS: Final = _words("DV DI DF WSD SD SI DRW SYN")
RESCALE_TYPES: Final = _words("HU US OD MGML Z_EFF ED EDW HU_MOD PCT BQML SUV")
UNITS: Final = _words(
    "CNTS NONE CM2 PCNT CPS BQML MGMINML UMOLMINML MLMING MLG 1CM UMOLML PROPCNTS PROPCPS MLMINML MLML GML STDDEV"
)
COMPRESSIONS: Final = _words("ISO_10918_1 ISO_14495_1 ISO_15444_1 ISO_15444_15 ISO_13818_2 ISO_14496_10 ISO_23008_2")
SEQUENCES: Final = _words("SE IR GR EP RM")
VARIANTS: Final = _words("SK MTC SS TRSS SP MP OSP NONE TOF")

MANUFACTURERS: Final[tuple[tuple[str, str], ...]] = (
    ("general electric", "GE Healthcare"),
    ("ge medical", "GE Healthcare"),
    ("ge healthcare", "GE Healthcare"),
    ("ge vingmed", "GE Healthcare"),
    ("siemens", "Siemens Healthineers"),
    ("philips", "Philips"),
    ("canon", "Canon Medical"),
    ("toshiba", "Canon Medical"),
    ("hitachi", "Fujifilm"),
    ("fuji", "Fujifilm"),
    ("agfa", "Agfa"),
    ("carestream", "Carestream"),
    ("kodak", "Carestream"),
    ("samsung", "Samsung"),
    ("medison", "Samsung"),
    ("mindray", "Mindray"),
    ("esaote", "Esaote"),
    ("aloka", "Aloka"),
    ("acuson", "Siemens Healthineers"),
    ("hologic", "Hologic"),
    ("lorad", "Hologic"),
    ("shimadzu", "Shimadzu"),
    ("konica", "Konica Minolta"),
    ("olympus", "Olympus"),
    ("karl storz", "Karl Storz"),
    ("pentax", "Pentax"),
    ("zeiss", "Carl Zeiss"),
    ("topcon", "Topcon"),
    ("heidelberg", "Heidelberg Engineering"),
    ("united imaging", "United Imaging"),
    ("neusoft", "Neusoft"),
    ("sirona", "Dentsply Sirona"),
    ("planmeca", "Planmeca"),
    ("ziehm", "Ziehm"),
    ("sonosite", "Sonosite"),
    ("bruker", "Bruker"),
    ("varian", "Varian"),
)
"""A part of the file's text, and the spelling that is kept."""

TECHNIQUES: Final = _words("MAX_IP MIN_IP VOLUME_RENDER SURFACE_RENDER MPR CURVED_MPR NONE MIXED")
CONTRASTS: Final = _words(
    "DIFFUSION FLOW_ENCODED FLUID_ATTENUATED PERFUSION PROTON_DENSITY STIR TAGGING T1 T2 T2_STAR TOF UNKNOWN MIXED"
)
DETECTORS: Final = _words("DIRECT SCINTILLATOR STORAGE FILM")
POSITIONERS: Final = _words("NONE CARM COLUMN MAMMOGRAPHIC PANORAMIC CEPHALOSTAT RIGID SYNTHESIZED")
MEASURES: Final = {
    "1": "no units",
    "%": "percent",
    "[hnsf'U]": "Hounsfield unit",
    "g/ml{SUVbw}": "Standardized Uptake Value body weight",
    "Bq/ml": "Becquerels/milliliter",
    "mm2/s": "mm2/s",
    "um2/s": "um2/s",
    "ms": "millisecond",
    "s": "second",
    "/s": "/s",
    "ml/(100.ml)": "ml/100ml",
    "ml/min/100ml": "ml/min/100ml",
    "mm": "millimeter",
    "cm/s": "cm/s",
}
"""Units of UCUM in which maps are measured, and their meaning."""

POINTERS: Final = frozenset(
    {
        0x00200032, 0x00200037, 0x00209056, 0x00209057, 0x00209111, 0x00209113, 0x00209116, 0x00209128, 0x00280030,
        0x00289110, 0x00189087, 0x00189117, 0x00189114, 0x00189082, 0x00209157, 0x0062000B, 0x0062000A, 0x00189226,
    }
)  # fmt: skip
"""Elements by which frames are ordered, and the functional groups that hold them."""

METHOD_CODES: Final = {
    "113100": "Basic Application Confidentiality Profile",
    "113101": "Clean Pixel Data Option",
    "113103": "Clean Graphics Option",
    "113105": "Clean Descriptors Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
}
"""DICOM CID 7050, as far as it is claimed."""

NEVER_BURNED_IN: Final = frozenset(f"1.2.840.10008.5.1.4.1.1.{end}" for end in _words("2.1 4.1 30"))
"""Classes whose objects may not have text in their pixels, so that the word of the file is kept."""

CLEANED_PIXELS: Final = "113101"

AGE_BANDS: Final = (
    ("neonate", "001D"),
    ("infant", "001M"),
    ("1-4", "001Y"),
    ("5-9", "005Y"),
    ("10-14", "010Y"),
    ("15-19", "015Y"),
    *((f"{decade}-{decade + 9}", f"{decade:03}Y") for decade in range(20, 90, 10)),
    ("90+", "090Y"),
)
"""Band and the age string that stands for it in DICOM: its lower bound."""
