"""The coded words people choose from: specialties, body parts, sides, modalities, age bands.

The lists come from DICOM's own context groups; codes are stored, words are shown.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

AGE_BANDS: tuple[str, ...] = (
    "0–27 days", "1–11 months", "1–4", "5–9", "10–14", "15–19", "20–29", "30–39", "40–49", "50–59", "60–69", "70–79",
    "80–89", "90+",
)  # fmt: skip
"""Nobody is told apart past ninety; the youngest bands are those in which a child changes most."""

MODALITIES: dict[str, tuple[str, str]] = {
    "CR": ("X-ray", "Computed radiography"),
    "CT": ("CT", "Computed tomography"),
    "DMS": ("Dermoscopy", "Dermoscopy"),
    "DOC": ("Report", "Document"),
    "DX": ("X-ray", "Digital radiography"),
    "ECG": ("ECG", "Electrocardiography"),
    "ES": ("Endoscopy", "Endoscopy"),
    "IO": ("Dental X-ray", "Intra-oral radiography"),
    "IVUS": ("IVUS", "Intravascular ultrasound"),
    "MG": ("Mammogram", "Mammography"),
    "MR": ("MRI", "Magnetic resonance"),
    "NM": ("Nuclear", "Nuclear medicine"),
    "OP": ("Eye photo", "Ophthalmic photography"),
    "OPT": ("OCT", "Ophthalmic tomography"),
    "OT": ("Image", "Other"),
    "PT": ("PET", "Positron emission tomography"),
    "PX": ("Panoramic", "Panoramic X-ray"),
    "RF": ("Fluoroscopy", "Radiofluoroscopy"),
    "RG": ("X-ray", "Radiographic imaging"),
    "SC": ("Capture", "Secondary capture"),
    "SM": ("Slide", "Slide microscopy"),
    "US": ("Ultrasound", "Ultrasound"),
    "XA": ("Angiography", "X-ray angiography"),
    "XC": ("Photo", "External-camera photography"),
}
"""Code of CID 29 → the short word of a card and the long word of a page."""


@dataclass(frozen=True, slots=True)
class Code:
    """One word of a context group."""

    code: str
    scheme: str
    meaning: str
    slug: str = ""


@cache
def specialties() -> tuple[Code, ...]:
    """Give the specialties of CID 7030 that have a board, by name."""
    return tuple(Code(row["code"], row["scheme"], row["meaning"], row["slug"]) for row in _rows("specialties.csv"))


@cache
def body_parts() -> tuple[Code, ...]:
    """Give the anatomic regions of CID 4031, then 4029, then 4; the common ones stand first."""
    return tuple(Code(row["code"], row["scheme"], row["meaning"]) for row in _rows("body_parts.csv"))


@cache
def laterality() -> tuple[Code, ...]:
    """Give the sides of CID 244."""
    return tuple(Code(row["code"], row["scheme"], row["meaning"]) for row in _rows("laterality.csv"))


def suggest_body_parts(text: str, limit: int = 8, *, say: Callable[[str], str] = str) -> list[Code]:
    """Offer regions for what somebody typed: those with a word that begins so, then those that hold it anywhere.

    `say` gives a name in the language of who types.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return list(body_parts()[:limit])
    named = [(part, say(part.meaning).casefold()) for part in body_parts()]
    holding = [(part, name) for part, name in named if wanted in name]
    ranked = sorted(holding, key=lambda pair: 0 if _begins_a_word(wanted, pair[1]) else 1)
    return [part for part, _name in ranked[:limit]]


def body_part_named(text: str, *, say: Callable[[str], str] = str) -> str:
    """Give the code of the region that somebody typed by its full name, or nothing."""
    wanted = text.strip().casefold()
    return next((part.code for part in body_parts() if say(part.meaning).casefold() == wanted), "")


def meaning(code: str | None) -> str:
    """Give the word for a code of any list here, or nothing for one that is in none."""
    return _meanings().get(code or "", "")


def modality(code: str | None) -> str:
    """Give the short word for a modality; one that is not listed shows its code."""
    return MODALITIES.get(code or "", (code or "", ""))[0]


@cache
def _meanings() -> dict[str, str]:
    return {word.code: word.meaning for word in (*body_parts(), *laterality(), *specialties())}


def _begins_a_word(wanted: str, name: str) -> bool:
    return name.startswith(wanted) or any(mark + wanted in name for mark in " -(/")


def _rows(name: str) -> Iterable[dict[str, str]]:
    lines = files("pinboard").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if not line.startswith("#"))
