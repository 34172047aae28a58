"""Says of a rebuilt header what its image is: size, kind, and how likely it shows who it is about."""

from __future__ import annotations

from typing import Any

from pinboard.deid.reading import age_band
from pinboard.imaging import series

Json = dict[str, Any]

_RISKY_MODALITIES = frozenset({"US", "XC", "ES", "DMS", "OT", "SC", "GM", "IVUS", "XA", "RF", "OP", "SM"})
_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_VISIBLE_LIGHT = "1.2.840.10008.5.1.4.1.1.77.1."
_ATTESTED_MODALITIES = frozenset({"US", "IVUS", "XC", "ES", "DMS", "GM", "OP"})


def summary(header: Json) -> Json:
    """Give what the rows of an image are made of."""
    return {
        "header": header,
        "rows": header["Rows"],
        "columns": header["Columns"],
        "frames": header.get("NumberOfFrames", 1),
        "samples": header["SamplesPerPixel"],
        "photometric": header["PhotometricInterpretation"],
        "modality": header["Modality"],
        "age_band": age_band(header.get("PatientAge")),
        "sex": header.get("PatientSex"),
        "body_part": header.get("BodyPartExamined"),
        "is_recognizable": series.is_recognizable(header),
    }


def uids(header: Json) -> Json:
    """Give the keyed UIDs by which images are grouped."""
    return {
        "study": header["StudyInstanceUID"],
        "series": header["SeriesInstanceUID"],
        "instance": header["SOPInstanceUID"],
    }


def has_risk(header: Json, burned_in: str | None) -> bool:
    """Tell whether text in the pixels is likely enough to look twice."""
    is_derived = _is_capture(header) or "SECONDARY" in header.get("ImageType", [])
    return burned_in != "NO" and (burned_in == "YES" or header["Modality"] in _RISKY_MODALITIES or is_derived)


def needs_attest(header: Json, burned_in: str | None) -> bool:
    """Tell whether a second clinician has to look before the image leaves the clinic."""
    is_photo = header["SOPClassUID"].startswith(_VISIBLE_LIGHT)
    return burned_in != "NO" or header["Modality"] in _ATTESTED_MODALITIES or is_photo or _is_capture(header)


def _is_capture(header: Json) -> bool:
    return f"{header['SOPClassUID']}.".startswith(f"{_CAPTURE}.")
